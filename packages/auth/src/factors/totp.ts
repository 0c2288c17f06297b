import { createHmac, timingSafeEqual } from 'node:crypto'

/** Seconds for which a code stands, as RFC 6238, 5.2 recommends and every app assumes. */
const period = 30
const digits = 6

/** The code of a step (RFC 4226, 5.3, with SHA-1, which is what every app knows). */
export function codeOfStep(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0xf
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/** The number of the step that a moment falls into. */
export function stepOf(time: Date): number {
  return Math.floor(time.getTime() / 1000 / period)
}

/**
 * The step whose code this is, among the present one and its two neighbours (RFC 6238, 5.2: clocks differ and people
 * type slowly). Every candidate is compared, so the time tells nothing.
 */
export function stepOfCode(secret: Uint8Array, code: string, time: Date): number | undefined {
  const now = stepOf(time)
  const given = Buffer.from(code)
  let found: number | undefined
  for (const step of [now - 1, now, now + 1]) {
    const expected = Buffer.from(codeOfStep(secret, step))
    if (given.length === expected.length && timingSafeEqual(given, expected)) found = step
  }
  return found
}

/** What an authenticator app reads, as text or from a QR code made of it. */
export function otpauthUri(secret: Uint8Array, account: string): string {
  const label = `Ownlist:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=Ownlist&algorithm=SHA1&digits=${digits}&period=${period}`
}

/** RFC 4648, 6, without padding. */
export function base32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let text = ''
  let value = 0
  let bits = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += alphabet[(value >> bits) & 31]
    }
    value &= (1 << bits) - 1
  }
  return bits > 0 ? text + alphabet[(value << (5 - bits)) & 31] : text
}
