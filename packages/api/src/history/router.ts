import { AppError } from '../errors.ts'
import { findTask } from '../tasks/queries.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { listTasksAsOf } from './as-of.ts'
import { findRevision, listRevisions } from './queries.ts'
import { asOfMoment, deletedRow, historyFilter, revisionKey, undoing } from './schema.ts'
import { restoreRow, undoRevision } from './undo.ts'

export const history = router({
  list: userQuery(historyFilter.prefault({})).query(({ ctx, input }) =>
    listRevisions(ctx.scope, input, ctx.sessionId),
  ),

  get: userQuery(revisionKey).query(async ({ ctx, input }) => {
    const revision = await findRevision(ctx.scope, input, ctx.sessionId)
    if (!revision) throw new AppError('REVISION_NOT_FOUND')
    return revision
  }),

  undo: userMutation(undoing, { alone: true }).mutation(async ({ ctx, input }) => {
    const undone = await undoRevision(ctx.scope, input)
    if (!undone) throw new AppError('REVISION_NOT_FOUND')
    return undone
  }),

  restore: userMutation(deletedRow).mutation(async ({ ctx, input }) => {
    const task = (await restoreRow(ctx.scope, input)) ? await findTask(ctx.scope, input) : undefined
    if (!task) throw new AppError('TASK_NOT_FOUND')
    return task
  }),

  asOf: userQuery(asOfMoment).query(({ ctx, input }) => listTasksAsOf(ctx.scope, input)),
})
