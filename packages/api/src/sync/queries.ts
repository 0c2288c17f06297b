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

/** What changed, in the order of the log: each row once, where it changed last, as it is now. */
export async function deltaPage({ db, userId }: Scope, place: PlaceInLog, limit: number): Promise<Page> {
  const { rows } = await sql<
    { clock: number; retained: boolean } & (Entry | Absent<Entry>) & (TaskRow | Absent<TaskRow>)
  >`
    select k.clock, k.retained, c.at, c.entity, c.entity_id, ${tasks('t')}
    from (
      select ${clockOf(userId)} as clock, exists (
        select from revisions where user_id = ${userId} and revision = ${place.revision}) as retained
    ) k
    left join (
      select revision as at, entity, entity_id from changes c
      where user_id = ${userId} and entity = 'tasks'
        and (revision, entity, entity_id) > (${place.revision}, ${place.entity}, ${place.id})
        -- A probe of the index for each; "not exists" would be a join with the user's whole log.
        and revision = (
          select max(revision) from changes
          where user_id = ${userId} and entity = c.entity and entity_id = c.entity_id)
      order by revision, entity, entity_id limit ${limit + 1}
    ) c on true
    left join tasks t on t.user_id = ${userId} and t.id = c.entity_id
    order by c.at, c.entity, c.entity_id`.execute(db)
  const { clock = 0, retained = false } = rows[0] ?? {}
  // Retention deletes from the beginning, so where one revision stands all later ones do.
  if (place.revision > clock ? place.revision > clock + 1 : !retained) throw new AppError('SYNC_TOO_OLD')

  const changed = rows.filter((row) => row.entityId !== null)
  const page = changed.slice(0, limit)
  const last = changed.length > limit ? page.at(-1) : undefined
  return {
    tasks: page.filter((row) => row.id !== null).map(toTask),
    deleted: page.filter((row) => row.id === null).map(({ entity, entityId }) => ({ entity, id: entityId })),
    revision: clock,
    cursor: last
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
}

type Absent<Row> = { [Column in keyof Row]: null }

/** Who never wrote anything has no clock. */
function clockOf(userId: string) {
  return sql`coalesce((select revision from user_clocks where user_id = ${userId}), 0)`
}

function tasks(table: string) {
  return sql.join(taskColumns.map((column) => sql.ref(`${table}.${column}`)))
}
