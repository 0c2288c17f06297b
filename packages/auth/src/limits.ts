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
import { createKeyedMutex } from './keyed-mutex.ts'
import { networkOf } from './network.ts'
import { createSemaphore } from './semaphore.ts'

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
  /** What a request that can be understood costs of what its address has; all others cost one. */
  cost?: number
  /** It tells whether a password is right, that of an e-mail or of whoever is signed in; or whether a link or a device's code is. */
  guesses?: 'email' | 'account' | 'link' | 'code'
  /** It is asked again and again, and where that was in its time costs nothing. */
  polls?: true
  /** It may send a mail to the e-mail of the input. */
  mails?: true
}

/** By route; any other costs its address one. */
const rules: Record<string, Rule> = {
  'sign-in/email': { guesses: 'email' },
  'sign-up/email': { cost: 5, mails: true },
  'send-verification-email': { cost: 5, mails: true },
  'request-password-reset': { cost: 5, mails: true },
  'verify-email': { guesses: 'link' },
  'reset-password': { guesses: 'link' },
  'change-email': { cost: 5, mails: true, guesses: 'account' },
  'change-password': { guesses: 'account' },
  'two-factor/enable': { guesses: 'account' },
  'two-factor/disable': { guesses: 'account' },
  'two-factor/generate-backup-codes': { guesses: 'account' },
  'passkey/generate-register-options': { guesses: 'account' },
  'passkey/delete-passkey': { guesses: 'account' },
  'link-social': { guesses: 'account' },
  'unlink-account': { guesses: 'account' },
  device: { guesses: 'code' },
  'device/approve': { guesses: 'code' },
  'device/deny': { guesses: 'code' },
  'device/token': { polls: true },
}

/** Whether a route hashes a password, which takes time and a turn. */
export function takesPassword(route: string): boolean {
  const guesses = rules[route]?.guesses
  return route === 'sign-up/email' || (guesses !== undefined && guesses !== 'code')
}

