import type { Scope } from '@ownlist/db'
import { findComment } from '../comments/queries.ts'
import { AppError, type Reason } from '../errors.ts'
import { findList } from '../lists/queries.ts'
import { findTag } from '../tags/queries.ts'
import { findTask } from '../tasks/queries.ts'
import { router, userMutation, userQuery } from '../trpc.ts'
import { findView } from '../views/queries.ts'
import { listTasksAsOf } from './as-of.ts'
import { findRevision, listRevisions } from './queries.ts'
import { restoreRow } from './restore.ts'
import { asOfMoment, deletedRow, historyFilter, revisionKey, undoing, type EntityName } from './schema.ts'
import { undoRevision } from './undo.ts'

export const history = router({
  list: userQuery(historyFilter.prefault({})).query(({ ctx, input }) =>
    listRevisions(ctx.scope, input, ctx.signedInBy),
  ),

  get: userQuery(revisionKey).query(async ({ ctx, input }) => {
    const revision = await findRevision(ctx.scope, input, ctx.signedInBy)
    if (!revision) throw new AppError('REVISION_NOT_FOUND')
    return revision
  }),

  undo: userMutation(undoing, { alone: true }).mutation(async ({ ctx, input }) => {
    const undone = await undoRevision(ctx.scope, input)
    if (!undone) throw new AppError('REVISION_NOT_FOUND')
    return undone
  }),

  restore: userMutation(deletedRow).mutation(async ({ ctx, input }) => {
    const [find, missing] = present[input.entity]
    const row = (await restoreRow(ctx.scope, input)) ? await find(ctx.scope, input.id) : undefined
    if (!row) throw new AppError(missing)
    return row
  }),

  asOf: userQuery(asOfMoment).query(({ ctx, input }) => listTasksAsOf(ctx.scope, input)),
})

/** A row of each kind as clients see it, and what to say where it is not there. */
const present = {
  lists: [findList, 'LIST_NOT_FOUND'],
  tags: [findTag, 'TAG_NOT_FOUND'],
  views: [findView, 'VIEW_NOT_FOUND'],
  tasks: [(scope, id) => findTask(scope, { id }), 'TASK_NOT_FOUND'],
  comments: [findComment, 'COMMENT_NOT_FOUND'],
} satisfies Record<EntityName, [(scope: Scope, id: string) => Promise<object | undefined>, Reason]>
