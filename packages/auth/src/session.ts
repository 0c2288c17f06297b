import { asAuth, type Database } from '@ownlist/db'
import { CompiledQuery, sql } from 'kysely'
import { userColumns, userOf, type SessionUser, type UserRow } from './session-user.ts'
import { apiTokenOf, hashToken, openSignedToken, signedTokenOf } from './token.ts'
import { tokenCheck, type CheckedToken } from './tokens/check.ts'

/** Seconds that a session lasts after it was last renewed, and after which use renews it. */
export const sessionLifetime = 30 * 86_400
export const sessionRenewal = 86_400

export interface CheckedSession {
  via: 'session'
  user: SessionUser
  sessionId: string
}

export interface SessionCheckOptions {
  database: Database
  secret: string
  cookieName: string
  now?: () => Date
}

/**
 * Tells who a request comes from: the signature of its token, then one indexed query. Nothing is
 * cached, so a revoked session or a deactivated user is out with the next request, on every server.
 * (better-auth's own check costs a millisecond of CPU; this one a fraction of that.)
 */
export function sessionCheck({ database, secret, cookieName, now = () => new Date() }: SessionCheckOptions) {
  const db = asAuth(database)
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
    if (!row || row.expires_at <= time) return null

    if (row.expires_at.getTime() - time.getTime() < (sessionLifetime - sessionRenewal) * 1000) {
      const expiresAt = new Date(time.getTime() + sessionLifetime * 1000)
      // A renewal that fails costs nothing: the next request tries again.
      void sql`update sessions set expires_at = ${expiresAt} where id = ${row.session_id}`
        .execute(db)
        .catch(() => {})
    }
    return { via: 'session', sessionId: row.session_id, user: userOf(row) }
  }
}

/** Those of the given sessions and API tokens that still hold: one question for thousands. */
export async function findLivingSessions(
  database: Database,
  sessionIds: string[],
  now = new Date(),
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select s.id from sessions s join users u on u.id = s.user_id
    where s.id = any(${sessionIds}::uuid[]) and s.expires_at > ${now} and u.is_active
    union all
    select t.id from api_tokens t join users u on u.id = t.user_id
    where t.id = any(${sessionIds}::uuid[]) and t.expires_at > ${now} and u.is_active`.execute(
    asAuth(database),
  )
  return new Set(rows.map(({ id }) => id))
}

/** Every request asks this: its text is made once, not by a query builder each time. */
const findSession = `
  select s.id as session_id, s.expires_at, ${userColumns}
  from sessions s join users u on u.id = s.user_id
  where s.token_hash = $1 and u.is_active`

interface Row extends UserRow {
  session_id: string
  expires_at: Date
}
