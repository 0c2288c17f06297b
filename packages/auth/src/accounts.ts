import { asAuth, once, type Database, type DB, type Operation } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import type { SessionUser } from './session.ts'

/** The identity role's part of `account.*`: what the role that serves tasks may not write. */
export function accounts(database: Database) {
  const db = asAuth(database)
  return {
    ...queries(db),

    /** Does the work in one transaction, exactly once for each operation id. */
    once<Answer>(
      userId: string,
      operation: Operation,
      work: (accounts: ReturnType<typeof queries>) => Promise<Answer>,
    ): Promise<{ answer: Answer }> {
      return once({ db, userId }, operation, (within) => work(queries(within.db)))
    },
  }
}

function queries(db: Kysely<DB>) {
  return {
    async update(
      userId: string,
      change: {
        name?: string | undefined
        timeZone?: string | undefined
        weekStart?: number | undefined
        locale?: string | undefined
      },
    ): Promise<SessionUser | undefined> {
      const { rows } = await sql<SessionUser>`
        update users set
          name = coalesce(${change.name ?? null}, name),
          time_zone = coalesce(${change.timeZone ?? null}, time_zone),
          week_start = coalesce(${change.weekStart ?? null}::smallint, week_start),
          locale = coalesce(${change.locale ?? null}, locale)
        where id = ${userId}
        returning id, email, name, time_zone as "timeZone", week_start as "weekStart", locale`.execute(db)
      return rows[0]
    },

    async sessions(userId: string) {
      const { rows } = await sql<{
        id: string
        created_at: Date
        updated_at: Date
        expires_at: Date
        ip_address: string | null
        user_agent: string | null
      }>`
        select id, created_at, updated_at, expires_at, ip_address, user_agent from sessions
        where user_id = ${userId} and expires_at > now() order by updated_at desc, id limit 200`.execute(db)
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.updated_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        ipAddress: row.ip_address || null,
        userAgent: row.user_agent || null,
      }))
    },

    async revokeSession(userId: string, sessionId: string): Promise<boolean> {
      const { numAffectedRows } = await sql`
        delete from sessions where user_id = ${userId} and id = ${sessionId}`.execute(db)
      return numAffectedRows === 1n
    },

    async revokeOtherSessions(userId: string, keptSessionId: string): Promise<number> {
      const { numAffectedRows } = await sql`
        delete from sessions where user_id = ${userId} and id <> ${keptSessionId}`.execute(db)
      return Number(numAffectedRows ?? 0n)
    },
  }
}
