import { isSame, type Diff, type Row, type State } from './rows.ts'

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
  ['position'],
] as const

/**
 * Takes a revision back, value by value: one that is not as the revision left it, nor as it was before, is a
 * conflict. What the revision made goes where nobody touched it since; what it deleted comes back.
 */
export function undoOf(
  state: State,
  { revision, ifConflict }: UndoInput,
  log: readonly Diff[],
): { refused: string } | { rows: Map<string, Row | undefined> } {
  const diff = log[revision]
  if (!diff || revision === 0) return { refused: 'REVISION_NOT_FOUND' }
  const rows = new Map<string, Row | undefined>()
  for (const [id, { before, after }] of diff) {
    const now = state.get(id)
    const touched = values.filter((names) => names.some((name) => !isSame(before?.[name], after?.[name])))
    const wanted = touched.filter((names) => names.some((name) => !isSame(now?.[name], before?.[name])))
    const moved = wanted.filter((names) =>
      // Of what was set together only what this revision changed counts.
      names.some((name) => !isSame(before?.[name], after?.[name]) && !isSame(now?.[name], after?.[name])),
    )
    if (moved.length > 0 && ifConflict === 'ask') return { refused: 'UNDO_CONFLICT' }
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

function withValues(row: Row, from: Row, names: (keyof Row)[]): Row {
  return { ...row, ...Object.fromEntries(names.map((name) => [name, from[name]])) }
}
