import { tracked } from '@trpc/server'
import { router, userQuery } from '../trpc.ts'
import { behind, decodeCursor } from './cursor.ts'
import { deltaPage, findRevision, snapshotPage } from './queries.ts'
import { syncChanges, syncPull } from './schema.ts'

export const sync = router({
  pull: userQuery(syncPull.prefault({})).query(({ ctx, input: { since, cursor, limit } }) => {
    if (since !== undefined) return deltaPage(ctx.scope, behind(since, false), limit)
    if (cursor === undefined) return snapshotPage(ctx.scope, {}, limit)
    const place = decodeCursor(cursor)
    return 'base' in place ? snapshotPage(ctx.scope, place, limit) : deltaPage(ctx.scope, place, limit)
  }),

  changes: userQuery(syncChanges.prefault({})).subscription(async function* ({ ctx, input, signal }) {
    const { user, signedInBy, live, scope } = ctx
    // First listen, then look: what is written in between is heard or seen.
    using growth = live.subscribe({ userId: user.id, sessionId: signedInBy }, signal)
    let told = await findRevision(scope)
    // Also where the client is ahead: the database was restored, and pulling tells the client so.
    if (String(told) !== input.lastEventId) yield event(told)
    for await (const revision of growth) {
      // Word of what was seen already may come late.
      if (revision > told) yield event((told = revision))
    }
  }),
})

function event(revision: number) {
  return tracked(String(revision), { revision })
}
