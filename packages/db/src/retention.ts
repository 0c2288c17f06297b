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
}

/** Rows that one step removes, and accounts that it looks at. */
const rowsAtOnce = 2_000
const usersAtOnce = 1_000

const firstUser = '00000000-0000-0000-0000-000000000000'
const day = 86_400_000

/**
 * Removes what is older than it has to be kept: log entries, operation records, expired sessions and verifications.
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
  const expired: Expired = { revisions: 0, operations: 0, sessions: 0, verifications: 0 }

  try {
    for (const table of ['sessions', 'verifications'] as const) {
      const step = () =>
        upkeepStep(database, async (db) => {
          const { numAffectedRows = 0n } = await sql`
            delete from ${sql.table(table)} where id = any(array(
              select id from ${sql.table(table)} where expires_at <= least(${time}, now())
              order by expires_at limit ${rowsAtOnce}))`.execute(db)
          expired[table] += Number(numAffectedRows)
          return numAffectedRows < rowsAtOnce
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
