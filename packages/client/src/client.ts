import type { AppRouter } from '@ownlist/api'
import {
  createTRPCClient,
  httpBatchLink,
  retryLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client'
import { errorOf, type FailureReason } from './errors.ts'
import { newId } from './ids.ts'
import { liveLink } from './live-link.ts'

export interface ClientOptions {
  /** Where the server is, such as https://tasks.example.org. */
  url: string
  /** The session's token, for everything that is not a browser; browsers have their cookie. */
  token?: string | undefined
  /** What the history calls this client, such as `web`: 1 to 64 printable characters. */
  name?: string | undefined
  fetch?: typeof globalThis.fetch
  /** Milliseconds after which a call that got no answer counts as failed. */
  timeout?: number
  /** How often a call that failed for want of a server is tried again. */
  retries?: number
}

export type Ownlist = TRPCClient<AppRouter>

/**
 * The client that every frontend uses. Its types are the server's own router; calls made in the same
 * moment travel as one batch; an `AbortSignal` cancels; calls are tried again with growing pauses,
 * mutations too: each carries an operation id, so it happens once. Failures become an `OwnlistError` by
 * `errorOf`.
 */
export function createClient({
  url,
  token,
  name,
  fetch,
  timeout = 30_000,
  retries = 3,
}: ClientOptions): Ownlist {
  const send = fetch ?? globalThis.fetch.bind(globalThis)
  const address = new URL('/api/trpc', url).href

  return createTRPCClient<AppRouter>({
    links: [
      operationIds,
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: liveLink(address, token, send),
        false: [
          retryLink(tryingAgain(retries)),
          httpBatchLink({
            url: address,
            maxItems: 20,
            // Inputs travel in bodies: what people search for belongs into no URL and no log.
            methodOverride: 'POST',
            headers: ({ opList }) => {
              const user = opList.map(({ context }) => context['userId']).find((id) => id !== undefined)
              return {
                ...(token !== undefined && { authorization: `Bearer ${token}` }),
                ...(name !== undefined && { 'ownlist-client': name }),
                // For whom a call is meant, where it must reach nobody else, whoever has signed in meanwhile.
                ...(typeof user === 'string' && { 'ownlist-user': user }),
              }
            },
            fetch: (input, init) => {
              const limit = AbortSignal.timeout(timeout)
              const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit
              return send(input, { ...init, signal })
            },
          }),
        ],
      }),
    ],
  })
}

/** Gives each mutation its operation id, before it is tried for the first time. */
const operationIds: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    next(op.type === 'mutation' ? { ...op, input: { opId: newId(), ...(op.input as object) } } : op)

/** Failures that pass by themselves. */
const passing = new Set<FailureReason>([
  'OFFLINE',
  'DATABASE_UNAVAILABLE',
  'BUSY',
  'TOO_SLOW',
  'WRITE_CONFLICT',
  'RATE_LIMITED',
])

/** Milliseconds: nobody waits longer for a call without a word of why. */
const longestPause = 30_000

/** Never before the server asks to be tried again, and not at all where that is far away. */
function tryingAgain(retries: number): Parameters<typeof retryLink<AppRouter>>[0] {
  // The link asks for the pause right after it has asked whether to try again.
  let asked = 0
  return {
    retry({ error, attempts }) {
      const { reason, retryAfter = 0 } = errorOf(error)
      asked = reason === 'RATE_LIMITED' || reason === 'BUSY' ? retryAfter : 0
      return attempts <= retries && passing.has(reason) && asked <= longestPause
    },
    retryDelayMs: (attempt) => asked + backoff(attempt),
  }
}

/** 200, 400, 800 ms …, each somewhere in its upper half, so that clients do not come back all at once. */
function backoff(attempt: number): number {
  const most = Math.min(200 * 2 ** (attempt - 1), 10_000)
  return most / 2 + (Math.random() * most) / 2
}
