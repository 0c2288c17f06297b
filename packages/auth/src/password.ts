import { randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { createHashing } from './hashing.ts'

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
const cost = { memory: 19_456, passes: 2, parallelism: 1 }

// Two at once, and on two processors one, so that one is left to everybody else. A hundred have waited a few seconds when
// they get their turn.
const hashing = createHashing({ threads: availableParallelism() > 2 ? 2 : 1, mostWaiting: 100 })

/**
 * argon2id in the PHC string format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
 *
 * @throws BusyError where too many wait already
 */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const hash = await hashing.derive(parameters(password, nonce, cost))
  const { memory, passes, parallelism } = cost
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(hash)}`
}

/**
 * False for a wrong password and for anything that is no hash of ours.
 *
 * @throws BusyError where too many wait already
 */
export async function verifyPassword({
  hash,
  password,
}: {
  hash: string
  password: string
}): Promise<boolean> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash)
  if (!match) return false
  const [, memory, passes, parallelism, salt = '', expected = ''] = match
  const nonce = Buffer.from(salt, 'base64')
  const paid = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  if (!isPossible(paid) || nonce.length < 8) return false
  const given = await hashing.derive(parameters(password, nonce, paid))
  const wanted = Buffer.from(expected, 'base64')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/** Within what argon2 takes, and within what a server can spare (1 GiB) should the table be tampered with. */
function isPossible({ memory, passes, parallelism }: typeof cost): boolean {
  return (
    parallelism >= 1 &&
    parallelism <= 16 &&
    memory >= 8 * parallelism &&
    memory <= 1_048_576 &&
    passes >= 1 &&
    passes <= 16
  )
}

function parameters(
  password: string,
  nonce: Buffer,
  { memory, passes, parallelism }: typeof cost,
): Argon2Parameters {
  // NIST SP 800-63B, 3.1.1.2: normalise, so that the same password typed on another keyboard is the same.
  return { message: password.normalize('NFKC'), nonce, memory, passes, parallelism, tagLength: 32 }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
