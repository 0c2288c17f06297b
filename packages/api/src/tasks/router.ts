import type { Scope } from '@ownlist/db'
import type { User } from '../account/accounts.ts'
import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { changeTasks } from './bulk.ts'
import type { Clock } from './conditions.ts'
import { countByKind, deleteTask, findTask, insertTask, listTasks, moveTask, updateTask } from './queries.ts'
import { preview } from './recurrence.ts'
import type { Task } from './row.ts'
import {
  newTask,
  taskBulk,
  taskChange,
  taskFilter,
  taskKey,
  taskMove,
  taskOccurrences,
  taskPreview,
  taskRef,
  taskReorder,
  taskSearch,
  type TaskChange,
  type TaskMove,
  type TaskRef,
} from './schema.ts'
import { searchTasks } from './search.ts'
import { detachOccurrence, followChange, listOccurrences, skipOccurrence, type Followed } from './series.ts'
import { countOpenSubtasks } from './tree.ts'

export const tasks = router({
  list: userQuery(taskFilter.prefault({})).query(({ ctx, input }) =>
    listTasks(ctx.scope, input, clockOf(ctx)),
  ),

  get: userQuery(taskKey).query(async ({ ctx, input }) => {
    const task = await findTask(ctx.scope, input)
    if (!task) throw new AppError('TASK_NOT_FOUND')
    return task
  }),

  create: userMutation(newTask).mutation(async ({ ctx, input }) => {
    const task = await insertTask(ctx.scope, input, ctx.now())
    return (await followChange(ctx.scope, task, input, clockOf(ctx))).task
  }),

  update: userMutation(taskChange).mutation(
    async ({ ctx, input }) => (await change(ctx.scope, input, clockOf(ctx))).task,
  ),

  /** What is below it stays as it is. */
  complete: userMutation(taskRef).mutation(async ({ ctx, input }) => {
    const { task, next } = await change(ctx.scope, { ...input, status: 'completed' }, clockOf(ctx))
    return { ...task, openSubtasks: await countOpenSubtasks(ctx.scope, task.id), next }
  }),

  reopen: userMutation(taskRef).mutation(
    async ({ ctx, input }) => (await change(ctx.scope, { ...input, completed: false }, clockOf(ctx))).task,
  ),

  skip: userMutation(taskRef).mutation(async ({ ctx, input }) =>
    orRefuse(ctx.scope, input, await skipOccurrence(ctx.scope, input, clockOf(ctx))),
  ),

  detach: userMutation(taskRef).mutation(async ({ ctx, input }) =>
    orRefuse(ctx.scope, input, await detachOccurrence(ctx.scope, input, clockOf(ctx))),
  ),

  occurrences: userQuery(taskOccurrences).query(async ({ ctx, input }) => {
    if ('seriesId' in input) return listOccurrences(ctx.scope, input.seriesId, input)
    const task = await findTask(ctx.scope, { id: input.id })
    if (!task) throw new AppError('TASK_NOT_FOUND')
    return task.series ? listOccurrences(ctx.scope, task.series.id, input) : { items: [], nextCursor: null }
  }),

  preview: userQuery(taskPreview).query(({ ctx, input }) =>
    preview(input.recurrence, input.due, clockOf(ctx)),
  ),

  delete: userMutation(taskRef).mutation(async ({ ctx, input }) => {
    const deleted = await deleteTask(ctx.scope, input)
    if (!deleted && input.ifRevision !== undefined) await refuseStale(ctx.scope, input.id)
    return { deleted }
  }),

  reorder: userMutation(taskReorder).mutation(({ ctx, input }) => move(ctx.scope, input)),

  move: userMutation(taskMove).mutation(({ ctx, input }) => move(ctx.scope, input)),

  bulk: userMutation(taskBulk).mutation(async ({ ctx, input }) => ({
    results: await changeTasks(ctx.scope, input, clockOf(ctx)),
  })),

  stats: userQuery(nothing).query(async ({ ctx }) => {
    const { high, medium, low, none, ...counts } = await countByKind(ctx.scope, clockOf(ctx))
    return { ...counts, priority: { high, medium, low, none } }
  }),

  search: userQuery(taskSearch).query(async ({ ctx, input }) => ({
    items: await searchTasks(ctx.scope, input),
  })),
})

function clockOf({ user: { timeZone, weekStart }, now }: { user: User; now: () => Date }): Clock {
  return { now: now(), timeZone, weekStart }
}

async function move(scope: Scope, input: TaskMove): Promise<Task> {
  const task = await moveTask(scope, input)
  if (!task) throw new AppError('TASK_NOT_FOUND')
  return task
}

async function change(scope: Scope, input: TaskChange, clock: Clock): Promise<Followed> {
  const task = await orRefuse(scope, input, await updateTask(scope, input))
  return followChange(scope, task, input, clock)
}

/** What a change gave, or why it found no task. */
async function orRefuse<Found>(scope: Scope, ref: TaskRef, found: Found | undefined): Promise<Found> {
  if (found !== undefined) return found
  if (ref.ifRevision !== undefined) await refuseStale(scope, ref.id)
  throw new AppError('TASK_NOT_FOUND')
}

/** A change that found nothing at its revision: where the task is there, it has moved on. */
async function refuseStale(scope: Scope, id: string): Promise<void> {
  const current = await findTask(scope, { id })
  if (current) throw new AppError('REVISION_CONFLICT', { current })
}
