import { sql } from 'kysely'
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import { fromBrowser } from './answers.ts'
import { cookiePrefix } from './cookie-names.ts'
import { makeToken } from './email-tokens.ts'
import type { Identity, OwnRequest } from './identity.ts'
import { accountExists, confirmSignUp } from './mails.ts'
import { hashPassword } from './password.ts'
import type { signUp } from './requests.ts'
import { cookieOf } from './token.ts'

/**
 * A sign-up that has to be confirmed by mail. Until then there is no account: nobody can take an address that is
 * somebody else's, and of several sign-ups with one address each link brings the password that was chosen with it, to whoever
 * knows that: the browser that signed up, by a cookie, and everybody else by typing it.
 * Whether an account is there already only its mailbox learns: the answer is one, and so is the work.
 */
export async function signUpByMail(
  identity: Identity,
  { input: { email, name, password }, headers }: OwnRequest<z.output<typeof signUp>>,
): Promise<Response> {
  const { db, baseUrl, now, send } = identity
  const passwordHash = await hashPassword(password)
  const { token, tokenHash, expiresAt } = makeToken('sign-up', now())
  const { rows } = await sql`
    insert into email_tokens (token_hash, purpose, email, name, password_hash, expires_at)
    select ${tokenHash}, 'sign-up', ${email}, ${name}, ${passwordHash}, ${expiresAt}::timestamptz
    where not exists (select from users where lower(email) = ${email})
    returning id`.execute(db)
  send?.(rows.length > 0 ? confirmSignUp(baseUrl, email, token) : accountExists(baseUrl, email))
  const answer = Response.json({ status: 'sent' })
  if (fromBrowser(headers)) {
    const secure = baseUrl.startsWith('https:') ? '; Secure' : ''
    const attributes = `Max-Age=86400; Path=/; HttpOnly; SameSite=Strict${secure}`
    const value = signUpMark(identity, token).toString('base64url')
    answer.headers.append('set-cookie', `${cookieName(baseUrl)}=${value}; ${attributes}`)
  }
  return answer
}

/** Whether the sign-up of this token was made in the browser that a request comes from. */
export function beganHere(identity: Identity, headers: Headers, token: string): boolean {
  const given = Buffer.from(cookieOf(headers, cookieName(identity.baseUrl)) ?? '', 'base64url')
  const expected = signUpMark(identity, token)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const cookieName = (baseUrl: string) => `${cookiePrefix(baseUrl)}.sign_up`

/** What the browser keeps that signed up: it leads to no token, and says no more than that. */
function signUpMark({ secret }: Identity, token: string): Buffer {
  return createHmac('sha256', secret).update(`sign-up\0${token}`).digest()
}
