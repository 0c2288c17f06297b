import { sql } from 'kysely'
import { dropDeviceCodes } from './devices/codes.ts'
import { dropTokens, findOwner, makeToken, nobody, redeem } from './email-tokens.ts'
import { recordEvent } from './events.ts'
import { refuseOwnWords, refuseUnproven, setPassword, type Identity, type OwnRequest } from './identity.ts'
import { passwordChanged, resetPassword } from './mails.ts'
import { hashPassword } from './password.ts'
import { mailOff, tokenInvalid, unauthenticated } from './refusals.ts'

/**
 * Sends a link to a new password, where there is an account. The answer and the work for it are the same where there is none;
 * that it was asked for is written down behind the answer, before the mail goes.
 */
export async function requestPasswordReset(
  { db, baseUrl, now, behind, send }: Identity,
  { input, ipAddress, userAgent }: OwnRequest<{ email: string }>,
): Promise<Response> {
  if (!send) return mailOff()
  const { token, tokenHash, expiresAt } = makeToken('reset', now())
  // One statement, for a second one would take its time for those alone who have an account; and one row in any case.
  const { rows } = await sql<{ userId: string | null; email: string }>`
    insert into email_tokens (token_hash, purpose, user_id, email, expires_at)
    select ${tokenHash}, 'reset', id, coalesce(u.email, ${nobody}), ${expiresAt}::timestamptz
    from (select) always left join users u on lower(u.email) = ${input.email} and u.is_active
    returning user_id as "userId", email`.execute(db)
  for (const { userId, email } of rows) {
    if (userId === null) continue
    behind(async () => {
      await recordEvent(db, { userId, kind: 'password-reset-asked', ipAddress, userAgent })
      send(resetPassword(baseUrl, email, token))
    }, 'a link to a new password was not sent')
  }
  return Response.json({ status: 'sent' })
}

/**
 * Sets a new password and ends every session and API token: whoever had the old one is out. Reading the mail has proven the
 * address as well. It signs nobody in, so a second factor stays in its place.
 */
export async function resetByToken(
  { db, baseUrl, now, send, onSessionsEnded, forgiveTries }: Identity,
  { input, ipAddress, userAgent }: OwnRequest<{ token: string; newPassword: string }>,
): Promise<Response> {
  const named = await findOwner(db, input.token, 'reset', now())
  if (!named) return tokenInvalid()
  const refused = refuseOwnWords(input.newPassword, named, baseUrl, 'newPassword')
  if (refused) return refused
  const passwordHash = await hashPassword(input.newPassword)
  const user = await db.transaction().execute(async (within) => {
    const found = await redeem(within, input.token, ['reset'], now())
    const { rows } = await sql<{ id: string; email: string }>`
      update users set is_verified = is_verified or lower(email) = lower(${found?.email ?? null})
      where id = ${found?.userId ?? null} and is_active returning id, email`.execute(within)
    const [owner] = rows
    if (!owner) return undefined
    await setPassword(within, owner.id, passwordHash)
    await sql`delete from sessions where user_id = ${owner.id}`.execute(within)
    await sql`delete from api_tokens where user_id = ${owner.id}`.execute(within)
    await dropDeviceCodes(within, owner.id)
    await dropTokens(within, owner.id)
    await recordEvent(within, { userId: owner.id, kind: 'password-reset', ipAddress, userAgent })
    return owner
  })
  if (!user) return tokenInvalid()
  await forgiveTries({ email: user.email, userId: user.id }, ipAddress)
  onSessionsEnded(user.id)
  send?.(passwordChanged(baseUrl, user.email))
  return Response.json({ status: 'changed' })
}

/** Sets another password and ends all sessions but this one. An account without a password gets its first. */
export async function changePassword(
  { db, baseUrl, tell, onSessionsEnded }: Identity,
  {
    input,
    signedIn,
    ipAddress,
    userAgent,
  }: OwnRequest<{ currentPassword?: string | undefined; newPassword: string }>,
): Promise<Response> {
  if (!signedIn) return unauthenticated()
  const refused =
    (await refuseUnproven(db, signedIn, input.currentPassword, { always: true })) ??
    refuseOwnWords(input.newPassword, signedIn.user, baseUrl, 'newPassword')
  if (refused) return refused
  const { id: userId } = signedIn.user
  const passwordHash = await hashPassword(input.newPassword)
  const isDone = await db.transaction().execute(async (within) => {
    // One after the other: two that end each other's session would wait for each other.
    await sql`select from users where id = ${userId} for no key update`.execute(within)
    // What ended this session while the hashes were made, such as a reset, has the last word.
    const { rows } = await sql`
      select from sessions where id = ${signedIn.sessionId} for update`.execute(within)
    if (rows.length === 0) return false
    await setPassword(within, userId, passwordHash)
    await sql`delete from sessions where user_id = ${userId} and id <> ${signedIn.sessionId}`.execute(within)
    await dropDeviceCodes(within, userId)
    await dropTokens(within, userId)
    await recordEvent(within, { userId, kind: 'password-changed', ipAddress, userAgent })
    return true
  })
  if (!isDone) return unauthenticated()
  onSessionsEnded(userId)
  await tell(userId, (to) => passwordChanged(baseUrl, to))
  return Response.json({ status: 'changed' })
}
