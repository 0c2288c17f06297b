import { networkOf, type Limits } from '@ownlist/auth'
import { isUnavailable } from '@ownlist/db'
import type { Context } from 'hono'
import { clientAddresses, type ForwardedHeader } from './client-address.ts'
import { createBudgets, type Budgets } from './budgets.ts'
import type { AppEnv } from './app.ts'
import type { BlockList } from 'node:net'

export interface ServerLimitOptions {
  /** Absent where limits are off. */
  limits: Limits | undefined
  trusted: BlockList
  header: ForwardedHeader
  addressPerMinute: number
  accountPerMinute: number
  onError: (error: unknown) => void
}

/** The limits of everything under /api: by the address that asks, and by the account that is signed in. */
export function serverLimits({
  limits,
  trusted,
  header,
  addressPerMinute,
  accountPerMinute,
  onError,
}: ServerLimitOptions) {
  const budget = (name: 'address' | 'account', perMinute: number) =>
    limits &&
    createBudgets({
      name,
      perMinute,
      take: (of, bucket) => limits.take(name, of, bucket),
      onError: (error) => {
        if (!isUnavailable(error)) onError(error)
      },
    })
  const addresses = budget('address', addressPerMinute)
  const accounts = budget('account', accountPerMinute)

  function spend(c: Context<AppEnv>, budgets: Budgets | undefined, of: string, cost: number) {
    if (!budgets) return undefined
    c.set('limit', { budgets, of })
    return budgets.spend(of, cost)
  }

  return {
    addressOf: clientAddresses({ trusted, header }),

    /** @throws RateLimitedError */
    address: (c: Context<AppEnv>, address: string, cost: number) =>
      spend(c, addresses, networkOf(address), cost),

    /** @throws RateLimitedError */
    account: (c: Context<AppEnv>, userId: string, cost: number) => spend(c, accounts, userId, cost),
  }
}

export type ServerLimits = ReturnType<typeof serverLimits>

/** `RateLimit-Policy` and `RateLimit` of the last limit that the request met (draft-ietf-httpapi-ratelimit-headers-10). */
export function limitHeaders(c: Context<AppEnv>): [string, string][] {
  const met = c.get('limit')
  if (!met) return []
  return [
    ['ratelimit-policy', met.budgets.policy],
    ['ratelimit', met.budgets.state(met.of)],
  ]
}

/** The same on the answer, unless identity has told of a limit of its own. */
export function tellLimit(c: Context<AppEnv>): void {
  if (c.res.headers.has('ratelimit')) return
  for (const [name, value] of limitHeaders(c)) c.res.headers.set(name, value)
}

/** How many calls a path of tRPC's makes; a batch has their names in it, separated by commas. */
export function callsIn(path: string): number {
  let calls = 1
  for (let at = path.indexOf(','); at !== -1 && calls < 20; at = path.indexOf(',', at + 1)) calls++
  return calls
}
