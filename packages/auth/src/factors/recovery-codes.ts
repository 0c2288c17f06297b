import { randomBytes } from 'node:crypto'
import { hashToken } from '../token.ts'
import { base32 } from './totp.ts'

const howMany = 10

/**
 * New codes, such as `k3xq-7fzn-2mwa-p5dt-uc6h-r4ev`: 120 random bits each, so that their hashes need neither salt nor slowness
 * (OWASP ASVS 5.0, 6.5.2: 112 bits or more).
 */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () =>
    base32(randomBytes(15))
      .toLowerCase()
      .replace(/(.{4})(?!$)/g, '$1-'),
  )
}

/** What the database keeps of a code, however it was typed. */
export function hashRecoveryCode(code: string): string {
  return hashToken(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ''))
}
