import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { tagColumns, type Tag } from './row.ts'
import type { NewTag, TagChange, TagRef } from './schema.ts'

/** Tags by name, each with how many tasks have it: one statement, which reads an index and no task. */
export async function listTags({ db, userId }: Scope): Promise<(Tag & { open: number; total: number })[]> {
  const { rows } = await sql<Tag & { open: number; total: number }>`
    with counts as materialized (
      select tag_id, coalesce(sum(tasks) filter (where not completed), 0)::integer as open, sum(tasks)::integer as total
      from (
        -- Many tasks have few different sets of tags between them: each set is taken apart once.
        select tag_ids, completed, count(*) as tasks from tasks
        where user_id = ${userId} and tag_ids <> '{}' group by tag_ids, completed
      ) t, unnest(tag_ids) tag_id
      group by tag_id
    )
    select ${sql.join(tagColumns.map((column) => sql.ref(`t.${column}`)))},
      coalesce(c.open, 0) as open, coalesce(c.total, 0) as total
    from tags t left join counts c on c.tag_id = t.id
    where t.user_id = ${userId}
    order by fold(t.name), t.id`.execute(db)
  return rows
}

export function findTag({ db, userId }: Scope, id: string): Promise<Tag | undefined> {
  return db
    .selectFrom('tags')
    .select(tagColumns)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .executeTakeFirst()
}

export function insertTag({ db, userId }: Scope, tag: NewTag): Promise<Tag> {
  return db
    .insertInto('tags')
    .values({ ...tag, userId })
    .returning(tagColumns)
    .executeTakeFirstOrThrow()
}

export function updateTag(
  { db, userId }: Scope,
  { id, ifRevision, ...change }: TagChange,
): Promise<Tag | undefined> {
  return db
    .updateTable('tags')
    .set(change)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(tagColumns)
    .executeTakeFirst()
}

/** Gives whether the tag was there (at the revision asked for). The database takes it off every task. */
export async function deleteTag({ db, userId }: Scope, { id, ifRevision }: TagRef): Promise<boolean> {
  const row = await db
    .deleteFrom('tags')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}
