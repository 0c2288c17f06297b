import { AppError } from '../errors.ts'
import { nothing } from '../input.ts'
import { refuseStale } from '../stale.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { deleteTag, findTag, insertTag, listTags, updateTag } from './queries.ts'
import { newTag, tagChange, tagKey, tagRef } from './schema.ts'

export const tags = router({
  list: userQuery(nothing).query(async ({ ctx }) => ({ items: await listTags(ctx.scope) })),

  get: userQuery(tagKey).query(async ({ ctx, input }) => {
    const tag = await findTag(ctx.scope, input.id)
    if (!tag) throw new AppError('TAG_NOT_FOUND')
    return tag
  }),

  create: userMutation(newTag).mutation(({ ctx, input }) => insertTag(ctx.scope, input)),

  update: userMutation(tagChange).mutation(async ({ ctx, input }) => {
    const tag = await updateTag(ctx.scope, input)
    if (tag) return tag
    await refuseStale(input.ifRevision, () => findTag(ctx.scope, input.id))
    throw new AppError('TAG_NOT_FOUND')
  }),

  delete: userMutation(tagRef).mutation(async ({ ctx, input }) => {
    const deleted = await deleteTag(ctx.scope, input)
    if (!deleted) await refuseStale(input.ifRevision, () => findTag(ctx.scope, input.id))
    return { deleted }
  }),
})
