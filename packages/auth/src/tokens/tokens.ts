import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { recordEvent, type SecurityEventKind } from '../events.ts'
import { hashToken } from '../token.ts'
import { inTransaction } from '../transaction.ts'
import type { TokenScope } from './check.ts'

/** Of an API token, what its owner may see again. */
export interface TokenInfo {
  id: string
  name: string
  scopes: TokenScope[]
  /** The last four characters of the token. */
  lastFour: string
  createdAt: string
  expiresAt: string
  /** To ten minutes. */
  lastUsedAt: string | null
}

/** Tokens that one user may have at once: more are a leak of programs that make one for each start. */
const most = 100

/** The API tokens of users, for `account.*`. */
export function tokenQueries(
  db: Kysely<DB>,
  /** Tells the owner, when what happened has been committed. */
  told: (userId: string, kind: SecurityEventKind) => Promise<void>,
) {
  return {
    async tokens(userId: string): Promise<TokenInfo[]> {
      const { rows } = await sql<Row>`
        select ${columns} from api_tokens where user_id = ${userId} and expires_at > now()
        order by created_at desc, id limit ${most}`.execute(db)
      return rows.map(tokenInfo)
    },

    /** A new token, which is told this once; undefined where the user has as many as there may be. */
    async createToken(
      userId: string,
      { name, scopes, expiresInDays }: { name: string; scopes: TokenScope[]; expiresInDays: number },
      by?: { sessionId: string },
    ): Promise<(TokenInfo & { token: string }) | undefined> {
      const token = `ol_${randomBytes(32).toString('base64url')}`
      const row = await inTransaction(db, async (within) => {
        // Many at once are counted one after the other.
        await sql`select from users where id = ${userId} for no key update`.execute(within)
        // What ended the session meanwhile, such as a reset, has the last word.
        const { rows } = await sql<Row>`
          insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at)
          select id, ${name}, ${hashToken(token)}, ${token.slice(-4)}, ${scopes},
            now() + make_interval(days => ${expiresInDays})
          from users where id = ${userId} and is_active
            and (${by === undefined} or exists (select from sessions where id = ${by?.sessionId ?? null}::uuid))
            and (select count(*) from api_tokens where user_id = ${userId} and expires_at > now()) < ${most}
          returning ${columns}`.execute(within)
        if (rows[0])
          await recordEvent(within, { userId, kind: 'token-created', ...by, detail: { name, scopes } })
        return rows[0]
      })
      if (!row) return undefined
      await told(userId, 'token-created')
      return { ...tokenInfo(row), token }
    },

    /** Ends a token, effective at once; false where the user has no such token. */
    async revokeToken(userId: string, tokenId: string, by?: { sessionId: string }): Promise<boolean> {
      return inTransaction(db, async (within) => {
        const { numAffectedRows } = await sql`
          delete from api_tokens where user_id = ${userId} and id = ${tokenId}`.execute(within)
        if (numAffectedRows !== 1n) return false
        await recordEvent(within, { userId, kind: 'token-revoked', ...by })
        return true
      })
    },
  }
}

const columns = sql`id, name, scopes, last_four, created_at, expires_at, last_used_at`

interface Row {
  id: string
  name: string
  scopes: TokenScope[]
  last_four: string
  created_at: Date
  expires_at: Date
  last_used_at: Date | null
}

function tokenInfo(row: Row): TokenInfo {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    lastFour: row.last_four,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  }
}
