import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

/** What a test may have an authenticator, or the browser before it, do wrong. */
export interface Misbehaviour {
  origin?: string
  rpId?: string
  /** Whether the device asked for a finger or a PIN. */
  userVerified?: boolean
  challenge?: string
  counter?: number
  userHandle?: string
  /** Another's key signs. */
  key?: KeyObject
}

interface CreationOptions {
  challenge: string
  rp: { id?: string }
  user: { id: string }
}

interface RequestOptions {
  challenge: string
  rpId?: string
}

/**
 * An authenticator in software, with the browser around it: makes one discoverable credential (ES256, no attestation)
 * and signs with it, in the JSON forms of WebAuthn, level 3. `counts: false` is one that shares its key between
 * devices and so leaves its counter at 0.
 */
export function createAuthenticator(origin: string, { counts = true } = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  const id = credentialId.toString('base64url')
  let rpId = ''
  let userHandle = ''
  let counter = 0

  function clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    return Buffer.from(
      JSON.stringify({
        type,
        challenge: wrong.challenge ?? challenge,
        origin: wrong.origin ?? origin,
        crossOrigin: false,
      }),
    )
  }

  /** WebAuthn, 6.1: the hash of the site's name, flags, the counter, and what was attested. */
  function authenticatorData(wrong: Misbehaviour, attested = Buffer.alloc(0)): Buffer {
    const verified = wrong.userVerified ?? true
    // User present, user verified, attested data included.
    const flags = 0x01 | (verified ? 0x04 : 0) | (attested.length > 0 ? 0x40 : 0)
    if (counts) counter += 1
    const count = Buffer.alloc(4)
    count.writeUInt32BE(wrong.counter ?? counter)
    return Buffer.concat([sha256(Buffer.from(wrong.rpId ?? rpId)), Buffer.from([flags]), count, attested])
  }

  return {
    id,
    privateKey,

    register(options: CreationOptions, wrong: Misbehaviour = {}) {
      rpId = options.rp.id ?? ''
      userHandle = options.user.id
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, credentialId, coseKey(publicKey)])
      const attestation = cbor(
        new Map<string, Cbor>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', authenticatorData(wrong, attested)],
        ]),
      )
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, wrong).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      }
    },

    authenticate(options: RequestOptions, wrong: Misbehaviour = {}) {
      const client = clientData('webauthn.get', options.challenge, wrong)
      const data = authenticatorData(wrong)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), wrong.key ?? privateKey)
      return {
        id,
        rawId: id,
        type: 'public-key' as const,
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: wrong.userHandle ?? userHandle,
        },
      }
    },
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** RFC 9053, 7.1.1: an elliptic curve key for ES256 on P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  return cbor(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]),
  )
}

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>

/** As much of RFC 8949 as a credential needs. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  return Buffer.concat([head(5, value.size), ...[...value].flat().map((item) => cbor(item))])
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument])
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument])
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 255])
}
