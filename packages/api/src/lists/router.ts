import { AppError } from '../errors.ts'
import { refuseStale } from '../stale.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { archiveList, deleteList, findList, insertList, listLists, moveList, updateList } from './queries.ts'
import { listArchival, listChange, listDeletion, listFilter, listKey, listMove, newList } from './schema.ts'

export const lists = router({
  list: userQuery(listFilter.prefault({})).query(({ ctx, input }) => listLists(ctx.scope, input)),

  get: userQuery(listKey).query(async ({ ctx, input }) => {
    const list = await findList(ctx.scope, input.id)
    if (!list) throw new AppError('LIST_NOT_FOUND')
    return list
  }),

  create: userMutation(newList).mutation(async ({ ctx, input }) => {
    const list = await insertList(ctx.scope, input)
    if (!list) throw new AppError('LIST_NOT_FOUND')
    return list
  }),

  update: userMutation(listChange).mutation(async ({ ctx, input }) => {
    const list = await updateList(ctx.scope, input)
    if (list) return list
    await refuseStale(input.ifRevision, () => findList(ctx.scope, input.id))
    throw new AppError('LIST_NOT_FOUND')
  }),

  archive: userMutation(listArchival).mutation(async ({ ctx, input }) => {
    const list = await archiveList(ctx.scope, input)
    if (list) return list
    await refuseStale(input.ifRevision, () => findList(ctx.scope, input.id))
    throw new AppError('LIST_NOT_FOUND')
  }),

  reorder: userMutation(listMove).mutation(async ({ ctx, input }) => {
    const list = await moveList(ctx.scope, input)
    if (!list) throw new AppError('LIST_NOT_FOUND')
    return list
  }),

  delete: userMutation(listDeletion).mutation(async ({ ctx, input }) => {
    const done = await deleteList(ctx.scope, input)
    if (!done.deleted) await refuseStale(input.ifRevision, () => findList(ctx.scope, input.id))
    return done
  }),
})
