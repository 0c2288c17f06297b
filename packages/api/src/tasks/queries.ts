import type { DB, Scope } from '@ownlist/db'
import { sql, type ExpressionBuilder, type QueryCreator, type RawBuilder, type SqlBool } from 'kysely'
import { holdClock } from '../hold-clock.ts'
import {
  dueThisWeek,
  dueToday,
  matches,
  overdue,
  upcoming,
  type Clock,
  type Conditions,
} from './conditions.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { dueToColumns } from './due.ts'
import { findRoom } from './order.ts'
import { isPlace, placing } from './place.ts'
import { positionAtTop } from './position.ts'
import { taskColumns, toTask, type Task } from './row.ts'
import type { NewTask, TaskBulk, TaskChange, TaskFilter, TaskKey, TaskMove, TaskRef } from './schema.ts'
import { seriesAssignments } from './series-assignments.ts'
import { searched } from './text.ts'
import { carryList, countProgress, findAncestors, type Progress } from './tree.ts'

export interface TaskPage {
  items: (Task & { progress?: Progress })[]
  nextCursor: string | null
  total?: number
  /** The tasks above those of the page, by position, where they are not on it themselves. */
  ancestors?: Task[]
}

/** A page of tasks, and what was asked for beside it: as many statements for one task as for five hundred. */
export async function listTasks(scope: Scope, filter: TaskFilter, clock: Clock): Promise<TaskPage> {
  const { sort, order, limit, cursor, offset } = filter
  const key = sortColumns[sort]
  const { db, filter: conditions } = await searched(scope, filter)
  let query = db
    .selectFrom('tasks')
    .select(taskColumns)
    .select(sort === 'due_date' || sort === 'title' || sort === 'priority' ? [key] : [])
    .where((eb) => matches(eb, scope, conditions, clock))
    .orderBy(key, order)
    .orderBy('id', order)
    // One more than asked for tells whether there is a next page.
    .limit(limit + 1)
  if (offset !== undefined) query = query.offset(offset)
  if (cursor !== undefined) {
    const { value, id } = decodeCursor(filter, cursor)
    query = query.where((eb) =>
      eb(eb.refTuple(key, 'id'), order === 'asc' ? '>' : '<', eb.tuple(value as never, id)),
    )
  }

  const [rows, total] = await Promise.all([
    query.execute(),
    filter.total ? countTasks(db, scope, conditions, clock) : undefined,
  ])
  const page = rows.length > limit ? rows.slice(0, limit) : rows
  const last = rows.length > limit ? page.at(-1) : undefined
  const ids = page.map(({ id }) => id)
  const [ancestors, progress] = await Promise.all([
    filter.withAncestors ? findAncestors(scope, parentsOf(page), ids) : undefined,
    filter.withProgress ? countProgress(scope, ids) : undefined,
  ])
  return {
    items: page.map((row) => ({
      ...toTask(row),
      ...(progress && { progress: progress.get(row.id) ?? { subtasks: 0, completedSubtasks: 0 } }),
    })),
    nextCursor: last
      ? encodeCursor(filter, (last as Record<string, unknown>)[key] as string | number, last.id)
      : null,
    ...(total !== undefined && { total }),
    ...(ancestors && { ancestors }),
  }
}

function parentsOf(rows: { parentId: string | null }[]): string[] {
  return [...new Set(rows.flatMap(({ parentId }) => parentId ?? []))]
}

async function countTasks(
  db: QueryCreator<DB>,
  scope: Scope,
  filter: Conditions,
  clock: Clock,
): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where((eb) => matches(eb, scope, filter, clock))
    .executeTakeFirstOrThrow()
  return count
}

export async function findTask({ db, userId }: Scope, key: TaskKey): Promise<Task | undefined> {
  const query = db.selectFrom('tasks').select(taskColumns).where('userId', '=', userId)
  const row = await (
    'id' in key ? query.where('id', '=', key.id) : query.where('number', '=', key.number)
  ).executeTakeFirst()
  return row && toTask(row)
}

/** A subtask stands in its parent's list. */
export async function insertTask(scope: Scope, task: NewTask, now: Date): Promise<Task> {
  // The rule comes when the row is there: followChange.
  const { due, completed, status, listId, parentId, recurrence: _, ...rest } = task
  if (parentId) await holdClock(scope)
  const row = await scope.db
    .insertInto('tasks')
    .values({
      ...rest,
      ...placing(scope, { listId, parentId: parentId ?? null }, []),
      ...dueToColumns(due ?? null),
      status: status ?? (completed ? 'completed' : 'pending'),
      position: positionAtTop(now),
      userId: scope.userId,
    })
    .returning(taskColumns)
    .executeTakeFirstOrThrow()
  return toTask(row)
}

