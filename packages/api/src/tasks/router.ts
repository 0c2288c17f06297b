import type { Scope } from '@ownlist/db'
import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import type { User } from '../account/accounts.ts'
import { changeTasks } from './bulk.ts'
import type { Clock } from './conditions.ts'
import { countByKind, deleteTask, findTask, insertTask, listTasks, moveTask, updateTask } from './queries.ts'
import type { Task } from './row.ts'
import {
  newTask,
  taskBulk,
  taskChange,
  taskFilter,
  taskKey,
  taskMove,
  taskRef,
  taskReorder,
  taskSearch,
  type TaskChange,
  type TaskMove,
} from './schema.ts'
import { searchTasks } from './search.ts'
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

  create: userMutation(newTask).mutation(({ ctx, input }) => insertTask(ctx.scope, input, ctx.now())),

  update: userMutation(taskChange).mutation(({ ctx, input }) => change(ctx.scope, input)),

  /** What is below it stays as it is. */
  complete: userMutation(taskRef).mutation(async ({ ctx, input }) => {
    const task = await change(ctx.scope, { ...input, status: 'completed' })
    return { ...task, openSubtasks: await countOpenSubtasks(ctx.scope, task.id) }
  }),

  reopen: userMutation(taskRef).mutation(({ ctx, input }) =>
    change(ctx.scope, { ...input, completed: false }),
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
