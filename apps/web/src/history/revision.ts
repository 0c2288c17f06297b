import type { Outputs } from '@ownlist/api'

/** One transaction of the user's log: who, when, from where, and what it did. */
export type Revision = Outputs['history']['list']['items'][number]
/** What a revision did to one row. */
export type Change = Revision['changes'][number]
type Fields = NonNullable<Change['before']>
export type Field = keyof Fields

/** One field, as it was and as it became. */
export interface FieldChange {
  field: Field
  before: Fields[Field] | undefined
  after: Fields[Field] | undefined
}

/** What follows from other fields, or tells nobody anything. */
const silent = new Set<string>(['number', 'createdAt', 'completedAt'])

/** The fields of a change that are worth showing, in the order in which people think of them. */
export function fieldsOf({ before, after }: Pick<Change, 'before' | 'after'>): FieldChange[] {
  const order: Field[] = ['title', 'status', 'due', 'priority', 'description']
  const rank = (field: string) => (order as string[]).indexOf(field) + 1 || order.length + 1
  return (Object.keys({ ...before, ...after }) as Field[])
    .filter((field) => !silent.has(field))
    .toSorted((a, b) => rank(a) - rank(b))
    .map((field) => ({ field, before: before?.[field], after: after?.[field] }))
}

/** The same change, seen from its end: what taking it back does. */
export function reversed(change: Change): Change {
  const kind = ({ created: 'deleted', deleted: 'created', updated: 'updated' } as const)[change.kind]
  return { ...change, kind, before: change.after, after: change.before }
}

/** Whether a revision takes something back, or brings it back again: an undo of an undo is a redo. */
export function directionOf(
  { undoes }: Pick<Revision, 'undoes'>,
  known: ReadonlyMap<number, Pick<Revision, 'undoes'>>,
): 'do' | 'undo' | 'redo' {
  if (undoes === null) return 'do'
  const target = known.get(undoes)
  return target !== undefined && directionOf(target, known) === 'undo' ? 'redo' : 'undo'
}

/**
 * What Ctrl+Z and Ctrl+Shift+Z would take back, the next one last: two stacks, rebuilt from the log. Only
 * what this session did is on them; anything new empties the second.
 *
 * @param revisions the newest first, as the server lists them
 */
export function stacksOf(revisions: Revision[]): { undo: Revision[]; redo: Revision[] } {
  const undo: Revision[] = []
  const redo: Revision[] = []
  for (const revision of revisions.toReversed()) {
    const { undoes, session } = revision
    const wasDone = undoes !== null && remove(undo, undoes)
    const wasUndone = undoes !== null && remove(redo, undoes)
    if (!session?.current) continue
    if (wasDone) redo.push(revision)
    else undo.push(revision)
    // Where a redo went on, what is left to redo stays.
    if (!wasDone && !wasUndone) redo.length = 0
  }
  return { undo, redo }
}

function remove(stack: Revision[], revision: number): boolean {
  const at = stack.findIndex((one) => one.revision === revision)
  if (at >= 0) stack.splice(at, 1)
  return at >= 0
}
