import type { AppRouter } from '@ownlist/api'
import { createTRPCClient, httpBatchLink, retryLink, type TRPCClient } from '@trpc/client'
import { errorOf, type FailureReason } from './errors.ts'

export interface ClientOptions {
  /** Where the server is, such as https://tasks.example.org. */
  url: string
  /** The session's token, for everything that is not a browser; browsers have their cookie. */
  token?: string | undefined
  fetch?: typeof globalThis.fetch
  /** Milliseconds after which a call that got no answer counts as failed. */
  timeout?: number
  /** How often a query that failed for want of a server is tried again. */
  retries?: number
}

export type Ownlist = TRPCClient<AppRouter>

/**
 * The client that every frontend uses. Its types are the server's own router; calls made in the same
 * moment travel as one batch; an `AbortSignal` cancels; queries are tried again with growing pauses.
 * Failures become an `OwnlistError` by `errorOf`.
 */
export function createClient({ url, token, fetch, timeout = 30_000, retries = 3 }: ClientOptions): Ownlist {
  const send = fetch ?? globalThis.fetch.bind(globalThis)

  return createTRPCClient<AppRouter>({
    links: [
      retryLink({
        // A mutation whose answer was lost may have happened: only queries are safe to repeat.
        retry: ({ op, error, attempts }) =>
          op.type === 'query' && attempts <= retries && passing.has(errorOf(error).reason),
        retryDelayMs: (attempt) => backoff(attempt),
      }),
      httpBatchLink({
        url: new URL('/api/trpc', url).href,
        maxItems: 20,
        // Inputs travel in bodies: what people search for belongs into no URL and no log.
        methodOverride: 'POST',
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        fetch: (input, init) => {
          const limit = AbortSignal.timeout(timeout)
          const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit
          return send(input, { ...init, signal })
        },
      }),
    ],
  })
}

/** Failures that pass by themselves. */
const passing = new Set<FailureReason>(['OFFLINE', 'DATABASE_UNAVAILABLE', 'TOO_SLOW', 'WRITE_CONFLICT'])

/** 200, 400, 800 ms …, each somewhere in its upper half, so that clients do not come back all at once. */
function backoff(attempt: number): number {
  const most = Math.min(200 * 2 ** (attempt - 1), 10_000)
  return most / 2 + (Math.random() * most) / 2
}
