import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from '../history/cursor.ts'
import { instant } from '../input.ts'
import { commentColumns, type Comment } from './row.ts'
import type { CommentChange, CommentFilter, CommentRef, NewComment } from './schema.ts'

/**
 * A task's comments, the oldest first; undefined where there is no such task.
 *
 * @throws AppError CURSOR_INVALID
 */
export async function listComments(
  { db, userId }: Scope,
  { taskId, limit, cursor }: CommentFilter,
): Promise<{ items: Comment[]; nextCursor: string | null } | undefined> {
  const [, createdAt, id] = cursor === undefined ? [] : decodeCursor(place, cursor)
  // One more than asked for tells whether there is a next page; no row at all, that there is no task.
  const { rows } = await sql<Comment | { id: null }>`
    select ${sql.join(commentColumns.map((column) => sql.ref(`c.${column}`)))}
    from (select from tasks where user_id = ${userId} and id = ${taskId}) t
    left join lateral (
      select ${sql.join(commentColumns.map((column) => sql.ref(column)))} from comments
      where user_id = ${userId} and task_id = ${taskId}
        ${id === undefined ? sql`` : sql`and (created_at, id) > (${createdAt}::timestamptz, ${id}::uuid)`}
      order by created_at, id limit ${limit + 1}
    ) c on true
    order by c.created_at, c.id`.execute(db)
  if (rows.length === 0) return undefined
  const found = rows.filter((row) => row.id !== null)
  const items = found.slice(0, limit)
  const last = found.length > limit ? items.at(-1) : undefined
  return { items, nextCursor: last ? encodeCursor(['comments', last.createdAt, last.id]) : null }
}

export function findComment({ db, userId }: Scope, id: string): Promise<Comment | undefined> {
  return db
    .selectFrom('comments')
    .select(commentColumns)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export function insertComment({ db, userId }: Scope, comment: NewComment): Promise<Comment> {
  return db
    .insertInto('comments')
    .values({ ...comment, userId })
    .returning(commentColumns)
    .executeTakeFirstOrThrow()
}

export function updateComment(
  { db, userId }: Scope,
  { id, body, ifRevision }: CommentChange,
): Promise<Comment | undefined> {
  return db
    .updateTable('comments')
    .set({ body })
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(commentColumns)
    .executeTakeFirst()
}

/** Gives whether the comment was there (at the revision asked for). */
export async function deleteComment({ db, userId }: Scope, { id, ifRevision }: CommentRef): Promise<boolean> {
  const row = await db
    .deleteFrom('comments')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

const place = z.tuple([z.literal('comments'), instant, z.guid()])
