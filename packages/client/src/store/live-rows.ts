import { instantKey } from './instants.ts'
import { isSame, liveValue, type Watched } from './live-list.ts'
import type { Model } from './model.ts'
import type { Comment, Kind, RowOf } from './rows.ts'
import { compare, fold } from './text.ts'

/** One row; undefined where there is none. */
export function liveRow<K extends Kind>(model: Model, kind: K, id: string): Watched<RowOf[K] | undefined> {
  const rows = model.rows[kind] as ReadonlyMap<string, RowOf[K]>
  const source = liveValue(() => rows.get(id))
  return {
    live: source.live,
    isWatched: source.isWatched,
    retimed() {},
    changed(changed) {
      if (changed[kind].has(id)) source.tell()
    },
  }
}

type Ordered = 'lists' | 'tags' | 'views'

/** All lists or views by their positions, or all tags by their names: few, so a change sorts them anew. */
export function liveRows<K extends Ordered>(model: Model, kind: K): Watched<readonly RowOf[K][]> {
  const rows = model.rows[kind] as ReadonlyMap<string, RowOf[K]>
  const keyOf = (row: RowOf[Ordered]) => ('position' in row ? row.position : fold(row.name))
  return liveSelection(kind, () =>
    [...rows.values()].toSorted((a, b) => compare(keyOf(a), keyOf(b)) || compare(a.id, b.id)),
  )
}

/** The comments on a task, oldest first. */
export function liveComments(model: Model, taskId: string): Watched<readonly Comment[]> {
  return liveSelection('comments', () =>
    [...model.commentsOn(taskId)]
      .flatMap((id) => model.rows.comments.get(id) ?? [])
      .toSorted((a, b) => compare(instantKey(a.createdAt), instantKey(b.createdAt)) || compare(a.id, b.id)),
  )
}

/** Some rows of one kind: whoever listens hears of it where they are others, or in another order. */
function liveSelection<T>(kind: Kind, select: () => readonly T[]): Watched<readonly T[]> {
  let rows: readonly T[] | undefined
  const source = liveValue(() => (rows ??= select()))
  return {
    live: source.live,
    isWatched: source.isWatched,
    retimed() {},
    changed(changed) {
      if (changed[kind].size === 0) return
      const before = rows
      rows = undefined
      if (!source.isWatched() || !before) return source.tell()
      if (isSame(before, source.live.get())) rows = before
      else source.tell()
    },
  }
}
