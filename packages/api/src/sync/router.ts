import { router, userQuery } from '../trpc.ts'
import { behind, decodeCursor } from './cursor.ts'
import { deltaPage, snapshotPage } from './queries.ts'
import { syncPull } from './schema.ts'

export const sync = router({
  pull: userQuery(syncPull.prefault({})).query(({ ctx, input: { since, cursor, limit } }) => {
    if (since !== undefined) return deltaPage(ctx.scope, behind(since, false), limit)
    if (cursor === undefined) return snapshotPage(ctx.scope, {}, limit)
    const place = decodeCursor(cursor)
    return 'base' in place ? snapshotPage(ctx.scope, place, limit) : deltaPage(ctx.scope, place, limit)
  }),
})
