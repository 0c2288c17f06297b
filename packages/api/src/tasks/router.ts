import type { Scope } from '@ownlist/db'
import type { User } from '../account/accounts.ts'
import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { router, userMutation, userQuery, type Context } from '../trpc.ts'
import type { Clock } from './conditions.ts'
import {
  countByKind,
  deleteTask,
  findTask,
  insertTask,
  listTasks,
  moveTask,
  searchTasks,
  updateTask,
  updateTasks,
} from './queries.ts'
import { preview } from './recurrence.ts'
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
  taskSearch,
  type TaskChange,
  type TaskRef,
} from './schema.ts'
import {
  detachOccurrence,
  followAll,
  followChange,
  listOccurrences,
  skipOccurrence,
  type Followed,
} from './series.ts'

export const tasks = router({
  list: userQuery(taskFilter.prefault({})).query(({ ctx, input }) =>
    listTasks(ctx.scope, input, { now: ctx.now(), timeZone: ctx.user.timeZone }),
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

  complete: userMutation(taskRef).mutation(async ({ ctx, input }) => {
    const { task, next } = await change(ctx.scope, { ...input, status: 'completed' }, clockOf(ctx))
    return { ...task, next }
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

  reorder: userMutation(taskMove).mutation(async ({ ctx, input }) => {
    const task = await moveTask(ctx.scope, input)
    if (!task) throw new AppError('TASK_NOT_FOUND')
    return task
  }),

  bulk: userMutation(taskBulk).mutation(async ({ ctx, input }) => {
    const done = await updateTasks(ctx.scope, input)
    await followAll(ctx.scope, done, input.change, clockOf(ctx))
    return {
      results: input.ids.map((id) =>
        done.has(id)
          ? { id, ok: true as const }
          : { id, ok: false as const, reason: 'TASK_NOT_FOUND' as const },
      ),
    }
  }),

  stats: userQuery(nothing).query(async ({ ctx }) => {
    const { high, medium, low, none, ...counts } = await countByKind(ctx.scope, {
      now: ctx.now(),
      timeZone: ctx.user.timeZone,
    })
    return { ...counts, priority: { high, medium, low, none } }
  }),

  search: userQuery(taskSearch).query(async ({ ctx, input }) => ({
    items: await searchTasks(ctx.scope, input),
  })),
})

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

/** When and where the user is. */
function clockOf({ now, user }: Pick<Context, 'now'> & { user: User }): Clock {
  return { now: now(), timeZone: user.timeZone }
}

/** A change that found nothing at its revision: where the task is there, it has moved on. */
async function refuseStale(scope: Scope, id: string): Promise<void> {
  const current = await findTask(scope, { id })
  if (current) throw new AppError('REVISION_CONFLICT', { current })
}
