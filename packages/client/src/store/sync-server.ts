import { getUntypedClient } from '@trpc/client'
import type { Ownlist } from '../client.ts'
import { errorOf } from '../errors.ts'
import type { SyncServer } from './ports.ts'

/**
 * The server as the store needs it, by way of a client. In a browser whoever signed in last has the cookie, in every
 * tab: each call says for whom it is meant, so that nobody's changes and tasks end up with somebody else.
 */
export function syncServer(ownlist: Ownlist, userId: string): SyncServer {
  const untyped = getUntypedClient(ownlist)
  const context = { userId }
  return {
    pull: (input, signal) => ownlist.sync.pull.query(input, { signal, context }),
    run: ({ path, input, opId, basedOn }, signal) =>
      untyped.mutation(path, { ...input, opId, basedOn }, { signal, context }),
    changes: (lastEventId, on, signal) =>
      new Promise((resolve, reject) => {
        const stream = ownlist.sync.changes.subscribe(
          { lastEventId },
          {
            onStarted: () => on.connected(),
            onData: ({ data }) => on.revision(data.revision),
            onError: (error) => end(error),
            onComplete: resolve,
            // Trying again is the store's part, which knows when it is worth while.
            onConnectionStateChange: ({ state, error }) => {
              if (state === 'connecting' && error) end(error)
            },
          },
        )
        function end(error: unknown): void {
          stream.unsubscribe()
          reject(errorOf(error))
        }
        signal.addEventListener('abort', () => end(signal.reason), { once: true })
      }),
  }
}