/** What one key may have of what costs something or must not be guessed, shared by all servers of a database. */
export function createLimits({ database, secret, identityPerMinute = 60 }: LimitOptions) {
  const key = (kind: string, ...of: string[]) =>
    createHmac('sha256', secret)
      .update(['limits', kind, ...of].join('\0'))
      .digest('hex')
      .slice(0, 32)

  const tried = createKeyedMutex({ mostWaiting: 100 })
  // However many come at once: all of an address count in one row, and whoever waits for a row holds a lane that others need.
  const counting = createSemaphore({ atOnce: 2, mostWaiting: 1_000 })
  const count = (limits: Limit[]) => counting.take(() => passLimits(database, limits))

  /** What a request costs its address, a right one too. */
  function costOf(cost: number, network: string): Bucket {
    const every = 60 / identityPerMinute
    return { key: key('identity', network), cost, size: 2 * identityPerMinute, every }
  }

  /** What its owner has to know is told however many mails others asked for: before any of it is left out, ten have come. */
  const noticeTo = (email: string) => ({
    key: key('notice', email.toLowerCase()),
    cost: 1,
    size: 10,
    every: 600,
  })

  const mailTo = (email: string): Bucket => ({ key: key('mail', email), cost: 1, size: 5, every: 600 })

  /**
   * A device on which the e-mail's owner has signed in before has tries of its own, so nobody who tries from elsewhere can
   * keep the owner out (OWASP: Authentication Cheat Sheet, device cookies). Everybody else shares those of the e-mail, and
   * of those each address has a few.
   */
  function guessesOf(email: string, network: string, { headers, cookieName }: Asker): Limit[] {
    const device = deviceOf(headers, cookieName, email, secret)
    if (device !== undefined) return [{ key: key('device', email, device), ...ownTries }]
    return [
      ...triesOf(email, network),
      // Somebody who tries one password with many e-mails: a hundred wrong ones at once, then two a minute.
      { key: key('spray', network), cost: 1, size: 100, every: 30 },
    ]
  }

  const triesOf = (email: string, network: string): Tries[] => [
    { key: key('guess', email, network), ...ownTries },
    { key: key('guesses', email), ...allTries },
  ]

  const confirmation = (userId: string): Tries => ({ key: key('confirm', userId), ...ownTries })

  /** Nobody can guess 256 bits: this only keeps who tries from keeping the server at it. */
  const linksOf = (network: string): Bucket => ({ key: key('link', network), cost: 1, size: 20, every: 30 })

  /** RFC 8628, 5.1: of a million million codes twenty in a quarter of an hour. */
  const codesOf = (userId: string): Bucket => ({ key: key('code', userId), cost: 1, size: 20, every: 45 })

  async function guessesAt(rule: Rule, input: unknown, network: string, asker: Asker): Promise<Limit[]> {
    const email = emailOf(input)
    if (rule.guesses === 'link') return [linksOf(network)]
    if (rule.guesses === 'email') return email === undefined ? [] : guessesOf(email, network, asker)
    if (rule.guesses === 'code') return [codesOf((await asker.userId()) ?? '')]
    // Without a password it is the session that has to be new, and there is nothing to guess.
    const userId = rule.guesses === 'account' && bringsPassword(input) ? await asker.userId() : undefined
    return userId === undefined ? [] : [confirmation(userId)]
  }

  /**
   * Counts, works, and forgets what was counted where the work turned out right. Who has the same tries waits meanwhile: of
   * many at once none is refused for others that were right, and no more are wrong than there are tries. (So it is at one
   * server; where several answer at once for the same tries, as many of those may be under way.)
   */
  async function counted<T>(
    costs: Limit[],
    guesses: Limit[],
    work: () => Promise<T>,
    isRight: (answer: T) => boolean | Promise<boolean>,
  ): Promise<T> {
    const run = async () => {
      const limits = [...costs, ...guesses]
      if (limits.length > 0) await count(limits)
      const answer = await work()
      if (guesses.length > 0 && (await isRight(answer))) await forgiveLimits(database, guesses)
      return answer
    }
    const [first] = guesses
    return first && 'free' in first ? tried.take(first.key, run) : run()
  }

  return {
    /**
     * What every request costs its address, before anything of it is looked at.
     *
     * @throws RateLimitedError, BusyError
     */
    arrive: (address: string) => count([costOf(1, networkOf(address))]),

    /** Whether one more mail may tell its owner what happened to their account. */
    mayTell: async (email: string) => (await takeTokens(database, noticeTo(email))).granted > 0,

    /**
     * Counts what else a request costs, before it is answered. Where it turned out right, its tries do not count.
     *
     * @throws RateLimitedError, BusyError where too many of the same wait
     */
    async pass(
      route: string,
      input: unknown,
      asker: Asker,
      work: () => Promise<Response>,
    ): Promise<Response> {
      const rule = rules[route] ?? {}
      const network = networkOf(asker.address)
      const email = emailOf(input)
      if (rule.polls) {
        const answer = await work()
        if (await isPolledInTime(answer)) await forgiveLimits(database, [costOf(1, network)])
        return answer
      }
      const costs = rule.cost === undefined ? [] : [costOf(rule.cost - 1, network)]
      if (rule.mails && email !== undefined) costs.push(mailTo(email))
      const guesses = await guessesAt(rule, input, network, asker)
      return counted(costs, guesses, work, ({ ok }) => ok)
    },

    /**
     * The same for a password that confirms something within a session.
     *
     * @throws RateLimitedError, BusyError
     */
    confirm: (userId: string, isRight: () => Promise<boolean>): Promise<boolean> =>
      counted([], [confirmation(userId)], isRight, (right) => right),

    /** Whoever has just set a new password by the e-mail's mailbox is not made to wait for what was tried before. */
    async forgive({ email, userId }: { email: string; userId: string }, address: string): Promise<void> {
      await forgiveLimits(database, [
        ...triesOf(email.toLowerCase(), networkOf(address)),
        confirmation(userId),
      ])
    },

    /** For limits that a server shares out by itself: takes as much as there is, `cost` at most. */
    take: (kind: 'address' | 'account', of: string, bucket: Omit<Bucket, 'key'>) =>
      takeTokens(database, { ...bucket, key: key(kind, of) }),
  }
}

export type Limits = ReturnType<typeof createLimits>

/** RFC 8628, 3.5: the device goes on asking, as it was told to. */
async function isPolledInTime(response: Response): Promise<boolean> {
  if (response.ok) return true
  const { error } = (await response.clone().json()) as { error?: string }
  return error === 'authorization_pending'
}

function bringsPassword(input: unknown): boolean {
  const { password, currentPassword } = input as { password?: unknown; currentPassword?: unknown }
  return password !== undefined || currentPassword !== undefined
}

function emailOf(input: unknown): string | undefined {
  const { email: own, newEmail } = input as { email?: unknown; newEmail?: unknown }
  const email = own ?? newEmail
  return typeof email === 'string' ? email.toLowerCase() : undefined
}
