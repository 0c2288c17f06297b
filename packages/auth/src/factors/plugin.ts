import type { DB } from '@ownlist/db'
import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth'
import { APIError } from 'better-auth/api'
import type { Kysely } from 'kysely'
import { recordEvent, type SecurityEventKind } from '../events.ts'
import type { Identity } from '../identity.ts'
import { prove } from '../proof.ts'
import { requestScope } from '../request-scope.ts'
import type { CheckedSession } from '../session.ts'
import { signInRefused } from '../session-hooks.ts'
import { tellOfChange } from '../sign-in-notice.ts'
import { passkeyEndpoints } from './passkeys.ts'
import { refusal } from './refusals.ts'
import { hasSecondStep, openSecondStep } from './second-steps.ts'
import { isTrusted } from './trusted-devices.ts'
import { twoFactorEndpoints } from './two-factor.ts'

export interface FactorOptions {
  identity: Identity
  /** The header in which the server tells better-auth the address of the connection. */
  addressHeader: string
  onError?: ((message: string, details: unknown[]) => void) | undefined
}

export interface FactorContext extends Pick<FactorOptions, 'onError'> {
  secret: string
  db: Kysely<DB>
  baseUrl: string
  now: () => Date
  /** @throws UNAUTHENTICATED */
  signedIn: () => Promise<CheckedSession>
  /** The same, where they have just shown who they are: `proof.ts`. @throws PASSWORD_WRONG, PASSWORD_NEEDED */
  proven: (password: string | undefined) => Promise<CheckedSession>
  addressOf: (headers: Headers | undefined) => string | null
  /** Changes how an account is got into and writes it down, in one transaction, and then tells the owner. */
  change: <Outcome>(
    by: { headers: Headers | undefined; userId: string; kind: SecurityEventKind },
    work: (within: Kysely<DB>) => Promise<Outcome>,
    isDone: (outcome: Outcome) => boolean,
  ) => Promise<Outcome>
  trustCookie: { name: string; path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean }
}

/**
 * By these a session is made although the account has a second step: the second step itself; a passkey, which is two
 * factors in one; a terminal that somebody who was signed in has let in. All other ways wait for the code, those too that
 * are not known here.
 */
const complete = new Set([
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
  '/device/token',
])

/**
 * Factors beside the password, as a plugin of better-auth, which makes the sessions and sets the cookies. (Its own
 * plugins for this make the session first and take it back, take a code twice, keep recovery codes so that they can be
 * read, know the second step by a cookie alone, and ask for it after a password only.)
 */
export function factors(options: FactorOptions) {
  const { identity, addressHeader, onError } = options
  const { db, secret, baseUrl, now } = identity
  const secure = baseUrl.startsWith('https:')
  const addressOf = (headers: Headers | undefined) => headers?.get(addressHeader) ?? null
  async function signedIn() {
    const who = await requestScope.getStore()?.who()
    if (who?.via !== 'session') throw refusal('UNAUTHENTICATED')
    return who
  }
  const context: FactorContext = {
    db,
    secret,
    baseUrl,
    onError,
    now,
    signedIn,
    async proven(password) {
      const session = await signedIn()
      const missing = await prove(db, session, password)
      if (missing) throw refusal(missing)
      return session
    },
    addressOf,
    async change({ headers, userId, kind }, work, isDone) {
      const ipAddress = addressOf(headers)
      const userAgent = headers?.get('user-agent')
      const outcome = await db.transaction().execute(async (within) => {
        const done = await work(within)
        if (isDone(done)) await recordEvent(within, { userId, kind, ipAddress, userAgent })
        return done
      })
      if (isDone(outcome)) await tellOfChange(identity, userId, kind)
      return outcome
    },
    trustCookie: {
      name: `${secure ? '__Host-' : ''}ownlist.trusted_device`,
      path: '/',
      httpOnly: true,
      // It has to come along when a provider sends the browser back here, for which Strict would ask for a code each time. By
      // itself it lets nobody in.
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
    const { trustCookie } = context
    if (!(await hasSecondStep(db, userId))) return
    const token = ctx?.getCookie(trustCookie.name)
    if (typeof token === 'string' && (await isTrusted(db, { userId, token }, now()))) return
    const knownHash = requestScope.getStore()?.knownHash
    const step = await openSecondStep(db, { userId, knownHash }, now())
    if (!step) throw signInRefused()
    throw new APIError('ACCEPTED', { secondFactor: { ...step, methods: ['totp', 'recovery-code'] } })
  }

  return { plugin, requireSecondStep }
}
