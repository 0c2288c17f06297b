import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { holdClock } from '../hold-clock.ts'
import { makeRoom } from '../manual-order.ts'
import { listColumns, type List } from './row.ts'
import type { ListArchival, ListChange, ListDeletion, ListFilter, ListMove, NewList } from './schema.ts'

/** How many tasks stand in a list, subtasks included. */
export interface Counts {
  open: number
  completed: number
}

/** Lists by position, each with its counts, and those of the Inbox: one statement, which reads an index and no task. */
export async function listLists(
  { db, userId }: Scope,
  { archived }: ListFilter,
): Promise<{ items: (List & Counts)[]; inbox: Counts }> {
  type Row = { inboxOpen: number; inboxCompleted: number } & ((List & Counts) | { id: null })
  const { rows } = await sql<Row>`
    with counts as materialized (
      select list_id, sum(tasks) filter (where not completed)::integer as open,
        sum(tasks) filter (where completed)::integer as completed
      -- Counted in the order of the index, and only then told apart: that is half the work.
      from (select list_id, completed, count(*) as tasks from tasks where user_id = ${userId} group by list_id, completed) t
      group by list_id
    )
    select coalesce(i.open, 0) as inbox_open, coalesce(i.completed, 0) as inbox_completed,
      ${sql.join(listColumns.map((column) => sql.ref(`l.${column}`)))},
      coalesce(c.open, 0) as open, coalesce(c.completed, 0) as completed
    from (select) one
    left join counts i on i.list_id is null
    left join lists l on l.user_id = ${userId}
      ${archived === undefined ? sql`` : archived ? sql`and l.archived_at is not null` : sql`and l.archived_at is null`}
    left join counts c on c.list_id = l.id
    order by l.position, l.id`.execute(db)
  const [first] = rows
  return {
    items: rows.flatMap(({ inboxOpen: _open, inboxCompleted: _completed, ...row }) =>
      row.id === null ? [] : [row],
    ),
    inbox: { open: first?.inboxOpen ?? 0, completed: first?.inboxCompleted ?? 0 },
  }
}

export function findList({ db, userId }: Scope, id: string): Promise<List | undefined> {
  return db
    .selectFrom('lists')
    .select(listColumns)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Undefined where the list to put it behind is not there. */
export async function insertList(scope: Scope, { after, ...list }: NewList): Promise<List | undefined> {
  const position = await makeRoom(scope, 'lists', { after })
  if (position === undefined) return undefined
  return scope.db
    .insertInto('lists')
    .values({ ...list, position, userId: scope.userId })
    .returning(listColumns)
    .executeTakeFirstOrThrow()
}

export function updateList(
  { db, userId }: Scope,
  { id, ifRevision, ...change }: ListChange,
): Promise<List | undefined> {
  return db
    .updateTable('lists')
    .set(change)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(listColumns)
    .executeTakeFirst()
}

/** A list that is archived already keeps the time. */
export function archiveList(
  { db, userId }: Scope,
  { id, archived, ifRevision }: ListArchival,
): Promise<List | undefined> {
  return db
    .updateTable('lists')
    .set({ archivedAt: archived ? sql<string>`coalesce(archived_at, now())` : null })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(listColumns)
    .executeTakeFirst()
}

/** Undefined where the list, or the one to put it behind, is not there. */
export async function moveList(scope: Scope, { id, after }: ListMove): Promise<List | undefined> {
  const position = await makeRoom(scope, 'lists', { id, after })
  if (position === undefined) return undefined
  return scope.db
    .updateTable('lists')
    .set({ position })
    .where('userId', '=', scope.userId)
    .where('id', '=', id)
    .returning(listColumns)
    .executeTakeFirst()
}

/**
 * Gives whether the list was there (at the revision asked for), and how many tasks stood in it, which are in the
 * Inbox now or deleted.
 */
export async function deleteList(
  scope: Scope,
  { id, tasks, ifRevision }: ListDeletion,
): Promise<{ deleted: boolean; tasks: number }> {
  // Nobody files a task under it from here on.
  await holdClock(scope)
  const { db, userId } = scope
  const isThere = sql`exists (
    select from lists where user_id = ${userId} and id = ${id}
      ${ifRevision === undefined ? sql`` : sql`and revision = ${ifRevision}`})`
  const { numAffectedRows = 0n } = await (
    tasks === 'delete'
      ? sql`delete from tasks where user_id = ${userId} and list_id = ${id} and ${isThere}`
      : sql`update tasks set list_id = null where user_id = ${userId} and list_id = ${id} and ${isThere}`
  ).execute(db)
  const row = await db
    .deleteFrom('lists')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning('id')
    .executeTakeFirst()
  return { deleted: row !== undefined, tasks: Number(numAffectedRows) }
}
