import type { AppRouter } from '@ownlist/api'
import { httpSubscriptionLink, type TRPCLink } from '@trpc/client'

/**
 * Subscriptions, as server-sent events. A browser's own EventSource sends its cookie and nothing else; whoever has a
 * token needs one that sends headers, which is loaded only then.
 */
export function liveLink(
  url: string,
  token: string | undefined,
  send: typeof globalThis.fetch,
): TRPCLink<AppRouter> {
  if (token === undefined) return httpSubscriptionLink({ url })
  return httpSubscriptionLink({
    url,
    EventSource: OpenedElsewhere as unknown as typeof EventSource,
    eventSourceOptions: async () => {
      const { EventSource: WithHeaders } = await import('eventsource')
      const fetch: typeof globalThis.fetch = (input, init) => {
        const headers = new Headers(init?.headers)
        headers.set('authorization', `Bearer ${token}`)
        return send(input, { ...init, headers })
      }
      return { open: (address: string) => new WithHeaders(address, { fetch }) } as EventSourceInit
    },
  })
}

/** The link wants a class before it is loaded: `new` gives what the options open. */
function OpenedElsewhere(address: string, { open }: { open: (address: string) => object }): object {
  return open(address)
}
