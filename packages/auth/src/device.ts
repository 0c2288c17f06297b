import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { cookieOf } from './token.ts'

/** Seconds for which a device is known after the last sign-in on it. */
const lifetime = 365 * 86_400

/**
 * A cookie that says: on this device somebody knew the password of this e-mail. It gives no access to anything; who has it
 * is only not made to wait for what strangers do. `nonce.signature`, and nothing to be read in it.
 */
export function deviceCookie(cookieName: string, email: string, secret: string, isSecure: boolean): string {
  const nonce = randomBytes(16).toString('base64url')
  const value = `${nonce}.${signature(email, nonce, secret).toString('base64url')}`
  const attributes = `Max-Age=${lifetime}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`
  return `${cookieName}=${value}; ${attributes}`
}

/** The name of the device, where the request brings a cookie for this very e-mail. */
export function deviceOf(
  headers: Headers,
  cookieName: string,
  email: string,
  secret: string,
): string | undefined {
  const [nonce, signed, ...more] = cookieOf(headers, cookieName)?.split('.') ?? []
  if (!nonce || !signed || more.length > 0 || nonce.length > 64) return undefined
  const given = Buffer.from(signed, 'base64url')
  const expected = signature(email, nonce, secret)
  return given.length === expected.length && timingSafeEqual(given, expected) ? nonce : undefined
}

function signature(email: string, nonce: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`device\0${email}\0${nonce}`).digest()
}
