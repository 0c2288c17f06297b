import { isSame, rowsIn, type Diff, type Row, type State, type TaskRow } from './rows.ts'
import type { Rows } from './sequential.ts'

export interface UndoInput {
  revision: number
  ifConflict: 'ask' | 'skip' | 'overwrite'
}

/** What changes and goes back together. */
const values = [
  ['title'],
  ['description'],
  ['status', 'completion'],
  ['priority'],
  ['due'],
  ['listId'],
  ['parentId'],
  ['tagIds'],
  ['position'],
] as const satisfies (keyof TaskRow)[][]

/** Tasks by themselves: nothing else hangs on what was changed, made or deleted. */
export function isPlain(state: State, diff: Diff | undefined): boolean {
  return [...(diff ?? [])].every(([id, { before, after }]) => {
    const [one, other] = [before ?? after, after ?? before]
    if (one?.entity !== 'tasks' || other?.entity !== 'tasks') return false
    const places = [one, other].map(({ listId, parentId, tagIds }) => [listId, parentId, tagIds])
    if (before && after) return isSame(places[0], places[1])
    return isSame(places[0], [null, null, []]) && !isHeld(state, id)
  })
}

function isHeld(state: State, id: string): boolean {
  return (
    rowsIn(state, 'tasks').some(({ parentId }) => parentId === id) ||
    rowsIn(state, 'comments').some(({ taskId }) => taskId === id)
  )
}

/**
 * Takes a revision back, value by value: one that is not as the revision left it, nor as it was before, is a
 * conflict. What the revision made goes where nobody touched it since; what it deleted comes back.
 */
export function undoOf(state: State, { revision, ifConflict }: UndoInput, log: readonly Diff[]): Rows {
  const diff = log[revision]
  if (!diff || revision === 0) return { refused: ['REVISION_NOT_FOUND'] }
  const rows = new Map<string, Row | undefined>()
  for (const [id, change] of diff) {
    const [before, after, now] = [change.before, change.after, state.get(id)] as (TaskRow | undefined)[]
    const touched = values.filter((names) => names.some((name) => !isSame(before?.[name], after?.[name])))
    const wanted = touched.filter((names) => names.some((name) => !isSame(now?.[name], before?.[name])))
    const moved = wanted.filter((names) =>
      // Of what was set together only what this revision changed counts.
      names.some((name) => !isSame(before?.[name], after?.[name]) && !isSame(now?.[name], after?.[name])),
    )
    if (moved.length > 0 && ifConflict === 'ask') return { refused: ['UNDO_CONFLICT'] }
    const back = ifConflict === 'overwrite' ? wanted : wanted.filter((names) => !moved.includes(names))
    if (!before) {
      if (now && (moved.length === 0 || ifConflict === 'overwrite')) rows.set(id, undefined)
    } else if (!now) {
      if (!after) rows.set(id, before)
    } else if (after || ifConflict === 'overwrite') {
      rows.set(id, withValues(now, before, back.flat()))
    }
  }
  return { rows }
}

function withValues(row: TaskRow, from: TaskRow, names: (keyof TaskRow)[]): TaskRow {
  return { ...row, ...Object.fromEntries(names.map((name) => [name, from[name]])) }
}
