import { asAuth, type Database, type DB } from '@ownlist/db'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError } from 'better-auth/api'
import type { Kysely } from 'kysely'
import { recordEvent, type SecurityEventKind } from '../events.ts'
import type { CheckedSession } from '../session.ts'
import { passkeyEndpoints } from './passkeys.ts'
import { refusal } from './refusals.ts'
import { hasSecondStep, openSecondStep } from './second-steps.ts'
import { isTrusted } from './trusted-devices.ts'
import { twoFactorEndpoints } from './two-factor.ts'

export interface FactorOptions {
  database: Database
  secret: string
  baseUrl: string
  /** Who a request comes from, as for every other route. */
  check: (headers: Headers) => Promise<CheckedSession | null>
  /** The header in which the server tells better-auth the address of the connection. */
  addressHeader: string
  now?: (() => Date) | undefined
  onError?: ((message: string, details: unknown[]) => void) | undefined
}

export interface FactorContext extends Pick<FactorOptions, 'secret' | 'baseUrl' | 'onError'> {
  db: Kysely<DB>
  now: () => Date
  /** @throws UNAUTHENTICATED */
  signedIn: (headers: Headers | undefined) => Promise<CheckedSession>
  addressOf: (headers: Headers | undefined) => string | null
  /** Writes down what happened to an account. */
  note: (headers: Headers | undefined, userId: string, kind: SecurityEventKind) => Promise<void>
  trustCookie: { name: string; path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean }
}

/**
 * By these a session is made although the account has a second step: the second step itself; a passkey, which is two
 * factors in one; a terminal that somebody who was signed in has let in, and a new session in the place of one that was
 * there. All other ways wait for the code, those too that are not known here.
 */
const complete = new Set([
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
  '/device/token',
  '/change-password',
])

/**
 * Factors beside the password, as a plugin of better-auth, which makes the sessions and sets the cookies. (Its own
 * plugins for this make the session first and take it back, take a code twice, keep recovery codes so that they can be
 * read, know the second step by a cookie alone, and ask for it after a password only.)
 */
export function factors(options: FactorOptions) {
  const { database, secret, baseUrl, check, addressHeader, onError } = options
  const secure = baseUrl.startsWith('https:')
  const db = asAuth(database)
  const addressOf = (headers: Headers | undefined) => headers?.get(addressHeader) ?? null
  const context: FactorContext = {
    db,
    secret,
    baseUrl,
    onError,
    now: options.now ?? (() => new Date()),
    async signedIn(headers) {
      const session = headers ? await check(headers) : null
      if (!session) throw refusal('UNAUTHENTICATED')
      return session
    },
    addressOf,
    note: (headers, userId, kind) =>
      recordEvent(db, { userId, kind, ipAddress: addressOf(headers), userAgent: headers?.get('user-agent') }),
    trustCookie: {
      name: `${secure ? '__Host-' : ''}ownlist.trusted_device`,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
    },
  }
  const plugin = {
    id: 'ownlist-factors',
    endpoints: { ...twoFactorEndpoints(context), ...passkeyEndpoints(context) },
  } satisfies BetterAuthPlugin

  /**
   * Before any session is made, whatever makes it: with a second step to come there is none, not even for a moment.
   * Answers 202 with what the client needs to go on.
   *
   * @throws APIError with `secondFactor` in its body
   */
  async function requireSecondStep(userId: string, ctx: GenericEndpointContext | null): Promise<void> {
    if (ctx && complete.has(ctx.path)) return
    const { now, trustCookie } = context
    if (!(await hasSecondStep(db, userId))) return
    const token = ctx?.getCookie(trustCookie.name)
    if (typeof token === 'string' && (await isTrusted(db, { userId, token }, now()))) return
    const step = await openSecondStep(db, userId, now())
    throw new APIError('ACCEPTED', { secondFactor: { ...step, methods: ['totp', 'recovery-code'] } })
  }

  return { plugin, requireSecondStep }
}
