import type { Scope } from '@ownlist/db'
import { makeRoom } from '../manual-order.ts'
import { toView, viewColumns, type View } from './row.ts'
import type { NewView, ViewChange, ViewMove, ViewRef } from './schema.ts'

/** Views by position. */
export async function listViews({ db, userId }: Scope): Promise<View[]> {
  const rows = await db
    .selectFrom('views')
    .select(viewColumns)
    .where('userId', '=', userId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  return rows.map(toView)
}

export async function findView({ db, userId }: Scope, id: string): Promise<View | undefined> {
  const row = await db
    .selectFrom('views')
    .select(viewColumns)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row && toView(row)
}

/** Undefined where the view to put it behind is not there. */
export async function insertView(
  scope: Scope,
  { after, filter, ...view }: NewView,
): Promise<View | undefined> {
  const position = await makeRoom(scope, 'views', { after })
  if (position === undefined) return undefined
  const row = await scope.db
    .insertInto('views')
    .values({ ...view, filter: JSON.stringify(filter), position, userId: scope.userId })
    .returning(viewColumns)
    .executeTakeFirstOrThrow()
  return toView(row)
}

export async function updateView(
  { db, userId }: Scope,
  { id, ifRevision, filter, ...change }: ViewChange,
): Promise<View | undefined> {
  const row = await db
    .updateTable('views')
    .set({ ...change, ...(filter && { filter: JSON.stringify(filter) }) })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(viewColumns)
    .executeTakeFirst()
  return row && toView(row)
}

/** Undefined where the view, or the one to put it behind, is not there. */
export async function moveView(scope: Scope, { id, after }: ViewMove): Promise<View | undefined> {
  const position = await makeRoom(scope, 'views', { id, after })
  if (position === undefined) return undefined
  const row = await scope.db
    .updateTable('views')
    .set({ position })
    .where('userId', '=', scope.userId)
    .where('id', '=', id)
    .returning(viewColumns)
    .executeTakeFirst()
  return row && toView(row)
}

/** Gives whether the view was there (at the revision asked for). */
export async function deleteView({ db, userId }: Scope, { id, ifRevision }: ViewRef): Promise<boolean> {
  const row = await db
    .deleteFrom('views')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
