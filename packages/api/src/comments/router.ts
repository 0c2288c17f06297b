import { AppError } from '../errors.ts'
import { refuseStale } from '../stale.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { deleteComment, findComment, insertComment, listComments, updateComment } from './queries.ts'
import { commentChange, commentFilter, commentKey, commentRef, newComment } from './schema.ts'

export const comments = router({
  list: userQuery(commentFilter).query(async ({ ctx, input }) => {
    const page = await listComments(ctx.scope, input)
    if (!page) throw new AppError('TASK_NOT_FOUND')
    return page
  }),

  get: userQuery(commentKey).query(async ({ ctx, input }) => {
    const comment = await findComment(ctx.scope, input.id)
    if (!comment) throw new AppError('COMMENT_NOT_FOUND')
    return comment
  }),

  create: userMutation(newComment).mutation(({ ctx, input }) => insertComment(ctx.scope, input)),

  update: userMutation(commentChange).mutation(async ({ ctx, input }) => {
    const comment = await updateComment(ctx.scope, input)
    if (comment) return comment
    await refuseStale(input.ifRevision, () => findComment(ctx.scope, input.id))
    throw new AppError('COMMENT_NOT_FOUND')
  }),

  delete: userMutation(commentRef).mutation(async ({ ctx, input }) => {
    const deleted = await deleteComment(ctx.scope, input)
    if (!deleted) await refuseStale(input.ifRevision, () => findComment(ctx.scope, input.id))
    return { deleted }
  }),
})
