import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/**
 * Encrypts with a key made of the server's secret (HKDF-SHA256, then AES-256-GCM). `owner` is part of the seal: what
 * was sealed for one user opens for no other, so rows cannot be swapped.
 */
export function seal(bytes: Uint8Array, owner: string, secret: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret), nonce).setAAD(Buffer.from(owner))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** Undefined where it was sealed for another user or by another secret, or changed since. */
export function unseal(sealed: Uint8Array, owner: string, secret: string): Buffer | undefined {
  if (sealed.length < 28) return undefined
  const cipher = createDecipheriv('aes-256-gcm', keyOf(secret), sealed.subarray(0, 12))
    .setAAD(Buffer.from(owner))
    .setAuthTag(sealed.subarray(-16))
  try {
    return Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()])
  } catch {
    return undefined
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'ownlist totp secrets', 32))
}
