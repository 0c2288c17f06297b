import { sql } from 'kysely'
import type { Database } from './connect.ts'
import { inSteps, UpkeepElsewhereError, upkeepStep, type UpkeepOptions } from './upkeep.ts'

/** How long is kept what is kept for a time. */
export interface Retention {
  /** 0 keeps the log for ever. */
  logDays: number
  /** At least 1: clients may repeat an operation for a day. */
  operationDays: number
}

export const defaultRetention: Retention = { logDays: 400, operationDays: 7 }

export interface Expired {
  revisions: number
  operations: number
  sessions: number
  verifications: number
  secondSteps: number
  trustedDevices: number
  passkeyChallenges: number
  tokens: number
  deviceCodes: number
  emailTokens: number
  securityEvents: number
  limits: number
}

/** Rows that one step removes, and accounts that it looks at. */
const rowsAtOnce = 2_000
const usersAtOnce = 1_000

const firstUser = '00000000-0000-0000-0000-000000000000'
const day = 86_400_000

/**
 * Removes what is older than it has to be kept: log entries, operation records, and what is expired of sessions,
 * verifications, second steps of sign-ins, trusted devices, challenges, API tokens, device codes and links in mails, and what
 * touched an account half a year ago, and limits that say nothing any more.
 * In small steps, none of which takes a lock that a request could wait for.
 *
 * @throws UpkeepElsewhereError where another server is at it, before anything was removed
 */
export async function removeExpired(
  database: Database,
  { logDays, operationDays }: Retention,
  { now = () => new Date(), ...options }: UpkeepOptions & { now?: () => Date } = {},
): Promise<Expired> {
  const time = now()
  const before = (days: number) => new Date(time.getTime() - days * day)
  const logBefore = logDays === 0 ? '-infinity' : before(logDays)
  const operationsBefore = before(operationDays)
  const expired: Expired = {
    revisions: 0,
    operations: 0,
    sessions: 0,
    verifications: 0,
    secondSteps: 0,
    trustedDevices: 0,
    passkeyChallenges: 0,
    tokens: 0,
    deviceCodes: 0,
    emailTokens: 0,
    securityEvents: 0,
    limits: 0,
  }

  try {
    for (const [table, column, end, count] of [
      ['sessions', 'expires_at', time, 'sessions'],
      ['verifications', 'expires_at', time, 'verifications'],
      ['second_steps', 'expires_at', time, 'secondSteps'],
      ['trusted_devices', 'expires_at', time, 'trustedDevices'],
      ['passkey_challenges', 'expires_at', time, 'passkeyChallenges'],
      ['api_tokens', 'expires_at', time, 'tokens'],
      ['device_codes', 'expires_at', time, 'deviceCodes'],
      ['email_tokens', 'expires_at', time, 'emailTokens'],
    ] as const) {
      const [from, atEnd] = [sql.table(table), sql.ref(column)]
      const step = () =>
        upkeepStep(database, async (db) => {
          const { numAffectedRows = 0n } = await sql`
            delete from ${from} where ctid = any(array(
              select ctid from ${from} where ${atEnd} <= least(${end}::timestamptz, now())
              order by ${atEnd} limit ${rowsAtOnce}))`.execute(db)
          expired[count] += Number(numAffectedRows)
          return numAffectedRows < rowsAtOnce
        })
      await inSteps(step, options)
    }

    // Of these the role may remove nothing by itself.
    for (const [forget, count] of [
      ['forget_security_events', 'securityEvents'],
      ['forget_limits', 'limits'],
    ] as const) {
      const step = () =>
        upkeepStep(database, async (db) => {
          const { rows } = await sql<{ gone: number }>`
            select ${sql.id(forget)}(${rowsAtOnce}) as gone`.execute(db)
          const gone = rows[0]?.gone ?? 0
          expired[count] += gone
          return gone < rowsAtOnce
        })
      await inSteps(step, options)
    }

    let after: string | null = firstUser
    const walk = () =>
      upkeepStep(database, async (db) => {
        const { rows } = await sql<{ last: string | null; revisions: number; operations: number }>`
          select last_user as last, removed_revisions as revisions, removed_operations as operations
          from remove_expired(${after}, ${usersAtOnce}, ${logBefore}, ${operationsBefore}, ${rowsAtOnce})`.execute(
          db,
        )
        const [done] = rows
        after = done?.last ?? null
        expired.revisions += done?.revisions ?? 0
        expired.operations += done?.operations ?? 0
        return after === null
      })
    await inSteps(walk, options)
  } catch (error) {
    // Another server has taken over between two steps and goes on; what was removed here is told all the same.
    const removed = Object.values(expired).some((rows) => rows > 0)
    if (!removed || !(error instanceof UpkeepElsewhereError)) throw error
  }
  return expired
}
