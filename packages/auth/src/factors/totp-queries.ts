import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { inTransaction } from '../transaction.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import { seal, unseal } from './sealed.ts'
import { forgetDevices } from './trusted-devices.ts'

/** What an account has set up, for its owner. */
export async function twoFactorStatus(db: Kysely<DB>, userId: string, time: Date) {
  const { rows } = await sql<{ since: Date | null; left: number; devices: number }>`
    select (select confirmed_at from totp_factors where user_id = ${userId}) as since,
      (select count(*)::integer from recovery_codes where user_id = ${userId}) as "left",
      (select count(*)::integer from trusted_devices where user_id = ${userId} and expires_at > ${time}) as devices`.execute(
    db,
  )
  const { since = null, left = 0, devices = 0 } = rows[0] ?? {}
  return { totpSince: since?.toISOString() ?? null, recoveryCodesLeft: left, trustedDevices: devices }
}

/** A secret that waits for its first code, in the place of another that does; undefined where one is in use. */
export async function beginTotp(db: Kysely<DB>, userId: string, key: string): Promise<Buffer | undefined> {
  // RFC 4226, 4, R6 recommends 160 bits.
  const secret = randomBytes(20)
  const { rows } = await sql`
    insert into totp_factors (user_id, secret) values (${userId}, ${seal(secret, userId, key)})
    on conflict (user_id) do update set secret = excluded.secret where totp_factors.confirmed_at is null
    returning id`.execute(db)
  return rows.length > 0 ? secret : undefined
}

/** The secret; `readable` is false where the server's secret is not the one that sealed it. */
export async function findTotp(db: Kysely<DB>, userId: string, key: string) {
  const { rows } = await sql<{ secret: Buffer; confirmed: boolean }>`
    select secret, confirmed_at is not null as confirmed from totp_factors where user_id = ${userId}`.execute(
    db,
  )
  const [row] = rows
  return row && { secret: unseal(row.secret, userId, key), confirmed: row.confirmed }
}

/** Puts the secret that waits into use, with recovery codes; undefined where none waits any more. */
export async function confirmTotp(
  db: Kysely<DB>,
  { userId, step }: { userId: string; step: number },
  time: Date,
): Promise<string[] | undefined> {
  return inTransaction(db, async (within) => {
    const { numAffectedRows } = await sql`
      update totp_factors set confirmed_at = ${time}, last_step = ${step}, tries = 0
      where user_id = ${userId} and confirmed_at is null`.execute(within)
    if (numAffectedRows !== 1n) return undefined
    await forgetDevices(within, userId)
    return replaceCodes(within, userId)
  })
}

/** New recovery codes in the place of all old ones; undefined where no app is in use. */
export async function renewRecoveryCodes(db: Kysely<DB>, userId: string): Promise<string[] | undefined> {
  return inTransaction(db, async (within) => {
    // The lock makes two who ask at once wait for each other, so one set is left and not both.
    const { rows } = await sql`
      select from totp_factors where user_id = ${userId} and confirmed_at is not null for update`.execute(
      within,
    )
    return rows.length > 0 ? replaceCodes(within, userId) : undefined
  })
}

/** Takes the app off, with all that belongs to it; false where there is none. */
export async function removeTotp(db: Kysely<DB>, userId: string): Promise<boolean> {
  return inTransaction(db, async (within) => {
    const { numAffectedRows } = await sql`delete from totp_factors where user_id = ${userId}`.execute(within)
    await sql`delete from recovery_codes where user_id = ${userId}`.execute(within)
    await sql`delete from second_steps where user_id = ${userId}`.execute(within)
    await forgetDevices(within, userId)
    return numAffectedRows === 1n
  })
}

async function replaceCodes(db: Kysely<DB>, userId: string): Promise<string[]> {
  const codes = newRecoveryCodes()
  await sql`delete from recovery_codes where user_id = ${userId}`.execute(db)
  await sql`
    insert into recovery_codes (user_id, code_hash)
    select ${userId}, unnest(${codes.map(hashRecoveryCode)}::text[])`.execute(db)
  return codes
}
