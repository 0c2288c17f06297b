import type { Scope } from '@ownlist/db'
import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
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
import type { Task } from './row.ts'
import {
  newTask,
  taskBulk,
  taskChange,
  taskFilter,
  taskKey,
  taskMove,
  taskRef,
  taskSearch,
  type TaskChange,
} from './schema.ts'

export const tasks = router({
  list: userQuery(taskFilter.prefault({})).query(({ ctx, input }) =>
    listTasks(ctx.scope, input, { now: ctx.now(), timeZone: ctx.user.timeZone }),
  ),

  get: userQuery(taskKey).query(async ({ ctx, input }) => {
    const task = await findTask(ctx.scope, input)
    if (!task) throw new AppError('TASK_NOT_FOUND')
    return task
  }),

  create: userMutation(newTask).mutation(({ ctx, input }) => insertTask(ctx.scope, input, ctx.now())),

  update: userMutation(taskChange).mutation(({ ctx, input }) => change(ctx.scope, input)),

  complete: userMutation(taskRef).mutation(({ ctx, input }) =>
    change(ctx.scope, { ...input, status: 'completed' }),
  ),

  reopen: userMutation(taskRef).mutation(({ ctx, input }) =>
    change(ctx.scope, { ...input, completed: false }),
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

async function change(scope: Scope, input: TaskChange): Promise<Task> {
  const task = await updateTask(scope, input)
  if (task) return task
  if (input.ifRevision !== undefined) await refuseStale(scope, input.id)
  throw new AppError('TASK_NOT_FOUND')
}

/** A change that found nothing at its revision: where the task is there, it has moved on. */
async function refuseStale(scope: Scope, id: string): Promise<void> {
  const current = await findTask(scope, { id })
  if (current) throw new AppError('REVISION_CONFLICT', { current })
}
