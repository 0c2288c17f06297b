import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { hashToken } from '../token.ts'
import { inTransaction } from '../transaction.ts'

/** Seconds for which a challenge may be answered. */
const challengeLifetime = 5 * 60
const passkeysPerAccount = 20

export interface Passkey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  /** Kept by more than one device, so that losing one does not lose it. */
  backedUp: boolean
}

export interface StoredPasskey {
  id: string
  userId: string
  publicKey: Buffer
  counter: number
}

export interface NewPasskey {
  userId: string
  name: string
  credentialId: string
  publicKey: Uint8Array
  counter: number
  transports: string[]
  backedUp: boolean
  aaguid: string
}

/** Remembers a challenge, for a new passkey of a user or, without one, for a sign-in. */
export async function rememberChallenge(
  db: Kysely<DB>,
  { challenge, userId }: { challenge: string; userId: string | null },
  time: Date,
): Promise<void> {
  const expiresAt = new Date(time.getTime() + challengeLifetime * 1000)
  await sql`
    insert into passkey_challenges (user_id, challenge_hash, expires_at)
    values (${userId}, ${hashToken(challenge)}, ${expiresAt})`.execute(db)
}

/** Whether it was asked, for this, a moment ago; whoever asks first takes it. */
export async function takeChallenge(
  db: Kysely<DB>,
  { challenge, userId }: { challenge: string; userId: string | null },
  time: Date,
): Promise<boolean> {
  const { rows } = await sql`
    delete from passkey_challenges
    where challenge_hash = ${hashToken(challenge)} and user_id is not distinct from ${userId}::uuid
      and expires_at > ${time}
    returning id`.execute(db)
  return rows.length > 0
}

export async function listPasskeys(db: Kysely<DB>, userId: string): Promise<Passkey[]> {
  const { rows } = await sql<Row>`
    select ${columns} from passkeys where user_id = ${userId} order by created_at, id`.execute(db)
  return rows.map(passkey)
}

/** The credentials of an account, so that none is registered twice; in their authenticators' own terms. */
export async function listCredentials(db: Kysely<DB>, userId: string) {
  const { rows } = await sql<{ id: string; transports: string[] }>`
    select credential_id as id, transports from passkeys where user_id = ${userId}`.execute(db)
  return rows
}

export async function findPasskey(db: Kysely<DB>, credentialId: string): Promise<StoredPasskey | undefined> {
  const { rows } = await sql<StoredPasskey>`
    select id, user_id as "userId", public_key as "publicKey", counter from passkeys
    where credential_id = ${credentialId}`.execute(db)
  return rows[0]
}

/** One user's passkeys come and go one after the other, so that bounds on their number hold. */
export async function insertPasskey(
  db: Kysely<DB>,
  added: NewPasskey,
): Promise<Passkey | 'too many' | 'there already'> {
  return inTransaction(db, async (within) => {
    await lockUser(within, added.userId)
    const { rows: counted } = await sql<{ count: number }>`
      select count(*)::integer as count from passkeys where user_id = ${added.userId}`.execute(within)
    if ((counted[0]?.count ?? 0) >= passkeysPerAccount) return 'too many'
    const { rows } = await sql<Row>`
      insert into passkeys (user_id, name, credential_id, public_key, counter, transports, is_backed_up, aaguid)
      values (${added.userId}, ${added.name}, ${added.credentialId}, ${Buffer.from(added.publicKey)}, ${added.counter},
        ${added.transports}::text[], ${added.backedUp}, ${added.aaguid})
      on conflict (credential_id) do nothing
      returning ${columns}`.execute(within)
    return rows[0] ? passkey(rows[0]) : 'there already'
  })
}

/**
 * Notes a use. False where the counter has not gone on since: then somebody has a copy of the key, or the same answer
 * came twice (WebAuthn, 6.1.1). Authenticators without a counter stay at 0.
 */
export async function countUse(
  db: Kysely<DB>,
  used: { id: string; counter: number; backedUp: boolean },
  time: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update passkeys set counter = ${used.counter}, is_backed_up = ${used.backedUp}, last_used_at = ${time}
    where id = ${used.id} and (counter < ${used.counter} or (counter = 0 and ${used.counter}::bigint = 0))
    returning id`.execute(db)
  return rows.length > 0
}

export async function renamePasskey(
  db: Kysely<DB>,
  { userId, id, name }: { userId: string; id: string; name: string },
): Promise<Passkey | undefined> {
  const { rows } = await sql<Row>`
    update passkeys set name = ${name} where user_id = ${userId} and id = ${id} returning ${columns}`.execute(
    db,
  )
  return rows[0] && passkey(rows[0])
}

/** Nobody loses the last way into their account. */
export async function deletePasskey(
  db: Kysely<DB>,
  { userId, id }: { userId: string; id: string },
): Promise<'deleted' | 'not found' | 'last'> {
  return inTransaction(db, async (within) => {
    await lockUser(within, userId)
    const { rows } = await sql<{ found: boolean; others: boolean }>`
      select exists (select from passkeys where user_id = ${userId} and id = ${id}) as found,
        exists (select from passkeys where user_id = ${userId} and id <> ${id})
        or exists (
          select from accounts where user_id = ${userId}
            and (password_hash is not null or provider_id <> 'credential')) as others`.execute(within)
    if (!rows[0]?.found) return 'not found'
    if (!rows[0].others) return 'last'
    await sql`delete from passkeys where user_id = ${userId} and id = ${id}`.execute(within)
    return 'deleted'
  })
}

async function lockUser(db: Kysely<DB>, userId: string): Promise<void> {
  await sql`select from users where id = ${userId} for update`.execute(db)
}

const columns = sql`id, name, created_at, last_used_at, is_backed_up`

interface Row {
  id: string
  name: string
  created_at: Date
  last_used_at: Date | null
  is_backed_up: boolean
}

function passkey({ id, name, created_at, last_used_at, is_backed_up }: Row): Passkey {
  return {
    id,
    name,
    createdAt: created_at.toISOString(),
    lastUsedAt: last_used_at?.toISOString() ?? null,
    backedUp: is_backed_up,
  }
}
