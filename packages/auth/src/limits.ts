import {
  forgiveLimits,
  passLimits,
  takeTokens,
  type Bucket,
  type Database,
  type Limit,
  type Tries,
} from '@ownlist/db'
import { createHmac } from 'node:crypto'
import { deviceOf } from './device.ts'
import { networkOf } from './network.ts'

export interface LimitOptions {
  database: Database
  /** Makes keys of addresses and e-mails that nobody else can make, or make out. */
  secret: string
  /** Requests to `/api/auth/*` that one address may make in a minute, and twice as many at once. */
  identityPerMinute?: number
}

/** Who asks, as far as limits go by it. */
export interface Asker {
  address: string
  headers: Headers
  cookieName: string
  /** The signed-in user's id; asked for only where the limit is the account's. */
  userId: () => Promise<string | undefined>
}

/** Wrong passwords from one address for one e-mail, for one account from a known device, or to confirm something. */
const ownTries = { free: 5, first: 30, most: 900 }
/** Wrong passwords for one e-mail from wherever: above the others, because strangers can use them up. */
const allTries = { free: 20, first: 30, most: 900 }

interface Rule {
  /** What a request costs of what its address has. */
  cost?: number
  /** It tells whether a password is right: that of an e-mail, or of whoever is signed in. */
  guesses?: 'email' | 'account'
  /** It may send a mail to the e-mail of the input. */
  mails?: true
}

/** By route; any other costs its address one. */
const rules: Record<string, Rule> = {
  'sign-in/email': { guesses: 'email' },
  'sign-up/email': { cost: 5, mails: true },
  'send-verification-email': { cost: 5, mails: true },
  'request-password-reset': { cost: 5, mails: true },
  'change-email': { cost: 5, guesses: 'account' },
  'change-password': { guesses: 'account' },
  'two-factor/enable': { guesses: 'account' },
  'two-factor/disable': { guesses: 'account' },
  'two-factor/generate-backup-codes': { guesses: 'account' },
  'passkey/generate-register-options': { guesses: 'account' },
  'passkey/delete-passkey': { guesses: 'account' },
}

/** Whether a route hashes a password, which takes time and a turn. */
export function takesPassword(route: string): boolean {
  return rules[route]?.guesses !== undefined || route === 'sign-up/email' || route === 'reset-password'
}

/** What one key may have of what costs something or must not be guessed, shared by all servers of a database. */
export function createLimits({ database, secret, identityPerMinute = 60 }: LimitOptions) {
  const key = (kind: string, ...of: string[]) =>
    createHmac('sha256', secret)
      .update(['limits', kind, ...of].join('\0'))
      .digest('hex')
      .slice(0, 32)

  /** What each request costs, a right one too. */
  function costsOf({ cost = 1, mails }: Rule, email: string | undefined, network: string): Limit[] {
    const every = 60 / identityPerMinute
    const ofAddress = { key: key('identity', network), cost, size: 2 * identityPerMinute, every }
    const ofEmail = mails && email !== undefined && { key: key('mail', email), cost: 1, size: 5, every: 600 }
    return ofEmail ? [ofAddress, ofEmail] : [ofAddress]
  }

  /**
   * A device on which the e-mail's owner has signed in before has tries of its own, so nobody who tries from elsewhere can
   * keep the owner out (OWASP: Authentication Cheat Sheet, device cookies). Everybody else shares those of the e-mail, and
   * of those each address has a few.
   */
  function guessesOf(email: string, network: string, { headers, cookieName }: Asker): Limit[] {
    const device = deviceOf(headers, cookieName, email, secret)
    if (device !== undefined) return [{ key: key('device', email, device), ...ownTries }]
    return [
      { key: key('guess', email, network), ...ownTries },
      { key: key('guesses', email), ...allTries },
      // Somebody who tries one password with many e-mails: a hundred wrong ones at once, then two a minute.
      { key: key('spray', network), cost: 1, size: 100, every: 30 },
    ]
  }

  const confirmation = (userId: string): Tries => ({ key: key('confirm', userId), ...ownTries })

  return {
    /**
     * Counts a request before it is looked at any further.
     *
     * @returns what to call where it turned out right: then its tries do not count
     * @throws RateLimitedError
     */
    async pass(route: string, input: unknown, asker: Asker): Promise<() => Promise<void>> {
      const rule = rules[route] ?? {}
      const network = networkOf(asker.address)
      const email = emailOf(input)
      const userId = rule.guesses === 'account' ? await asker.userId() : undefined
      const guesses = [
        ...(rule.guesses === 'email' && email !== undefined ? guessesOf(email, network, asker) : []),
        ...(userId !== undefined ? [confirmation(userId)] : []),
      ]
      await passLimits(database, [...costsOf(rule, email, network), ...guesses])
      return async () => {
        if (guesses.length > 0) await forgiveLimits(database, guesses)
      }
    },

    /**
     * The same for a password that confirms something within a session. Gives what to call where it was right.
     *
     * @throws RateLimitedError
     */
    async confirm(userId: string): Promise<() => Promise<void>> {
      const tries = [confirmation(userId)]
      await passLimits(database, tries)
      return () => forgiveLimits(database, tries)
    },

    /** For limits that a server shares out by itself: takes as much as there is, `cost` at most. */
    take: (kind: 'address' | 'account', of: string, bucket: Omit<Bucket, 'key'>) =>
      takeTokens(database, { ...bucket, key: key(kind, of) }),
  }
}

export type Limits = ReturnType<typeof createLimits>

function emailOf(input: unknown): string | undefined {
  const email = (input as { email?: unknown } | null)?.email
  return typeof email === 'string' ? email.toLowerCase() : undefined
}
