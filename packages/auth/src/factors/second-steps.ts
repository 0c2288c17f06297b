import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { stillStands } from '../proof.ts'
import { hashToken } from '../token.ts'
import { hashRecoveryCode } from './recovery-codes.ts'

/** Seconds for which a sign-in waits for its code, and codes that it may try. */
const lifetime = 10 * 60
const triesPerStep = 5
/** Codes that may be tried for one account, by all its sign-ins together, and seconds until it may again. */
export const triesOfAccount = { quota: 10, window: 15 * 60 }

export interface PendingStep {
  id: string
  userId: string
  /** The password that stood when the step did: whoever changes it ends the step. */
  knownHash: string | null
}

/** Whether this account's sign-in has a second step. */
export async function hasSecondStep(db: Kysely<DB>, userId: string): Promise<boolean> {
  const { rows } = await sql`
    select from totp_factors where user_id = ${userId} and confirmed_at is not null`.execute(db)
  return rows.length > 0
}

/** The token by which a sign-in goes on, of which only the hash is kept; undefined where the password has changed meanwhile. */
export async function openSecondStep(
  db: Kysely<DB>,
  { userId, knownHash }: { userId: string; knownHash: string | null | undefined },
  time: Date,
) {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(time.getTime() + lifetime * 1000)
  const isOpen = await db.transaction().execute(async (within) => {
    if (knownHash !== undefined && !(await stillStands(within, userId, knownHash))) return false
    await sql`
      insert into second_steps (user_id, token_hash, expires_at)
      values (${userId}, ${hashToken(token)}, ${expiresAt})`.execute(within)
    return true
  })
  return isOpen ? { token, expiresAt: expiresAt.toISOString() } : undefined
}

/**
 * Takes one try of a sign-in, before the code is looked at: however many come at once, no more than are allowed go on.
 * It is a statement of its own, so nothing that fails later takes it back.
 */
export async function takeTryOfStep(
  db: Kysely<DB>,
  token: string,
  time: Date,
): Promise<PendingStep | undefined> {
  const { rows } = await sql<PendingStep>`
    update second_steps set tries = tries + 1
    where token_hash = ${hashToken(token)} and tries < ${triesPerStep} and expires_at > ${time}
    returning id, user_id as "userId", (
      select password_hash from accounts a
      where a.user_id = second_steps.user_id and provider_id = 'credential') as "knownHash"`.execute(db)
  return rows[0]
}

/**
 * Takes one try of the account in the same way. A round of tries begins with its first; a right code ends it.
 *
 * @returns seconds to wait, where none is left
 */
export async function takeTryOfAccount(
  db: Kysely<DB>,
  userId: string,
  time: Date,
): Promise<number | undefined> {
  const nextEnd = new Date(time.getTime() + triesOfAccount.window * 1000)
  const { rows } = await sql`
    update totp_factors set
      tries = case when tries_end_at <= ${time} then 1 else tries + 1 end,
      tries_end_at = case when tries = 0 or tries_end_at <= ${time} then ${nextEnd} else tries_end_at end
    where user_id = ${userId} and (tries < ${triesOfAccount.quota} or tries_end_at <= ${time})
    returning id`.execute(db)
  if (rows.length > 0) return undefined
  const found = await sql<{ end: Date }>`
    select tries_end_at as "end" from totp_factors where user_id = ${userId}`.execute(db)
  const end = found.rows[0]?.end.getTime() ?? time.getTime()
  return Math.max(1, Math.ceil((end - time.getTime()) / 1000))
}

/**
 * Ends a sign-in's waiting with the code of a step of the clock. Of several requests with the same code or for the same
 * sign-in one succeeds: the step moves on for all sign-ins of the account, and the waiting one is deleted.
 */
export async function redeemTotp(
  db: Kysely<DB>,
  { id, userId }: PendingStep,
  step: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with used as (
      update totp_factors set last_step = ${step}, tries = 0
      where user_id = ${userId} and confirmed_at is not null and last_step < ${step} returning user_id)
    delete from second_steps s using used u where s.id = ${id} and s.user_id = u.user_id`.execute(db)
  return numAffectedRows === 1n
}

/** The same with a recovery code, which is deleted. */
export async function redeemRecoveryCode(
  db: Kysely<DB>,
  { id, userId }: PendingStep,
  code: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with used as (
      delete from recovery_codes
      where user_id = ${userId} and code_hash = ${hashRecoveryCode(code)} returning user_id),
    cleared as (update totp_factors f set tries = 0 from used u where f.user_id = u.user_id)
    delete from second_steps s using used u where s.id = ${id} and s.user_id = u.user_id`.execute(db)
  return numAffectedRows === 1n
}
