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
