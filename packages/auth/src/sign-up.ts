import { sql } from 'kysely'
import type { z } from 'zod'
import { makeToken } from './email-tokens.ts'
import type { Identity, OwnRequest } from './identity.ts'
import { accountExists, confirmSignUp } from './mails.ts'
import { hashPassword } from './password.ts'
import type { signUp } from './requests.ts'

/**
 * A sign-up that has to be confirmed by mail. Until then there is no account: nobody can take an address that is
 * somebody else's, and of several sign-ups with one address each link brings the password that was chosen with it.
 * Whether an account is there already only its mailbox learns: the answer is one, and so is the work.
 */
export async function signUpByMail(
  { db, baseUrl, now, send }: Identity,
  { input: { email, name, password } }: OwnRequest<z.output<typeof signUp>>,
): Promise<Response> {
  const passwordHash = await hashPassword(password)
  const { token, tokenHash, expiresAt } = makeToken('sign-up', now())
  const { rows } = await sql`
    insert into email_tokens (token_hash, purpose, email, name, password_hash, expires_at)
    select ${tokenHash}, 'sign-up', ${email}, ${name}, ${passwordHash}, ${expiresAt}::timestamptz
    where not exists (select from users where lower(email) = ${email})
    returning id`.execute(db)
  send?.(rows.length > 0 ? confirmSignUp(baseUrl, email, token) : accountExists(baseUrl, email))
  return Response.json({ status: 'sent' })
}
