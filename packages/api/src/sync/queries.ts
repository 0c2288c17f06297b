import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import type { Comment } from '../comments/row.ts'
import { AppError } from '../errors.ts'
import { entities, entityNames, type Columns } from '../history/entities.ts'
import type { EntityName } from '../history/schema.ts'
import type { List } from '../lists/row.ts'
import type { Tag } from '../tags/row.ts'
import { taskColumns, toTask, type Task, type TaskRow } from '../tasks/row.ts'
import type { View } from '../views/row.ts'
import { behind, encodeCursor, type PlaceInLog, type PlaceInRows } from './cursor.ts'

/** Rows of each kind, as they are now. */
interface Rows {
  lists: List[]
  tags: Tag[]
  views: View[]
  tasks: Task[]
  comments: Comment[]
}

export interface Page extends Rows {
  deleted: { entity: EntityName; id: string }[]
  /** The newest revision when the page was read. With the last page it is what the client then holds. */
  revision: number
  cursor: string | null
  snapshot: boolean
}

// Each page of the log is one statement, so its rows and the clock are of one moment. Rows that change while a client
// pages stand behind the place that it has reached in the log, and come again; so a page with everything up
// to the clock makes the whole true at that moment, whatever happened during the pages before.

/** The rows themselves, kind after kind by id, and then what changed in the log since the first page. */
export async function snapshotPage(
  scope: Scope,
  { base, entity: from, id: after }: Partial<PlaceInRows>,
  limit: number,
): Promise<Page> {
  const rows = noRows()
  let clock = 0
  let known = base
  let room = limit
  let last: { entity: EntityName; id: string } | undefined
  const kinds = entityNames.slice(from === undefined ? 0 : entityNames.indexOf(from))
  for (const [nth, entity] of kinds.entries()) {
    const found = await someOf(scope, entity, nth === 0 ? after : undefined, room + 1)
    clock = found.clock
    known ??= clock
    const page = found.rows.slice(0, room)
    ;(rows[entity] as object[]).push(...page)
    room -= page.length
    if (found.rows.length > page.length) {
      const end = page.at(-1)
      // A page that ends with one kind begins the next with nothing of it.
      last = { entity, id: end?.id ?? firstId }
      break
    }
  }
  known ??= clock
  if (known > clock) throw new AppError('SYNC_TOO_OLD')
  return {
    ...rows,
    deleted: [],
    revision: clock,
    cursor: last
      ? encodeCursor({ base: known, ...last })
      : known < clock
        ? encodeCursor(behind(known, true))
        : null,
    snapshot: true,
  }
}

/** Some rows of one kind by id, and the clock of the same moment. */
async function someOf(
  { db, userId }: Scope,
  entity: EntityName,
  after: string | undefined,
  limit: number,
): Promise<{ clock: number; rows: (Rows[EntityName][number] & { id: string })[] }> {
  const isTask = entity === 'tasks'
  const { rows } = await sql<{ clock: number } & (TaskRow | Absent<TaskRow>) & { other: Columns | null }>`
    select k.clock, ${isTask ? tasks('t') : sql`t.id, owned_row(${entity}, t.id) as other`}
    from (select ${clockOf(userId)} as clock) k
    left join (
      select ${isTask ? tasks('tasks') : sql`id`} from ${sql.table(entity)}
      where user_id = ${userId} ${after === undefined ? sql`` : sql`and id > ${after}`}
      order by id limit ${limit}
    ) t on true
    order by t.id`.execute(db)
  const present = rows.filter((row) => row.id !== null)
  return {
    clock: rows[0]?.clock ?? 0,
    rows: present.map((row) => (isTask ? toTask(row) : toRow(entity, row.other ?? {}))) as never,
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
    select k.clock, k.retained, c.at, c.entity, c.entity_id, c.more, ${tasks('t')},
      case when c.entity <> 'tasks' then owned_row(c.entity, c.entity_id) end as other
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
          where user_id = ${userId}
            and (revision, entity, entity_id) > (${place.revision}, ${place.entity}, ${place.id})
          order by revision, entity, entity_id limit ${limit + 1}
        ) e
      ) e
      where nth <= ${limit}
      order by entity, entity_id, at desc
    ) c on true
    -- The limit keeps this a look at the key for each row: a plan for any number of rows reads everybody's tasks.
    left join lateral (
      select ${tasks('tasks')} from tasks where user_id = ${userId} and id = c.entity_id and c.entity = 'tasks' limit 1
    ) t on true
    order by c.at, c.entity, c.entity_id`.execute(db)
  const { clock = 0, retained = false } = rows[0] ?? {}
  // Retention deletes from the beginning, so where one revision stands all later ones do.
  if (place.revision > clock ? place.revision > clock + 1 : !retained) throw new AppError('SYNC_TOO_OLD')

  const changed = rows.filter((row) => row.entityId !== null)
  const last = changed.at(-1)
  const found = noRows()
  const deleted: Page['deleted'] = []
  for (const row of changed) {
    const { entity, entityId, other } = row
    if (entity === 'tasks' && row.id !== null) found.tasks.push(toTask(row))
    else if (other) (found[entity] as object[]).push(toRow(entity, other))
    else deleted.push({ entity, id: entityId })
  }
  return {
    ...found,
    deleted,
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
  entity: EntityName
  entityId: string
  /** Whether the log goes on behind this page. */
  more: boolean
  /** The row, where it is no task. */
  other: Columns | null
}

function noRows(): Rows {
  return { lists: [], tags: [], views: [], tasks: [], comments: [] }
}

/** A row of any kind but tasks, as clients see it. */
function toRow(
  entity: EntityName,
  { id, updated_at, revision, user_id: _userId, ...columns }: Columns,
): object {
  return { id, ...entities[entity].toFields({ ...columns, updated_at } as Columns), revision }
}

type Absent<Row> = { [Column in keyof Row]: null }

/** Who never wrote anything has no clock. */
function clockOf(userId: string) {
  return sql`coalesce((select revision from user_clocks where user_id = ${userId}), 0)`
}

function tasks(table: string) {
  return sql.join(taskColumns.map((column) => sql.ref(`${table}.${column}`)))
}

const firstId = '00000000-0000-0000-0000-000000000000'
