import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { verifyPassword } from './password.ts'

export type Unproven = 'PASSWORD_WRONG' | 'PASSWORD_NEEDED'

/**
 * Whether it is the user and not somebody who found a device open: by the password in the call or, without one, by having
 * signed in within the last ten minutes. `always`: an account that has a password gives it, however new the session.
 * Costs a hash: not for within a transaction.
 *
 * @returns what is missing, or undefined where all is well
 */
export async function prove(
  db: Kysely<DB>,
  { user, isFresh }: { user: { id: string }; isFresh: boolean },
  password: string | undefined,
  { always = false }: { always?: boolean } = {},
): Promise<Unproven | undefined> {
  const hash = password !== undefined || always ? await findPasswordHash(db, user.id) : undefined
  if (password !== undefined) {
    return hash !== undefined && (await verifyPassword({ hash, password })) ? undefined : 'PASSWORD_WRONG'
  }
  return isFresh && hash === undefined ? undefined : 'PASSWORD_NEEDED'
}

async function findPasswordHash(db: Kysely<DB>, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{ hash: string }>`
    select password_hash as hash from accounts
    where user_id = ${userId} and provider_id = 'credential' and password_hash is not null`.execute(db)
  return rows[0]?.hash
}

/**
 * Whether the password is still the one that stood when somebody showed who they are. To the end of the transaction nobody
 * changes it: whoever does locks the user first, and then ends what was made before.
 */
export async function stillStands(
  within: Kysely<DB>,
  userId: string,
  knownHash: string | null,
): Promise<boolean> {
  await sql`select from users where id = ${userId} for share`.execute(within)
  return ((await findPasswordHash(within, userId)) ?? null) === knownHash
}
