import type { AppRouter } from '@ownlist/api'
import { type TRPCLink } from '@trpc/client'
/**
 * Subscriptions, as server-sent events. A browser's own EventSource sends its cookie and nothing else; whoever has a
 * token needs one that sends headers, which is loaded only then.
 */
export declare function liveLink(
  url: string,
  token: string | undefined,
  send: typeof globalThis.fetch,
): TRPCLink<AppRouter>
