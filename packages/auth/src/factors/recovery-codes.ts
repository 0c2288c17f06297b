import { randomBytes } from 'node:crypto'
import { hashToken } from '../token.ts'
import { base32 } from './totp.ts'

const howMany = 10

/** New codes, such as `k3xq-7fzn-2mwa-p5dt`: 80 random bits each, so their hashes need neither salt nor slowness. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () =>
    base32(randomBytes(10))
      .toLowerCase()
      .replace(/(.{4})(?!$)/g, '$1-'),
  )
}

/** What the database keeps of a code, however it was typed. */
export function hashRecoveryCode(code: string): string {
  return hashToken(code.toLowerCase().replaceAll(/[^a-z2-7]/g, ''))
}
