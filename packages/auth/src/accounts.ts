import { asAuth, once, type Database, type DB, type Operation } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { eventPages, listEvents, recordEvent, type EventPosition } from './events.ts'
import { factorsOf } from './factors/record.ts'
import { findPasswordHash } from './identity.ts'
import type { Limits } from './limits.ts'
import { verifyPassword } from './password.ts'
import type { SessionUser } from './session-user.ts'
import { tokenQueries } from './tokens/tokens.ts'

export interface AccountOptions {
  /** Days in which an erasure can be taken back; 0 erases at once. */
  eraseGraceDays: number
  /** Told that an account is to be erased in a moment, and not when somebody looks next. */
  onErasureDue: () => void
  /** Whether this server sends mail. */
  sendsMail: boolean
  limits?: Limits | undefined
}

/** The identity role's part of `account.*`: what the role that serves tasks may not write. */
export function accounts(database: Database, options: AccountOptions) {
  const db = asAuth(database)
  return {
    ...queries(db, options),

    /** Does the work in one transaction, exactly once for each operation id. */
    once<Answer>(
      userId: string,
      operation: Operation,
      work: (accounts: ReturnType<typeof queries>) => Promise<Answer>,
    ): Promise<{ answer: Answer; repeated: boolean }> {
      return once({ db, userId }, operation, (within) => work(queries(within.db, options)))
    },

    /**
     * Costs tens of milliseconds, and more where others wait for theirs: not for within a transaction.
     *
     * @throws RateLimitedError after some wrong ones, BusyError where too many wait
     */
    async verifyPassword(userId: string, password: string): Promise<boolean> {
      const isRight = async () => {
        const hash = await findPasswordHash(db, userId)
        return hash !== undefined && (await verifyPassword({ hash, password }))
      }
      return options.limits ? options.limits.confirm(userId, isRight) : isRight()
    },

    /** How the account is got into, without any secret. */
    async security(userId: string) {
      const { rows } = await sql<{ isVerified: boolean; hasPassword: boolean; signIns: SignIn[] }>`
        select is_verified as "isVerified", ${signIns} as "signIns", exists (
          select from accounts where user_id = u.id and provider_id = 'credential'
            and password_hash is not null) as "hasPassword"
        from users u where id = ${userId}`.execute(db)
      return rows[0] && { ...rows[0], sendsMail: options.sendsMail }
    },

    /** What touched the account, the newest first. */
    events: (userId: string, page: { limit: number; after?: EventPosition | undefined }) =>
      listEvents(db, userId, page),

    /** Everything that is known of an account and no secret, for its owner. */
    async record(userId: string) {
      const { rows } = await sql<{
        image: string | null
        isVerified: boolean
        created_at: Date
        updated_at: Date
        signIns: SignIn[]
      }>`
        select image, is_verified as "isVerified", created_at, updated_at, ${signIns} as "signIns"
        from users u where id = ${userId}`.execute(db)
      const [row] = rows
      if (!row) return undefined
      const { created_at, updated_at, ...rest } = row
      const own = queries(db, options)
      const sessions = await own.sessions(userId)
      const tokens = await own.tokens(userId)
      const factors = await factorsOf(db, userId)
      const stamps = { createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() }
      return { ...rest, ...stamps, sessions, tokens, factors, securityEvents: eventPages(db, userId) }
    },
  }
}

