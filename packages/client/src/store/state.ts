import {
  eachKind,
  kinds,
  noRows,
  type Changed,
  type Comment,
  type Kind,
  type ReadonlyRows,
  type RowOf,
  type Task,
} from './rows.ts'

/** What effects look at. */
export interface State {
  rows: ReadonlyRows
  /** The ids of a task's own subtasks, and of its comments. */
  subtasksOf(id: string): ReadonlySet<string>
  commentsOn(id: string): ReadonlySet<string>
}

export type Put = <K extends Kind>(kind: K, id: string, row: RowOf[K] | undefined) => void

const nobody: ReadonlySet<string> = new Set()

/** Rows of every kind, who stands below whom, and what became different since that was last asked. */
export function createState() {
  const rows = noRows()
  const subtasks = grouped(({ parentId }: Task) => parentId)
  const comments = grouped(({ taskId }: Comment) => taskId)
  let before = nothing()

  const put: Put = (kind, id, row) => {
    const table = rows[kind] as Map<string, typeof row & object>
    const old = table.get(id)
    if (old === row) return
    const known = before[kind] as Map<string, typeof row>
    if (!known.has(id)) known.set(id, old)
    if (row) table.set(id, row)
    else table.delete(id)
    if (kind === 'tasks') subtasks.move(id, old as Task | undefined, row as Task | undefined)
    if (kind === 'comments') comments.move(id, old as Comment | undefined, row as Comment | undefined)
  }

  return {
    rows: rows as ReadonlyRows,
    subtasksOf: subtasks.of,
    commentsOn: comments.of,
    put,

    /** A row that was made anew and is what it was stays the same object, so that nobody draws it again. */
    changed(): Changed {
      const changed = before
      before = nothing()
      for (const kind of kinds) {
        for (const [id, old] of changed[kind]) {
          const now = rows[kind].get(id)
          if (!isSame(old, now)) continue
          if (old) (rows[kind] as Map<string, typeof old>).set(id, old)
          changed[kind].delete(id)
        }
      }
      return changed
    },
  }
}

function isSame(a: { revision: number } | undefined, b: { revision: number } | undefined): boolean {
  if (a === b) return true
  return a?.revision === b?.revision && JSON.stringify(a) === JSON.stringify(b)
}

function nothing() {
  return eachKind(() => new Map()) as { [K in Kind]: Map<string, RowOf[K] | undefined> }
}

/** Ids by what their rows hang on. */
function grouped<T>(keyOf: (row: T) => string | null) {
  const groups = new Map<string, Set<string>>()
  return {
    of: (key: string): ReadonlySet<string> => groups.get(key) ?? nobody,
    move(id: string, from: T | undefined, to: T | undefined): void {
      const old = from === undefined ? null : keyOf(from)
      const next = to === undefined ? null : keyOf(to)
      if (old === next) return
      if (old !== null) {
        const group = groups.get(old)
        group?.delete(id)
        if (group?.size === 0) groups.delete(old)
      }
      if (next === null) return
      const group = groups.get(next) ?? new Set()
      groups.set(next, group.add(id))
    },
  }
}