export async function updateTask(scope: Scope, change: TaskChange): Promise<Task | undefined> {
  const { id, ifRevision } = change
  if (isPlace(change)) await holdClock(scope)
  const row = await scope.db
    .updateTable('tasks')
    .set((eb) => ({ ...assignments(eb, change), ...placing(scope, change, [id]) }))
    .where('userId', '=', scope.userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(taskColumns)
    .executeTakeFirst()
  if (row && isPlace(change)) await carryList(scope, [id])
  return row && toTask(row)
}

/** Gives whether the task existed (at the revision asked for). */
export async function deleteTask({ db, userId }: Scope, { id, ifRevision }: TaskRef): Promise<boolean> {
  const row = await db
    .deleteFrom('tasks')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/** Gives the ids that were there; as many statements for one as for a thousand. Where they get a place, hold the clock. */
export async function updateTasks(
  scope: Scope,
  { ids, change }: { ids: string[]; change: TaskBulk['change'] },
): Promise<Set<string>> {
  const { db, userId } = scope
  const rows =
    'delete' in change
      ? await db.deleteFrom('tasks').where('userId', '=', userId).where(among(ids)).returning('id').execute()
      : await db
          .updateTable('tasks')
          .set((eb) => ({ ...assignments(eb, change), ...placing(scope, change, ids) }))
          .where('userId', '=', userId)
          .where(among(ids))
          .returning('id')
          .execute()
  if (!('delete' in change) && isPlace(change)) await carryList(scope, ids)
  return new Set(rows.map((row) => row.id))
}

/** Undefined where the task, or the one to put it behind, is not there: then nothing may be kept of it. */
export async function moveTask(scope: Scope, { id, after, ...place }: TaskMove): Promise<Task | undefined> {
  await holdClock(scope)
  const position = after === undefined ? undefined : await findRoom(scope, id, after)
  if (position === null) return undefined
  const row = await scope.db
    .updateTable('tasks')
    .set({ ...(position !== undefined && { position }), ...placing(scope, place, [id]) })
    .where('userId', '=', scope.userId)
    .where('id', '=', id)
    .returning(taskColumns)
    .executeTakeFirst()
  if (row && isPlace(place)) await carryList(scope, [id])
  return row && toTask(row)
}

/** How many tasks there are of each kind; all but the first four count open tasks. */
export async function countByKind({ db, userId }: Scope, clock: Clock) {
  const counted = (condition: RawBuilder<SqlBool>) => sql<number>`count(*) filter (where ${condition})`
  const open = (condition: RawBuilder<SqlBool>) => counted(sql`not completed and ${condition}`)
  return db
    .selectFrom('tasks')
    .select([
      sql<number>`count(*)`.as('total'),
      counted(sql`status = 'pending'`).as('pending'),
      counted(sql`status = 'in_progress'`).as('inProgress'),
      counted(sql`completed`).as('completed'),
      counted(overdue(clock)).as('overdue'),
      open(dueToday(clock)).as('dueToday'),
      open(upcoming(clock)).as('upcoming'),
      open(dueThisWeek(clock)).as('week'),
      open(sql`due_date is null`).as('noDate'),
      open(sql`priority_rank = 3`).as('high'),
      open(sql`priority_rank = 2`).as('medium'),
      open(sql`priority_rank = 1`).as('low'),
      open(sql`priority_rank = 0`).as('none'),
    ])
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow()
}

const sortColumns = {
  created_at: 'createdAt',
  updated_at: 'updatedAt',
  title: 'titleFolded',
  priority: 'priorityRank',
  due_date: 'dueOrder',
  position: 'position',
  number: 'number',
} as const

/** One parameter however many ids, so the statement's text stays the same and is prepared once. */
function among(ids: string[]) {
  return sql<SqlBool>`id = any(${ids}::uuid[])`
}

/** Only what was given is assigned. `completed: false` reopens a completed task and leaves others as they are. */
function assignments(
  eb: ExpressionBuilder<DB, 'tasks'>,
  { title, description, status, completed, priority, due, recurrence, ...tags }: Partial<TaskChange>,
) {
  const reopened = eb
    .case()
    .when('status', '=', 'completed')
    .then(eb.val('pending'))
    .else(eb.ref('status'))
    .end()
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(priority !== undefined && { priority }),
    ...(due !== undefined && dueToColumns(due)),
    ...seriesAssignments(eb, { due, recurrence }),
    ...tagging(tags),
    ...(status !== undefined && { status }),
    ...(status === undefined && completed === true && { status: 'completed' as const }),
    ...(status === undefined && completed === false && { status: reopened as never }),
  }
}

/** Added and taken away in the database, where what another device did meanwhile is known. */
function tagging({ tagIds, addTagIds, removeTagIds }: Partial<TaskChange>) {
  if (tagIds !== undefined) return { tagIds }
  if (!addTagIds && !removeTagIds) return {}
  return {
    tagIds: sql<string[]>`array(
      select unnest(tasks.tag_ids || ${addTagIds ?? []}::uuid[]) except select unnest(${removeTagIds ?? []}::uuid[])
      order by 1)`,
  }
}
