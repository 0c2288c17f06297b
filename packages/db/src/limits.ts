import { sql } from 'kysely'
import type { Database } from './connect.ts'
import { asAuth } from './scope.ts'

/** A quantity that comes back with time: `size` at most, one more every `every` seconds; this takes `cost` of it. */
export interface Bucket {
  /** Whom it is about: 16 bytes in hex that lead to nobody. */
  key: string
  cost: number
  size: number
  every: number
}

/**
 * Attempts at what must not be guessed: `free` in a row, then one after each pause. The first pause is `first` seconds long
 * and each next one twice the last, up to `most`. What is right forgives them; else they are forgotten after a day.
 */
export interface Tries {
  key: string
  free: number
  first: number
  most: number
}

export type Limit = Bucket | Tries

/** What was asked for is more than there is; there will be enough in `retryAfter` seconds, a whole number. */
export class RateLimitedError extends Error {
  override name = 'RateLimitedError'
  readonly retryAfter: number
  /** The key that refused. */
  readonly key: string | undefined
  /** How many are let pass in how many seconds. */
  readonly policy: { quota: number; window: number } | undefined

  constructor(seconds: number, key?: string, policy?: { quota: number; window: number }) {
    super('rate limited')
    this.retryAfter = Math.max(1, Math.ceil(seconds))
    this.key = key
    this.policy = policy
  }
}

/** More at once than this server can do: a moment later it can. */
export class BusyError extends Error {
  override name = 'BusyError'
}

/**
 * Counts in all of the limits, or in none of them if one refuses. In one round trip and a transaction of its own, so that
 * whatever becomes of the work afterwards, it was counted.
 *
 * @throws RateLimitedError
 */
export async function passLimits(database: Database, limits: Limit[]): Promise<void> {
  const { rows } = await sql<{ wait: number; key: string | null }>`
    select wait, refused_by as key from pass_limits(${JSON.stringify(limits)}::jsonb)`.execute(
    asAuth(database),
  )
  const [answer] = rows
  if (!answer || answer.wait <= 0) return
  const refusing = limits.find(({ key }) => key === answer.key)
  throw new RateLimitedError(answer.wait, answer.key ?? undefined, refusing && policyOf(refusing))
}

/** Of tries, so many are there again when the longest pause is over. */
function policyOf(limit: Limit): { quota: number; window: number } {
  if ('free' in limit) return { quota: limit.free, window: limit.most }
  return { quota: limit.size, window: Math.ceil(limit.size * limit.every) }
}

/** What passed was right: its tries do not count, and what it took goes back. */
export async function forgiveLimits(database: Database, limits: Limit[]): Promise<void> {
  await sql`select forgive_limits(${JSON.stringify(limits)}::jsonb)`.execute(asAuth(database))
}

export interface Taken {
  granted: number
  /** What is left for others to take. */
  remaining: number
  /** Seconds until there is one more; 0 where there is one left. */
  wait: number
}

/** Takes as many tokens of a bucket as there are, `cost` at most. */
export async function takeTokens(database: Database, { key, cost, size, every }: Bucket): Promise<Taken> {
  const { rows } = await sql<Taken>`
    select granted, remaining, wait from take_tokens(
      decode(${key}, 'hex'), ${cost}::integer, ${size}::integer, ${every}::double precision)`.execute(
    asAuth(database),
  )
  return rows[0] ?? { granted: 0, remaining: 0, wait: 1 }
}