function queries(db: Kysely<DB>, { eraseGraceDays, onErasureDue }: AccountOptions) {
  return {
    ...tokenQueries(db),

    async update(
      userId: string,
      change: {
        name?: string | undefined
        timeZone?: string | undefined
        weekStart?: number | undefined
        locale?: string | undefined
      },
    ): Promise<SessionUser | undefined> {
      const { rows } = await sql<UserRow>`
        update users set
          name = coalesce(${change.name ?? null}, name),
          time_zone = coalesce(${change.timeZone ?? null}, time_zone),
          week_start = coalesce(${change.weekStart ?? null}::smallint, week_start),
          locale = coalesce(${change.locale ?? null}, locale)
        where id = ${userId}
        returning ${user}`.execute(db)
      return rows[0] && sessionUser(rows[0])
    },

    /**
     * Ends every session and every API token, and sets the date of the erasure. Who asks again changes nothing: the date
     * and the receipt are those of the first time.
     */
    async erase(
      userId: string,
      by?: { sessionId: string },
    ): Promise<{ eraseAfter: string; receiptId: string } | undefined> {
      // While the session is still there to say from where.
      await recordEvent(db, { userId, kind: 'erasure-asked', ...by })
      const { rows } = await sql<{ erase_after: Date; erasure_id: string }>`
        with ended as (delete from sessions where user_id = ${userId}),
          revoked as (delete from api_tokens where user_id = ${userId}),
          forgotten as (delete from device_codes where user_id = ${userId})
        update users set
          erase_asked_at = coalesce(erase_asked_at, now()),
          erase_after = coalesce(erase_after, now() + make_interval(days => ${eraseGraceDays})),
          erasure_id = coalesce(erasure_id, gen_random_uuid()),
          is_active = ${eraseGraceDays > 0}
        where id = ${userId} and is_active
        returning erase_after, erasure_id`.execute(db)
      const [asked] = rows
      if (!asked) return undefined
      if (eraseGraceDays === 0) onErasureDue()
      return { eraseAfter: asked.erase_after.toISOString(), receiptId: asked.erasure_id }
    },

    /** Takes the erasure back, as long as it has not begun. */
    async keep(userId: string, by?: { sessionId: string }): Promise<SessionUser | undefined> {
      const { rows } = await sql<UserRow>`
        update users set erase_asked_at = null, erase_after = null, erasure_id = null
        where id = ${userId} and is_active
        returning ${user}`.execute(db)
      if (rows[0]) await recordEvent(db, { userId, kind: 'erasure-taken-back', ...by })
      return rows[0] && sessionUser(rows[0])
    },

    async sessions(userId: string) {
      const { rows } = await sql<{
        id: string
        created_at: Date
        last_used_at: Date
        expires_at: Date
        ip_address: string | null
        user_agent: string | null
      }>`
        select id, created_at, last_used_at, expires_at, ip_address, user_agent from sessions
        where user_id = ${userId} and expires_at > now() order by last_used_at desc, id limit 200`.execute(db)
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        ipAddress: row.ip_address || null,
        userAgent: row.user_agent || null,
      }))
    },

    /** Whether a session was opened in the last ten minutes: the user has just proved who they are. */
    async isFresh(userId: string, sessionId: string): Promise<boolean> {
      const { rows } = await sql`
        select from sessions where user_id = ${userId} and id = ${sessionId}
          and created_at > now() - interval '10 minutes'`.execute(db)
      return rows.length > 0
    },

    async revokeSession(userId: string, sessionId: string, by?: { sessionId: string }): Promise<boolean> {
      const { rows } = await sql<{ userAgent: string | null }>`
        delete from sessions where user_id = ${userId} and id = ${sessionId}
        returning user_agent as "userAgent"`.execute(db)
      const [ended] = rows
      if (!ended) return false
      const detail = { userAgent: ended.userAgent?.slice(0, 512) ?? '' }
      await recordEvent(db, { userId, kind: 'session-revoked', ...by, detail })
      return true
    },

    async revokeOtherSessions(userId: string, keptSessionId: string | null): Promise<number> {
      // A device that was let in and has not come for its session yet gets none.
      const { numAffectedRows } = await sql`
        with forgotten as (delete from device_codes where user_id = ${userId})
        delete from sessions where user_id = ${userId} and id is distinct from ${keptSessionId}::uuid`.execute(
        db,
      )
      const revoked = Number(numAffectedRows ?? 0n)
      if (revoked > 0) {
        const detail = { revoked }
        await recordEvent(db, {
          userId,
          kind: 'sessions-revoked',
          sessionId: keptSessionId ?? undefined,
          detail,
        })
      }
      return revoked
    },
  }
}

export interface SignIn {
  provider: string
  createdAt: string
}

/** By what an account `u` can be signed in to. */
const signIns = sql`(
  select coalesce(json_agg(json_build_object('provider', provider_id,
    'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]')
  from accounts where user_id = u.id)`

const user = sql`id, email, name, time_zone as "timeZone", week_start as "weekStart", locale, erase_after`

type UserRow = Omit<SessionUser, 'eraseAfter'> & { erase_after: Date | null }

function sessionUser({ erase_after, ...rest }: UserRow): SessionUser {
  return { ...rest, eraseAfter: erase_after?.toISOString() ?? null }
}
