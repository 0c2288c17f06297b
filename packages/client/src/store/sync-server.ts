import { getUntypedClient } from '@trpc/client'
import type { Ownlist } from '../client.ts'
import { errorOf } from '../errors.ts'
import type { SyncServer } from './ports.ts'

/** The server as the store needs it, by way of a client. */
export function syncServer(ownlist: Ownlist): SyncServer {
  const untyped = getUntypedClient(ownlist)
  return {
    pull: (input, signal) => ownlist.sync.pull.query(input, { signal }),
    run: ({ path, input, opId, basedOn }, signal) =>
      untyped.mutation(path, { ...input, opId, basedOn }, { signal }),
    changes: (lastEventId, on, signal) =>
      new Promise((resolve, reject) => {
        const stream = untyped.subscription(
          'sync.changes',
          { lastEventId },
          {
            onStarted: () => on.connected(),
            onData: (event) => on.revision((event as { data: { revision: number } }).data.revision),
            onError: (error) => reject(errorOf(error)),
            onComplete: resolve,
            // Trying again is the store's part, which knows when it is worth while.
            onConnectionStateChange: ({ state, error }) => {
              if (state === 'connecting' && error) end(errorOf(error))
            },
          },
        )
        function end(error: unknown): void {
          stream.unsubscribe()
          reject(error instanceof Error ? error : new Error(String(error)))
        }
        signal.addEventListener('abort', () => end(signal.reason), { once: true })
      }),
  }
}
