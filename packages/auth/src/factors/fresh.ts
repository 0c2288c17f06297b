import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { verifyPassword } from '../password.ts'
import type { CheckedSession } from '../session.ts'
import { refusal } from './refusals.ts'

/** Milliseconds for which a new session needs no password to change what proves who somebody is. */
const freshFor = 10 * 60_000

/**
 * Whoever changes what an account is signed in to with has just proven that it is theirs: by the password in this call,
 * or, without one, by having signed in a moment ago.
 *
 * @throws PASSWORD_WRONG, PASSWORD_NEEDED
 */
export async function requireProof(
  db: Kysely<DB>,
  { user, sessionId }: CheckedSession,
  password: string | undefined,
  time: Date,
): Promise<void> {
  const { rows } = await sql<{ made: Date; hash: string | null }>`
    select s.created_at as made, (
      select password_hash from accounts where user_id = s.user_id and provider_id = 'credential') as hash
    from sessions s where s.id = ${sessionId} and s.user_id = ${user.id}`.execute(db)
  const [row] = rows
  if (password !== undefined) {
    const right = typeof row?.hash === 'string' && (await verifyPassword({ hash: row.hash, password }))
    if (!right) throw refusal('PASSWORD_WRONG')
    return
  }
  if (!row || time.getTime() - row.made.getTime() > freshFor) throw refusal('PASSWORD_NEEDED')
}
