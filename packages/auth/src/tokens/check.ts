import type { DB } from '@ownlist/db'
import { CompiledQuery, sql, type Kysely } from 'kysely'
import { userColumns, userOf, type SessionUser, type UserRow } from '../session-user.ts'
import { hashToken } from '../token.ts'

/** What a token may be for: to read tasks, to change them (and so to read them), to look after the account. */
export type TokenScope = 'read' | 'write' | 'account'

export interface CheckedToken {
  via: 'token'
  user: SessionUser
  sessionId?: never
  tokenId: string
  scopes: TokenScope[]
}

/** Milliseconds between two notes of a token's use: more would be a write for each read. */
const noteEvery = 10 * 60_000

/**
 * Tells whom an API token stands for, by one indexed query. Nothing is cached: a token that is revoked or expired, and the
 * tokens of a deactivated user, are out with the next request, on every server.
 */
export function tokenCheck({ db, now }: { db: Kysely<DB>; now: () => Date }) {
  return async function check(token: string): Promise<CheckedToken | null> {
    if (!form.test(token)) return null
    const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(findToken, [hashToken(token)]))
    const row = rows[0]
    const time = now()
    if (!row || row.expires_at <= time) return null

    if (time.getTime() - (row.last_used_at?.getTime() ?? 0) >= noteEvery) {
      const before = new Date(time.getTime() - noteEvery)
      // A note that fails costs nothing: the next request tries again. Of many at once, one writes.
      void sql`update api_tokens set last_used_at = ${time}
        where id = ${row.token_id} and (last_used_at is null or last_used_at <= ${before})`
        .execute(db)
        .catch(() => {})
    }
    return { via: 'token', tokenId: row.token_id, scopes: row.scopes, user: userOf(row) }
  }
}

/** 256 bits in base64url are 43 characters. */
const form = /^ol_[\w-]{43}$/

const findToken = `
  select t.id as token_id, t.scopes, t.expires_at, t.last_used_at, ${userColumns}
  from api_tokens t join users u on u.id = t.user_id
  where t.token_hash = $1 and u.is_active`

interface Row extends UserRow {
  token_id: string
  scopes: TokenScope[]
  expires_at: Date
  last_used_at: Date | null
}
