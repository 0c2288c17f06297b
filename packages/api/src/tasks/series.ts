import type { Scope } from '@ownlist/db'
import { sql, type SqlBool } from 'kysely'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { decodeCursor, encodeCursor } from '../history/cursor.ts'
import type { Clock } from './conditions.ts'
import { dueToColumns } from './due.ts'
import { makeNext } from './next.ts'
import { daysBetween, following, refused, seriesColumns, type Carrier } from './recurrence.ts'
import { taskColumns, toTask, type Task, type TaskRow } from './row.ts'
import type { TaskBulk, TaskChange, TaskOccurrences, TaskRef } from './schema.ts'
import { renewSubtasks } from './series-subtasks.ts'

/** A task after a change, and the next occurrence, where the change made one. */
export interface Followed {
  task: Task
  next: Task | null
}

/**
 * What a change means for the series of a task that was just written: a rule that was given begins one or goes on with it,
 * and a carrier that is completed now hands its rule to the next.
 */
export async function followChange(
  scope: Scope,
  written: Task,
  { recurrence, due }: Pick<TaskChange, 'recurrence' | 'due'>,
  clock: Clock,
): Promise<Followed> {
  let task = written
  if (recurrence) {
    await refuseSecondCarrier(scope, task)
    task = await updateSeries(scope, task, seriesColumns(recurrence, task, due, clock))
  }
  if (!task.completed || !isCarrier(task)) return { task, next: null }
  return follow(scope, task, clock, 'completed')
}

/** The same for many that a bulk change has written: a fixed number of statements, and none where it completes nothing. */
export async function followAll(
  scope: Scope,
  ids: Set<string>,
  change: TaskBulk['change'],
  clock: Clock,
): Promise<void> {
  if ('delete' in change || !(change.completed || change.status === 'completed')) return
  const rows = await scope.db
    .selectFrom('tasks')
    .select(taskColumns)
    .where('userId', '=', scope.userId)
    .where(sql<SqlBool>`id = any(${[...ids]}::uuid[])`)
    .where('completed', '=', true)
    .where('recurrence', 'is not', null)
    .execute()
  const carriers = rows.map(toTask).filter(isCarrier)
  if (carriers.length > 0) await makeNext(scope, carriers, clock, 'completed')
}

/**
 * The same row moves on to the next occurrence, with its subtasks open again; where the series ends, it is completed.
 * Undefined where the task is not there at that revision.
 */
export async function skipOccurrence(scope: Scope, ref: TaskRef, clock: Clock): Promise<Task | undefined> {
  const carrier = await holdCarrier(scope, ref)
  if (!carrier) return undefined
  const next = following(carrier, clock, 'passed')
  if (!next)
    return updateSeries(scope, carrier, { status: 'completed', recurrence: null, recurrenceBasis: null })
  await renewSubtasks(scope, carrier.id, daysBetween(carrier.series.occurrence, next.occurrence))
  return updateSeries(scope, carrier, {
    ...dueToColumns(next.due),
    status: 'pending',
    occurrence: next.occurrence,
    occurrenceNumber: carrier.series.number + 1,
  })
}

/** This occurrence becomes a task by itself, and the next carries the rule. Undefined as for `skipOccurrence`. */
export async function detachOccurrence(
  scope: Scope,
  ref: TaskRef,
  clock: Clock,
): Promise<Followed | undefined> {
  const carrier = await holdCarrier(scope, ref)
  return carrier && follow(scope, carrier, clock, 'passed')
}

/** The occurrences of a series that are over or stand by themselves, the last first. A number that is missing was skipped. */
export async function listOccurrences(
  { db, userId }: Scope,
  seriesId: string,
  { limit, cursor }: Pick<TaskOccurrences, 'limit' | 'cursor'>,
): Promise<{ items: Task[]; nextCursor: string | null }> {
  const [, , before] = cursor === undefined ? [] : decodeCursor(placeIn(seriesId), cursor)
  const rows = await db
    .selectFrom('tasks')
    .select(taskColumns)
    .where('userId', '=', userId)
    .where('seriesId', '=', seriesId)
    .where('recurrence', 'is', null)
    .$if(before !== undefined, (query) => query.where('occurrenceNumber', '<', before ?? 0))
    .orderBy('occurrenceNumber', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    items: page.map(toTask),
    nextCursor: last ? encodeCursor(['occurrences', seriesId, last.occurrenceNumber]) : null,
  }
}

const placeIn = (seriesId: string) =>
  z.tuple([z.literal('occurrences'), z.literal(seriesId), z.int().min(1).max(2_147_483_647)])

function isCarrier(task: Task): task is Task & Carrier {
  return task.recurrence !== null && task.series !== null
}

/**
 * A device that has not heard yet that an occurrence is over may still give it a rule. That would make two tasks that
 * come again of one.
 */
async function refuseSecondCarrier({ db, userId }: Scope, { series, recurrence }: Task): Promise<void> {
  if (!series || recurrence) return
  const carrier = await db
    .selectFrom('tasks')
    .select('id')
    .where('userId', '=', userId)
    .where('seriesId', '=', series.id)
    .where('recurrence', 'is not', null)
    .executeTakeFirst()
  if (carrier)
    throw refused('recurrence', 'The series goes on with another task: change the rule of that one.')
}

/** The task as it is now, and nobody else changes it until the end of the transaction. */
async function holdCarrier(
  { db, userId }: Scope,
  { id, ifRevision }: TaskRef,
): Promise<(Task & Carrier) | undefined> {
  const row = await db
    .updateTable('tasks')
    // Changes nothing; what is wanted is the clock, which every write holds.
    .set((eb) => ({ number: eb.ref('number') }))
    .where('userId', '=', userId)
    .where('id', '=', id)
    .$if(ifRevision !== undefined, (query) => query.where('revision', '=', ifRevision ?? 0))
    .returning(taskColumns)
    .executeTakeFirst()
  if (!row) return undefined
  const task = toTask(row)
  if (!isCarrier(task)) throw new AppError('NOT_RECURRING')
  return task
}

async function updateSeries(
  { db, userId }: Scope,
  { id }: Pick<Task, 'id'>,
  columns: Partial<TaskRow>,
): Promise<Task> {
  const row = await db
    .updateTable('tasks')
    .set(columns as object)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning(taskColumns)
    .executeTakeFirstOrThrow()
  return toTask(row)
}

async function follow(
  scope: Scope,
  carrier: Task & Carrier,
  clock: Clock,
  how: 'completed' | 'passed',
): Promise<Followed> {
  const { ended, made } = await makeNext(scope, [carrier], clock, how)
  return { task: ended[0] ?? carrier, next: made[0] ?? null }
}
