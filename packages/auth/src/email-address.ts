import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { dropTokens, findSignUp, makeToken, nobody, redeem, type EmailToken } from './email-tokens.ts'
import { recordEvent } from './events.ts'
import { isTaken, refuseUnproven, type Identity, type OwnRequest } from './identity.ts'
import { accountExists, changeAsked, confirmAddress, confirmChange, emailChanged } from './mails.ts'
import { verifyPassword } from './password.ts'
import {
  badInput,
  mailOff,
  passwordNeeded,
  passwordWrong,
  refusal,
  tokenInvalid,
  unauthenticated,
} from './refusals.ts'
import { beganHere } from './sign-up.ts'

/** Sends another link to whoever has an account and has not confirmed its address. Everybody gets the same answer. */
export async function sendVerification(
  identity: Identity,
  { input }: OwnRequest<{ email: string }>,
): Promise<Response> {
  if (!identity.send) return mailOff()
  await askForConfirmation(identity, input.email)
  return Response.json({ status: 'sent' })
}

/** A link to confirm an address that stands at an account and is not confirmed yet. */
export async function askForConfirmation({ db, baseUrl, now, send }: Identity, email: string): Promise<void> {
  const { token, tokenHash, expiresAt } = makeToken('verify', now())
  const { rows } = await sql<{ userId: string | null; email: string }>`
    insert into email_tokens (token_hash, purpose, user_id, email, expires_at)
    select ${tokenHash}, 'verify', id, coalesce(u.email, ${nobody}), ${expiresAt}::timestamptz
    from (select) always
      left join users u on lower(u.email) = lower(${email}) and u.is_active and not u.is_verified
    returning user_id as "userId", email`.execute(db)
  for (const { userId, email: to } of rows) if (userId !== null) send?.(confirmAddress(baseUrl, to, token))
}

/**
 * What a link to an address stands for happens: the account is made, its address is confirmed, or changed. A sign-up counts
 * in the browser that began it, or with the password that was chosen: whoever has the mailbox and finds there the link of
 * somebody else's sign-up does not make their account by it, with a password that is not their own.
 */
export async function verifyEmail(
  identity: Identity,
  { input, headers, ipAddress, userAgent }: OwnRequest<{ token: string; password?: string | undefined }>,
): Promise<Response> {
  const { db, send, now } = identity
  const waiting = await findSignUp(db, input.token, now())
  if (waiting && !beganHere(identity, headers, input.token)) {
    if (input.password === undefined) return passwordNeeded()
    const given = { hash: waiting.passwordHash, password: input.password }
    if (!(await verifyPassword(given))) return passwordWrong()
  }
  const done = await db
    .transaction()
    .execute(async (within) => {
      const found = await redeem(within, input.token, ['sign-up', 'verify', 'change'], now())
      const result = found && (await applyToken(within, found))
      // Throwing is what rolls back: a link that could do nothing is not used up.
      if (!found || !result) throw new Unusable()
      const detail = result.before === undefined ? undefined : { from: result.before, to: found.email }
      await recordEvent(within, { userId: result.userId, kind: result.kind, ipAddress, userAgent, detail })
      return { ...result, email: found.email }
    })
    .catch((error: unknown) => {
      if (error instanceof Unusable || isTaken(error)) return undefined
      throw error
    })
  if (!done) return tokenInvalid()
  if (done.before !== undefined) send?.(emailChanged(done.before, done.email))
  return Response.json({ status: done.kind, email: done.email })
}

class Unusable extends Error {}

interface Applied {
  userId: string
  kind: 'signed-up' | 'email-verified' | 'email-changed'
  before?: string
}

async function applyToken(db: Kysely<DB>, found: EmailToken): Promise<Applied | undefined> {
  const { purpose, userId, email, name, passwordHash } = found
  if (purpose === 'sign-up') {
    const made = await sql<{ id: string }>`
      with made as (
        insert into users (email, name, is_verified) values (${email}, ${name}, true) returning id),
      account as (
        insert into accounts (user_id, account_id, provider_id, password_hash)
        select id, id, 'credential', ${passwordHash} from made)
      select id from made`.execute(db)
    await sql`delete from email_tokens where purpose = 'sign-up' and lower(email) = lower(${email})`.execute(
      db,
    )
    return made.rows[0] && { userId: made.rows[0].id, kind: 'signed-up' }
  }
  const before = await sql<{ id: string; email: string }>`
    select id, email from users where id = ${userId} and is_active for update`.execute(db)
  const [user] = before.rows
  if (!user) return undefined
  if (purpose === 'verify') {
    if (user.email.toLowerCase() !== email.toLowerCase()) return undefined
    await sql`update users set is_verified = true where id = ${user.id}`.execute(db)
    return { userId: user.id, kind: 'email-verified' }
  }
  await sql`update users set email = ${email}, is_verified = true where id = ${user.id}`.execute(db)
  // A link to a new password may still lie in the old mailbox.
  await dropTokens(db, user.id)
  return { userId: user.id, kind: 'email-changed', before: user.email }
}

/**
 * Asks the new address to confirm, and tells the old one. Where an account has the new address already, its mailbox
 * hears of that and nobody else. A server without mail has nobody to ask: there it changes at once, unconfirmed.
 */
export async function changeEmail(
  { db, baseUrl, now, send, tell }: Identity,
  { input, signedIn, ipAddress, userAgent }: OwnRequest<{ newEmail: string; password?: string | undefined }>,
): Promise<Response> {
  if (!signedIn) return unauthenticated()
  const { id: userId, email } = signedIn.user
  const { newEmail } = input
  if (newEmail === email.toLowerCase()) {
    return badInput([{ path: 'newEmail', message: 'This is your address already.' }])
  }
  const refused = await refuseUnproven(db, signedIn, input.password, { always: true })
  if (refused) return refused
  const event = { userId, ipAddress, userAgent, detail: { from: email, to: newEmail } }

  if (!send) {
    const change = db.transaction().execute(async (within) => {
      await sql`update users set email = ${newEmail}, is_verified = false where id = ${userId}`.execute(
        within,
      )
      await dropTokens(within, userId)
      await recordEvent(within, { ...event, kind: 'email-changed' })
    })
    const taken = await change.then(
      () => false,
      (error: unknown) => {
        if (isTaken(error)) return true
        throw error
      },
    )
    return taken
      ? refusal(409, 'EMAIL_TAKEN', 'Another account has this address.')
      : Response.json({ status: 'changed' })
  }

  const { token, tokenHash, expiresAt } = makeToken('change', now())
  const isFree = await db.transaction().execute(async (within) => {
    await sql`delete from email_tokens where user_id = ${userId} and purpose = 'change'`.execute(within)
    const { rows } = await sql`
      insert into email_tokens (token_hash, purpose, user_id, email, expires_at)
      select ${tokenHash}, 'change', ${userId}::uuid, ${newEmail}, ${expiresAt}::timestamptz
      where not exists (select from users where lower(email) = ${newEmail})
      returning id`.execute(within)
    await recordEvent(within, { ...event, kind: 'email-change-asked' })
    return rows.length > 0
  })
  send(isFree ? confirmChange(baseUrl, newEmail, token) : accountExists(baseUrl, newEmail))
  await tell(userId, (to) => changeAsked(baseUrl, to, newEmail))
  return Response.json({ status: 'sent' })
}
