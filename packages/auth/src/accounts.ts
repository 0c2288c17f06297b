import { asAuth, once, type Database, type DB, type Operation } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { dropDeviceCodes } from './devices/codes.ts'
import { eventPages, listEvents, recordEvent, type EventPosition, type SecurityEventKind } from './events.ts'
import { factorsOf } from './factors/record.ts'
import type { Identity } from './identity.ts'
import type { Limits } from './limits.ts'
import { prove, type Unproven } from './proof.ts'
import { userColumns, userOf, type SessionUser, type UserRow } from './session-user.ts'
import { tellOfChange } from './sign-in-notice.ts'
import { tokenQueries } from './tokens/tokens.ts'
import { inTransaction } from './transaction.ts'

export interface AccountOptions {
  /** Days in which an erasure can be taken back; 0 erases at once. */
  eraseGraceDays: number
  /** Told that an account is to be erased in a moment, and not when somebody looks next. */
  onErasureDue: () => void
  /** Whether this server sends mail. */
  sendsMail: boolean
  limits?: Limits | undefined
  /** Days after which a session ends in any case. */
  maxDays: number
  identity: Pick<Identity, 'baseUrl' | 'tell'>
}

/** Tells an owner what happened, once it is certain. */
type Told = (userId: string, kind: SecurityEventKind) => Promise<void>

/** The identity role's part of `account.*`: what the role that serves tasks may not write. */
export function accounts(database: Database, options: AccountOptions) {
  const db = asAuth(database)
  const tell: Told = (userId, kind) => tellOfChange(options.identity, userId, kind)
  const own = queries(db, options, tell)
  return {
    ...own,

    /** Does the work in one transaction, exactly once for each operation id. */
    async once<Answer>(
      userId: string,
      operation: Operation,
      work: (accounts: ReturnType<typeof queries>) => Promise<Answer>,
    ): Promise<{ answer: Answer; repeated: boolean }> {
      const happened: Parameters<Told>[] = []
      const remember: Told = async (...what) => void happened.push(what)
      const done = await once({ db, userId }, operation, (within) =>
        work(queries(within.db, options, remember)),
      )
      for (const what of happened) await tell(...what)
      return done
    },

    /**
     * Who they are, as `proof.ts` has it. Costs tens of milliseconds where there is a password, and more where others wait
     * for theirs: not for within a transaction.
     *
     * @returns what is missing, or undefined where all is well
     * @throws RateLimitedError after some wrong ones, BusyError where too many wait
     */
    async prove(
      asker: { user: { id: string }; isFresh: boolean },
      password: string | undefined,
      proof?: { always: boolean },
    ): Promise<Unproven | undefined> {
      let missing: Unproven | undefined
      const isProven = async () => {
        missing = await prove(db, asker, password, proof)
        return missing === undefined
      }
      await (options.limits && password !== undefined
        ? options.limits.confirm(asker.user.id, isProven)
        : isProven())
      return missing
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
      const sessions = await own.sessions(userId)
      const tokens = await own.tokens(userId)
      const factors = await factorsOf(db, userId)
      const stamps = { createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() }
      return { ...rest, ...stamps, sessions, tokens, factors, securityEvents: eventPages(db, userId) }
    },
  }
}

function queries(db: Kysely<DB>, { eraseGraceDays, onErasureDue, maxDays }: AccountOptions, told: Told) {
  return {
    ...tokenQueries(db, told),

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
        update users u set
          name = coalesce(${change.name ?? null}, name),
          time_zone = coalesce(${change.timeZone ?? null}, time_zone),
          week_start = coalesce(${change.weekStart ?? null}::smallint, week_start),
          locale = coalesce(${change.locale ?? null}, locale)
        where id = ${userId}
        returning ${user}`.execute(db)
      return rows[0] && userOf(rows[0])
    },

    /**
     * Ends every session and every API token, and sets the date of the erasure. Who asks again changes nothing: the date
     * and the receipt are those of the first time.
     */
    async erase(
      userId: string,
      by?: { sessionId: string },
    ): Promise<{ eraseAfter: string; receiptId: string } | undefined> {
      const asked = await inTransaction(db, async (within) => {
        const { rows } = await sql<{ erase_after: Date; erasure_id: string }>`
          update users set
            erase_asked_at = coalesce(erase_asked_at, now()),
            erase_after = coalesce(erase_after, now() + make_interval(days => ${eraseGraceDays})),
            erasure_id = coalesce(erasure_id, gen_random_uuid()),
            is_active = ${eraseGraceDays > 0}
          where id = ${userId} and is_active
          returning erase_after, erasure_id`.execute(within)
        // While the session is still there to say from where.
        if (rows[0]) await recordEvent(within, { userId, kind: 'erasure-asked', ...by })
        await sql`
          with ended as (delete from sessions where user_id = ${userId}),
            revoked as (delete from api_tokens where user_id = ${userId})
          delete from device_codes where user_id = ${userId}`.execute(within)
        return rows[0]
      })
      if (!asked) return undefined
      if (eraseGraceDays === 0) onErasureDue()
      return { eraseAfter: asked.erase_after.toISOString(), receiptId: asked.erasure_id }
    },

    /** Takes the erasure back, as long as it has not begun. */
    async keep(userId: string, by?: { sessionId: string }): Promise<SessionUser | undefined> {
      const kept = await inTransaction(db, async (within) => {
        const { rows } = await sql<UserRow>`
          update users u set erase_asked_at = null, erase_after = null, erasure_id = null
          where id = ${userId} and is_active
          returning ${user}`.execute(within)
        if (rows[0]) await recordEvent(within, { userId, kind: 'erasure-taken-back', ...by })
        return rows[0]
      })
      return kept && userOf(kept)
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
        where user_id = ${userId} and expires_at > now()
          and coalesce(began_at, created_at) > now() - make_interval(days => ${maxDays})
        order by last_used_at desc, id`.execute(db)
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at.toISOString(),
        lastUsedAt: row.last_used_at.toISOString(),
        expiresAt: row.expires_at.toISOString(),
        ipAddress: row.ip_address || null,
        userAgent: row.user_agent || null,
      }))
    },

    /** Ends a session; a device that may have been let in by it, and has not come for its own yet, gets none. */
    revokeSession: (userId: string, sessionId: string, by?: { sessionId: string }): Promise<boolean> =>
      inTransaction(db, async (within) => {
        const { rows } = await sql<{ userAgent: string | null }>`
          delete from sessions where user_id = ${userId} and id = ${sessionId}
          returning user_agent as "userAgent"`.execute(within)
        const [ended] = rows
        if (!ended) return false
        await dropDeviceCodes(within, userId)
        // Of a session from before the server cut it, it may be of any length.
        const detail = { userAgent: ended.userAgent?.slice(0, 512) ?? '' }
        await recordEvent(within, { userId, kind: 'session-revoked', ...by, detail })
        return true
      }),

    revokeOtherSessions: (userId: string, keptSessionId: string | null): Promise<number> =>
      inTransaction(db, async (within) => {
        await dropDeviceCodes(within, userId)
        const { numAffectedRows } = await sql`
          delete from sessions
          where user_id = ${userId} and id is distinct from ${keptSessionId}::uuid`.execute(within)
        const revoked = Number(numAffectedRows ?? 0n)
        if (revoked > 0) {
          const sessionId = keptSessionId ?? undefined
          await recordEvent(within, { userId, kind: 'sessions-revoked', sessionId, detail: { revoked } })
        }
        return revoked
      }),
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

const user = sql.join(userColumns.split(', ').map((column) => sql.ref(column)))
