import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { hashToken } from './token.ts'

/** What a link in a mail does: finish a sign-up, confirm an address, set a new password, change the address. */
export type Purpose = 'sign-up' | 'verify' | 'reset' | 'change'

/** Seconds for which a link works. */
const lifetimes: Record<Purpose, number> = { 'sign-up': 86_400, verify: 86_400, reset: 3_600, change: 3_600 }

/** A token of 256 random bits, and the part of it that the database keeps. */
export function makeToken(purpose: Purpose, now: Date) {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(now.getTime() + lifetimes[purpose] * 1000)
  return { token, tokenHash: hashToken(token), expiresAt }
}

/**
 * Stands in a row that is nobody's, which is written where no account is meant: to write one takes a time that would tell. It
 * can be redeemed by nobody, since its token is told to nobody, and goes like the others.
 */
export const nobody = 'nobody@invalid'

export interface EmailToken {
  purpose: Purpose
  userId: string | null
  email: string
  name: string | null
  passwordHash: string | null
}

const columns = sql`purpose, user_id as "userId", email, name, password_hash as "passwordHash"`

/** Whose token it is, where it is good, without using it up: before work that is not worth doing for others. */
export async function findOwner(
  db: Kysely<DB>,
  token: string,
  purpose: Purpose,
  now: Date,
): Promise<{ email: string; name: string } | undefined> {
  const { rows } = await sql<{ email: string; name: string }>`
    select u.email, u.name from email_tokens t join users u on u.id = t.user_id
    where t.token_hash = ${hashToken(token)} and t.purpose = ${purpose} and t.expires_at > ${now}`.execute(db)
  return rows[0]
}

/** The sign-up that a token would finish, where it is good, without using it up. */
export async function findSignUp(
  db: Kysely<DB>,
  token: string,
  now: Date,
): Promise<{ passwordHash: string } | undefined> {
  const { rows } = await sql<{ passwordHash: string }>`
    select password_hash as "passwordHash" from email_tokens
    where token_hash = ${hashToken(token)} and purpose = 'sign-up' and expires_at > ${now}`.execute(db)
  return rows[0]
}

/**
 * Uses a token up: of any number who try at once, one gets it. In the transaction of what it stands for, so that
 * a failure leaves the link working.
 */
export async function redeem(
  db: Kysely<DB>,
  token: string,
  purposes: Purpose[],
  now: Date,
): Promise<EmailToken | undefined> {
  const { rows } = await sql<EmailToken>`
    delete from email_tokens
    where token_hash = ${hashToken(token)} and purpose = any(${purposes}) and expires_at > ${now}
    returning ${columns}`.execute(db)
  return rows[0]
}

/** Every link that was sent to or for a user stops working: what they stood for has changed. */
export async function dropTokens(db: Kysely<DB>, userId: string): Promise<void> {
  await sql`delete from email_tokens where user_id = ${userId}`.execute(db)
}
