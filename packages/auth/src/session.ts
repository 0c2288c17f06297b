import { asAuth, type Database } from '@ownlist/db'
import { CompiledQuery, sql } from 'kysely'
import { userColumns, userOf, type SessionUser, type UserRow } from './session-user.ts'
import { apiTokenOf, hashToken, openSignedToken, signedTokenOf } from './token.ts'
import { tokenCheck, type CheckedToken } from './tokens/check.ts'

/** Seconds that a session lasts after it was last renewed, and after which use renews it. */
export const sessionLifetime = 30 * 86_400
const sessionRenewal = 86_400
/** Seconds after signing in for which a session counts as the user's own word, and in which its use is written down once. */
export const freshFor = 600
const useNoted = 600
/** Days after which a session ends however much it is used, where nothing else is set. */
export const defaultMaxDays = 90

export interface CheckedSession {
  via: 'session'
  user: SessionUser
  sessionId: string
  /** When its longest time began: with itself, or with the session that let it in. */
  beganAt: Date
  /** Whether its user showed within the last ten minutes who they are, as nobody does whom another session lets in. */
  isFresh: boolean
}

export interface SessionCheckOptions {
  database: Database
  secret: string
  cookieName: string
  /** Days after which a session ends in any case. */
  maxDays?: number
  now?: () => Date
}

/**
 * Tells who a request comes from: the signature of its token, then one indexed query. Nothing is
 * cached, so a revoked session or a deactivated user is out with the next request, on every server.
 * (better-auth's own check costs a millisecond of CPU; this one a fraction of that.)
 */
export function sessionCheck({
  database,
  secret,
  cookieName,
  maxDays = defaultMaxDays,
  now = () => new Date(),
}: SessionCheckOptions) {
  const db = asAuth(database)
  const longest = maxDays * 86_400_000
  const checkToken = tokenCheck({ db, now })
  // Only arithmetic is remembered: that a signature is right. Whether the session still lives is asked each time.
  const known = new Map<string, string>()

  function hashOf(signed: string): string | undefined {
    const remembered = known.get(signed)
    if (remembered !== undefined) return remembered
    const token = openSignedToken(signed, secret)
    if (token === undefined) return undefined
    const tokenHash = hashToken(token)
    if (known.size >= 1_000) known.clear()
    known.set(signed, tokenHash)
    return tokenHash
  }

  return async function check(headers: Headers): Promise<CheckedSession | CheckedToken | null> {
    const apiToken = apiTokenOf(headers)
    if (apiToken !== undefined) return checkToken(apiToken)

    const signed = signedTokenOf(headers, cookieName)
    const tokenHash = signed === undefined ? undefined : hashOf(signed)
    if (tokenHash === undefined) return null

    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(findSession, [tokenHash]))
    const row = rows[0]
    const time = now()
    if (!row) return null
    const beganAt = row.began_at ?? row.created_at
    const began = beganAt.getTime()
    if (row.expires_at <= time || began + longest <= time.getTime()) return null

    const renewed = Math.min(time.getTime() + sessionLifetime * 1000, began + longest)
    const isDue = renewed - row.expires_at.getTime() > sessionRenewal * 1000
    const unnoted = new Date(time.getTime() - useNoted * 1000)
    if (isDue || row.last_used_at < unnoted) {
      // What fails here costs nothing: the next request tries again. Of several at once, the first is enough.
      // The end has an index, so it is written only when it is due.
      void sql`update sessions set last_used_at = ${time}
          ${isDue ? sql`, expires_at = greatest(expires_at, ${new Date(renewed)})` : sql``}
        where id = ${row.session_id} and (${isDue} or last_used_at < ${unnoted})`
        .execute(db)
        .catch(() => {})
    }
    return {
      via: 'session',
      sessionId: row.session_id,
      beganAt,
      isFresh: row.began_at === null && time.getTime() - began <= freshFor * 1000,
      user: userOf(row),
    }
  }
}

/** Those of the given sessions and API tokens that still hold: one question for thousands. */
export async function findLivingSessions(
  database: Database,
  sessionIds: string[],
  now = new Date(),
  maxDays = defaultMaxDays,
): Promise<Set<string>> {
  const began = new Date(now.getTime() - maxDays * 86_400_000)
  const { rows } = await sql<{ id: string }>`
    select s.id from sessions s join users u on u.id = s.user_id
    where s.id = any(${sessionIds}::uuid[]) and s.expires_at > ${now} and coalesce(s.began_at, s.created_at) > ${began}
      and u.is_active
    union all
    select t.id from api_tokens t join users u on u.id = t.user_id
    where t.id = any(${sessionIds}::uuid[]) and t.expires_at > ${now} and u.is_active`.execute(
    asAuth(database),
  )
  return new Set(rows.map(({ id }) => id))
}

/** Every request asks this: its text is made once, not by a query builder each time. */
const findSession = `
  select s.id as session_id, s.expires_at, s.created_at, s.began_at, s.last_used_at, ${userColumns}
  from sessions s join users u on u.id = s.user_id
  where s.token_hash = $1 and u.is_active`

interface Row extends UserRow {
  session_id: string
  expires_at: Date
  created_at: Date
  began_at: Date | null
  last_used_at: Date
}
