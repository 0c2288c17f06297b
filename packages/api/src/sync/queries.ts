import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { AppError } from '../errors.ts'
import { taskColumns, toTask, type Task, type TaskRow } from '../tasks/row.ts'
import { behind, encodeCursor, type PlaceInLog, type PlaceInRows } from './cursor.ts'

export interface Page {
  tasks: Task[]
  deleted: { entity: 'tasks'; id: string }[]
  /** The newest revision when the page was read. With the last page it is what the client then holds. */
  revision: number
  cursor: string | null
  snapshot: boolean
}

// Each page is one statement, so its rows and the clock are of one moment. Rows that change while a client
// pages stand behind the place that it has reached in the log, and come again; so a page with everything up
// to the clock makes the whole true at that moment, whatever happened during the pages before.

/** The rows themselves, by id, and then what changed in the log since the first page. */
export async function snapshotPage(
  { db, userId }: Scope,
  { base, id }: Partial<PlaceInRows>,
  limit: number,
): Promise<Page> {
  const { rows } = await sql<{ clock: number } & (TaskRow | Absent<TaskRow>)>`
    select k.clock, ${tasks('t')}
    from (select ${clockOf(userId)} as clock) k
    left join (
      select ${tasks('tasks')} from tasks where user_id = ${userId} ${id === undefined ? sql`` : sql`and id > ${id}`}
      order by id limit ${limit + 1}
    ) t on true
    order by t.id`.execute(db)
  const clock = rows[0]?.clock ?? 0
  const known = base ?? clock
  if (known > clock) throw new AppError('SYNC_TOO_OLD')

  const present = rows.filter((row) => row.id !== null)
  const page = present.slice(0, limit)
  const last = present.length > limit ? page.at(-1) : undefined
  return {
    tasks: page.map(toTask),
    deleted: [],
    revision: clock,
    cursor: last
      ? encodeCursor({ base: known, id: last.id })
      : known < clock
        ? encodeCursor(behind(known, true))
        : null,
    snapshot: true,
  }
}

/**
 * What changed, in the order of the log: the rows of the next so many entries, each once and as it is now. One
 * that is changed again and again comes once with each page: to find its last entry would mean to look at all
 * of them now, for a client that was away for a year.
 */
export async function deltaPage({ db, userId }: Scope, place: PlaceInLog, limit: number): Promise<Page> {
  const { rows } = await sql<
    { clock: number; retained: boolean } & (Entry | Absent<Entry>) & (TaskRow | Absent<TaskRow>)
  >`
    select k.clock, k.retained, c.at, c.entity, c.entity_id, c.more, ${tasks('t')}
    from (
      select ${clockOf(userId)} as clock, exists (
        select from revisions where user_id = ${userId} and revision = ${place.revision}) as retained
    ) k
    left join (
      select distinct on (entity, entity_id) at, entity, entity_id, more
      from (
        select at, entity, entity_id, row_number() over (order by at, entity, entity_id) as nth,
          count(*) over () > ${limit} as more
        from (
          select revision as at, entity, entity_id from changes
          where user_id = ${userId} and entity = 'tasks'
            and (revision, entity, entity_id) > (${place.revision}, ${place.entity}, ${place.id})
          order by revision, entity, entity_id limit ${limit + 1}
        ) e
      ) e
      where nth <= ${limit}
      order by entity, entity_id, at desc
    ) c on true
    -- The limit keeps this a look at the key for each row: a plan for any number of rows reads everybody's tasks.
    left join lateral (
      select ${tasks('tasks')} from tasks where user_id = ${userId} and id = c.entity_id limit 1
    ) t on true
    order by c.at, c.entity, c.entity_id`.execute(db)
  const { clock = 0, retained = false } = rows[0] ?? {}
  // Retention deletes from the beginning, so where one revision stands all later ones do.
  if (place.revision > clock ? place.revision > clock + 1 : !retained) throw new AppError('SYNC_TOO_OLD')

  const changed = rows.filter((row) => row.entityId !== null)
  const last = changed.at(-1)
  return {
    tasks: changed.filter((row) => row.id !== null).map(toTask),
    deleted: changed
      .filter((row) => row.id === null)
      .map(({ entity, entityId }) => ({ entity, id: entityId })),
    revision: clock,
    cursor: last?.more
      ? encodeCursor({
          snapshot: place.snapshot,
          revision: last.at,
          entity: last.entity,
          id: last.entityId,
        })
      : null,
    snapshot: place.snapshot,
  }
}

/** The newest revision of the user's log. */
export async function findRevision({ db, userId }: Scope): Promise<number> {
  const { rows } = await sql<{ clock: number }>`select ${clockOf(userId)} as clock`.execute(db)
  return rows[0]?.clock ?? 0
}

interface Entry {
  at: number
  entity: 'tasks'
  entityId: string
  /** Whether the log goes on behind this page. */
  more: boolean
}

type Absent<Row> = { [Column in keyof Row]: null }

/** Who never wrote anything has no clock. */
function clockOf(userId: string) {
  return sql`coalesce((select revision from user_clocks where user_id = ${userId}), 0)`
}

function tasks(table: string) {
  return sql.join(taskColumns.map((column) => sql.ref(`${table}.${column}`)))
}
