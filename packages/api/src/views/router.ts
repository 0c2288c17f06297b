import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { refuseStale } from '../stale.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { deleteView, findView, insertView, listViews, moveView, updateView } from './queries.ts'
import { newView, viewChange, viewKey, viewMove, viewRef } from './schema.ts'

export const views = router({
  list: userQuery(nothing).query(async ({ ctx }) => ({ items: await listViews(ctx.scope) })),

  get: userQuery(viewKey).query(async ({ ctx, input }) => {
    const view = await findView(ctx.scope, input.id)
    if (!view) throw new AppError('VIEW_NOT_FOUND')
    return view
  }),

  create: userMutation(newView).mutation(async ({ ctx, input }) => {
    const view = await insertView(ctx.scope, input)
    if (!view) throw new AppError('VIEW_NOT_FOUND')
    return view
  }),

  update: userMutation(viewChange).mutation(async ({ ctx, input }) => {
    const view = await updateView(ctx.scope, input)
    if (view) return view
    await refuseStale(input.ifRevision, () => findView(ctx.scope, input.id))
    throw new AppError('VIEW_NOT_FOUND')
  }),

  reorder: userMutation(viewMove).mutation(async ({ ctx, input }) => {
    const view = await moveView(ctx.scope, input)
    if (!view) throw new AppError('VIEW_NOT_FOUND')
    return view
  }),

  delete: userMutation(viewRef).mutation(async ({ ctx, input }) => {
    const deleted = await deleteView(ctx.scope, input)
    if (!deleted) await refuseStale(input.ifRevision, () => findView(ctx.scope, input.id))
    return { deleted }
  }),
})
