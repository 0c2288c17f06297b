import type { Outputs } from '@ownlist/api'

type Logged = Outputs['history']['list']['items'][number]

/** One transaction of the user's log: who, when, from where, and what it did. */
export type Revision = Omit<Logged, 'changes'> & { changes: Change[] }
/** What a revision did to one row. */
export type Change = Omit<Logged['changes'][number], 'before' | 'after'> & {
  before: Fields | null
  after: Fields | null
}
/** What keeps a history, by the name of its table. */
export type Entity = Change['entity']
/** Of whichever kind the row is: a field has the same meaning in all of them that have it. */
type Fields = All<NonNullable<Logged['changes'][number]['before']>>
type All<Kinds> = (Kinds extends unknown ? (kind: Kinds) => void : never) extends (kind: infer Every) => void
  ? { [Name in keyof Every]?: Every[Name] }
  : never
export type Field = keyof Fields

/** One field, as it was and as it became. */
export interface FieldChange {
  field: Field
  before: Fields[Field] | undefined
  after: Fields[Field] | undefined
}

/** What follows from other fields, or tells nobody anything. */
const silent = new Set<string>(['number', 'createdAt', 'completedAt', 'series', 'taskId'])

const order: Field[] = [
  'title',
  'name',
  'body',
  'status',
  'due',
  'recurrence',
  'listId',
  'parentId',
  'tagIds',
  'priority',
  'description',
  'color',
  'icon',
  'archivedAt',
  'filter',
]

/** The fields of a change that are worth showing, in the order in which people think of them. */
export function fieldsOf({ before, after }: Pick<Change, 'before' | 'after'>): FieldChange[] {
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
