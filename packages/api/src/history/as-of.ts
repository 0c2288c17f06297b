import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { taskColumns, toTask, type Task, type TaskRow } from '../tasks/row.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { AsOfMoment } from './schema.ts'

export interface PageAsOf {
  items: Task[]
  nextCursor: string | null
  /** The last revision that counts: the state right after it. */
  revision: number
}

/**
 * The tasks as they were, by id. The log is read backwards: every row as it is now, and over it what it said
 * before each change since. So a moment can be told if the log has everything after it.
 *
 * `updatedAt` and `revision` are those of the last change before that the log still has. Where it has
 * none: when the task was made, and 0.
 *
 * @throws AppError HISTORY_TOO_OLD, REVISION_NOT_FOUND where it has not come yet
 */
export async function listTasksAsOf(scope: Scope, { at, limit, cursor }: AsOfMoment): Promise<PageAsOf> {
  const [, revision, after] =
    cursor !== undefined
      ? decodeCursor(place, cursor)
      : ([null, typeof at === 'number' ? at : await lastRevisionAt(scope, at), firstId] as const)

  const { rows } = await statementAsOf(scope, revision, after, limit + 1).execute(scope.db)
  const { newest = 0, oldest = null } = rows[0] ?? {}
  if (revision > newest) throw new AppError('REVISION_NOT_FOUND')
  if (revision < (oldest ?? newest + 1) - 1) throw new AppError('HISTORY_TOO_OLD')

  const found = rows.filter((row) => row.id !== null)
  const page = found.slice(0, limit)
  const last = found.length > limit ? page.at(-1) : undefined
  return {
    // What the log has from before there were tags says nothing of them.
    items: page.map((row) =>
      toTask({ ...row, completed: row.status === 'completed', tagIds: row.tagIds ?? [] }),
    ),
    nextCursor: last ? encodeCursor(['asOf', revision, last.id]) : null,
    revision,
  }
}

const place = z.tuple([z.literal('asOf'), z.int().min(0), z.guid()])
const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** The last revision made at or before an instant; 0 where the log does not know of one. */
async function lastRevisionAt({ db, userId }: Scope, instant: string): Promise<number> {
  const { rows } = await sql<{ revision: number | null }>`
    select coalesce(
      (select max(revision) from revisions where user_id = ${userId} and made_at <= ${instant}::timestamptz),
      -- Where nothing is left of the log, all that was written was written by then.
      (select revision from user_clocks k where user_id = ${userId} and xact_at <= ${instant}::timestamptz
        and not exists (select from revisions where user_id = k.user_id))
    ) as revision`.execute(db)
  return rows[0]?.revision ?? 0
}

type Row = { newest: number; oldest: number | null } & (TaskRow | { [Column in keyof TaskRow]: null })

/** In one statement, so that the rows, the log and where it begins are of one moment. */
function statementAsOf({ userId }: Scope, revision: number, after: string, limit: number): RawBuilder<Row> {
  // `+ 0` keeps to the index of one row's changes. The one of revisions looks as good to a planner whose
  // statistics end before them, and would be read from `revision` on for every row.
  const changesSince = (row: 't' | 'i') =>
    sql`c.user_id = ${userId} and c.entity = 'tasks' and c.entity_id = ${sql.ref(`${row}.id`)} and c.revision + 0 > ${revision}`
  const columnsOf = (table: string) => sql.join(taskColumns.map((column) => sql.ref(`${table}.${column}`)))
  return sql<Row>`
    with present as (
      select t.id from tasks t
      where t.user_id = ${userId} and t.id > ${after}
        -- The first change since tells whether it was there before; without one it was.
        and coalesce(
          (select c.before is not null from changes c where ${changesSince('t')} order by c.revision limit 1), true)
      order by t.id limit ${limit}
    ), gone as (
      select first.id from (
        select distinct on (entity_id) entity_id as id, before from changes
        where user_id = ${userId} and entity = 'tasks' and entity_id > ${after} and revision > ${revision}
          -- No further than the page will reach.
          and entity_id <= (select coalesce((select id from present order by id offset ${limit - 1}), ${lastId}))
        order by entity_id, revision
      ) first
      where before is not null
        -- One look for each; "not exists" may become a join with all tasks that there are.
        and (select true from tasks t where t.user_id = ${userId} and t.id = first.id) is null
      order by first.id limit ${limit}
    ), ids as (
      select id from present union all select id from gone order by id limit ${limit}
    ), page as (
      select ${columnsOf('p')} from ids i
      left join tasks t on t.user_id = ${userId} and t.id = i.id
      left join lateral (
        -- Of several values of one field the last one given stays, which is the oldest.
        -- What was changed and changed back within a revision has an entry without fields.
        select case when count(*) > 0 then coalesce(
          jsonb_object_agg(f.key, f.value order by c.revision desc) filter (where f.key is not null), '{}') end as fields
        from changes c left join jsonb_each(c.before) f on true where ${changesSince('i')}
      ) was on true
      left join lateral (
        select c.revision, r.made_at from changes c join revisions r using (user_id, revision)
        where c.user_id = ${userId} and c.entity = 'tasks' and c.entity_id = i.id and c.revision <= ${revision}
        order by c.revision desc limit 1
      ) last on was.fields is not null
      cross join jsonb_populate_record(t, case
        when was.fields is null then '{}'
        else was.fields || jsonb_build_object('id', i.id, 'revision', coalesce(last.revision, 0),
          'updated_at', coalesce(to_jsonb(last.made_at), was.fields -> 'created_at', to_jsonb(t.created_at)))
      end) p
    )
    select coalesce((select revision from user_clocks where user_id = ${userId}), 0) as newest,
      (select min(revision) from revisions where user_id = ${userId}) as oldest, ${columnsOf('page')}
    from (select) one left join page on true
    order by page.id`
}
