import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { asAuth, isUnavailable, type Database } from '@ownlist/db'
import type { GenericEndpointContext } from 'better-auth'
import { APIError } from 'better-auth/api'
import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { sql } from 'kysely'
import { accounts } from './accounts.ts'
import { devicePlugin } from './devices/plugin.ts'
import { askForConfirmation } from './email-address.ts'
import { recordEvent } from './events.ts'
import { factors } from './factors/plugin.ts'
import { guard } from './guard.ts'
import { withHashedTokens } from './hashed-tokens.ts'
import type { Identity } from './identity.ts'
import type { Mail } from './mails.ts'
import type { OidcProvider } from './oidc/plugin.ts'
import { oidcSignIn } from './oidc/sign-in.ts'
import { ownRoutes } from './own-routes.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { away, badInput, broken, refusal } from './refusals.ts'
import { openRoutes, type Route } from './requests.ts'
import { defaultMaxDays, findLivingSessions, freshFor, sessionCheck, sessionLifetime } from './session.ts'
import { noteSignIn } from './sign-in-notice.ts'
import { apiTokenOf } from './token.ts'

export interface AuthOptions {
  database: Database
  /** Signs session tokens. Whoever has it can make none, but changing it ends every session. */
  secret: string
  /** Where browsers reach the server, such as https://tasks.example.org. */
  baseUrl: string
  now?: () => Date
  /** Days in which an erasure can be taken back; 14 if not said, 0 erases at once. */
  eraseGraceDays?: number
  /** Told that an account is to be erased in a moment. */
  onErasureDue?: () => void
  /** Sends a mail. Without it there are no links to confirm an address or to set a new password. */
  sendMail?: ((mail: Mail) => Promise<void>) | undefined
  /** Whether an account begins only when its address is confirmed; needs `sendMail`. */
  requireEmailVerification?: boolean
  /** Days after which a session ends however much it is used; 90 if not said. */
  sessionMaxDays?: number
  /** Told of users some of whose sessions have just ended. */
  onSessionsEnded?: (userId: string) => void
  /** By whom people may sign in beside their password. */
  oidcProviders?: OidcProvider[]
  onError?: (message: string, details: unknown[]) => void
}

/** The one header that better-auth reads an address from. */
const clientAddressHeader = 'x-ownlist-client-address'

/** Identity, from sign-up to the check of every request. */
export function createAuth(options: AuthOptions) {
  const { database, secret, baseUrl, now, onError, sessionMaxDays: maxDays = defaultMaxDays } = options
  const { eraseGraceDays = 14, onErasureDue = () => {}, oidcProviders = [] } = options
  const identity = identityOf(options)
  const own = ownRoutes(identity)
  const secure = baseUrl.startsWith('https:')
  const cookieName = `${secure ? '__Secure-' : ''}ownlist.session_token`
  const check = sessionCheck({ database, secret, cookieName, maxDays, ...(now && { now }) })
  const ofBetterAuth = betterAuthOptions({ ...options, check }, identity)
  const auth = betterAuth(ofBetterAuth)
  const oidc = oidcProviders.length > 0 ? oidcSignIn(ofBetterAuth, baseUrl, oidcProviders) : undefined
  const owned = accounts(database, { eraseGraceDays, onErasureDue, sendsMail: identity.send !== undefined })
  const refuse = guard({ database, check, isFresh: (userId, sessionId) => owned.isFresh(userId, sessionId) })

  /** No failure of what is below is told to anybody. */
  async function guarded<Answer extends Response | undefined>(
    work: () => Promise<Answer>,
  ): Promise<Answer | Response> {
    try {
      const response = await work()
      if (response === undefined || response.status < 500) return response
    } catch (error) {
      if (isUnavailable(error)) return away()
      onError?.('identity failed', [error])
      return broken()
    }
    return (await isAway(database)) ? away() : broken()
  }

  return {
    accounts: owned,
    check,
    findLivingSessions: (sessionIds: string[]) => findLivingSessions(database, sessionIds, now?.(), maxDays),

    /**
     * Answers `/api/auth/*`: the open routes, with input checked before better-auth sees it.
     * `clientAddress` is the address of the connection; what the client claims does not count.
     */
    async handle(request: Request, clientAddress: string): Promise<Response> {
      // Also where a cookie comes along: better-auth would not know the token, and take the cookie.
      if (apiTokenOf(request.headers) !== undefined)
        return refusal(403, 'SESSION_NEEDED', 'No API token may do this. Sign in.')
      const url = new URL(request.url)
      const returned =
        oidc && request.method === 'GET'
          ? await guarded(() => oidc.callback(url, withAddress(request.headers, clientAddress)))
          : undefined
      if (returned) return returned
      const route = url.pathname.replace(/^\/api\/auth\//, '')
      const open = openRoutes.get(route)
      if (!open || (open.oidc && !oidc)) return refusal(404, 'NOT_FOUND', 'There is no such route.')
      if (request.method !== 'POST') return refusal(405, 'METHOD_REFUSED', 'Use POST.', { allow: 'POST' })

      const body: unknown = await request.json().catch(() => undefined)
      if (body === undefined) return refusal(400, 'BAD_JSON', 'The request body is not valid JSON.')
      const input = open.input.safeParse(body)
      if (!input.success) {
        const issues = input.error.issues.map(({ path, message, ...issue }) => ({
          path: path.join('.'),
          message: issue.code === 'unrecognized_keys' ? 'Unknown field.' : message,
        }))
        return badInput(issues)
      }

      if (route === 'providers') return Response.json({ providers: oidc?.providers ?? [] })

      const refused = open.only && (await refuse(open.only, request.headers))
      if (refused) return refusal(refused.status, refused.code, refused.message, refused.headers)

      const headers = withAddress(request.headers, clientAddress)
      headers.delete('content-length')
      const ownAnswer = own.get(route)
      if (ownAnswer) {
        const who = await check(headers)
        return guarded(() =>
          ownAnswer({
            input: input.data,
            signedIn: who?.via === 'session' ? who : null,
            ipAddress: clientAddress || null,
            userAgent: headers.get('user-agent')?.slice(0, 512) || null,
          }),
        )
      }
      const handler = open.oidc && oidc ? oidc.handler : auth.handler
      const response = await guarded(() => handler(forwarded(request.url, open, headers, input.data)))
      if (response.status >= 500) return response
      const answer = open.answer
      const shape = answer && ((given: Record<string, unknown>) => answer(given, { secret, baseUrl }))
      return fromBrowser(request.headers) ? withoutToken(response, shape) : withoutBodyToken(response, shape)
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

/** What our own routes work with, of what a server sets up. */
function identityOf(options: AuthOptions): Identity {
  const { database, baseUrl, now = () => new Date(), sendMail, requireEmailVerification = false } = options
  const send = (mail: Mail) => {
    // Behind the answer, so that nobody can tell by its time whether there is a mail.
    setImmediate(() => {
      sendMail?.(mail).catch((error: unknown) => options.onError?.('a mail was not sent', [error]))
    })
  }
  return {
    db: asAuth(database),
    baseUrl,
    now,
    verifiesEmail: requireEmailVerification,
    send: sendMail && send,
    onSessionsEnded: options.onSessionsEnded ?? (() => {}),
  }
}

/** better-auth on our tables; the drift test holds it against what better-auth wants. */
export function betterAuthOptions(
  { check, ...given }: AuthOptions & { check: ReturnType<typeof sessionCheck> },
  identity = identityOf(given),
): BetterAuthOptions {
  const { database, secret, baseUrl, now, onError, sessionMaxDays = defaultMaxDays } = given
  const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' }
  const { db, send, verifiesEmail } = identity
  const addressHeader = clientAddressHeader
  const { plugin, requireSecondStep } = factors({
    database,
    secret,
    baseUrl,
    check: async (headers) => {
      const who = await check(headers)
      return who?.via === 'session' ? who : null
    },
    addressHeader,
    now,
    onError,
  })

  return {
    secret,
    baseURL: baseUrl,
    basePath: '/api/auth',
    telemetry: { enabled: false },
    database: (options: BetterAuthOptions) =>
      withHashedTokens(kyselyAdapter(db, { type: 'postgres', transaction: true })(options)),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      // It counts UTF-16 units; requests.ts has counted code points before, at most 128.
      maxPasswordLength: 256,
      password: { hash: hashPassword, verify: verifyPassword },
      requireEmailVerification: verifiesEmail,
    },
    // Its own links are signed and work as often as one likes: ours are sent instead.
    ...(send && {
      emailVerification: {
        sendOnSignIn: true,
        sendVerificationEmail: ({ user }: { user: { email: string } }) =>
          askForConfirmation(identity, user.email),
      },
    }),
    user: { modelName: 'users', fields: { ...stamps, emailVerified: 'is_verified' } },
    session: {
      modelName: 'sessions',
      fields: {
        ...stamps,
        userId: 'user_id',
        token: 'token_hash',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      expiresIn: Math.min(sessionLifetime, sessionMaxDays * 86_400),
      // session.ts renews, because it knows of the longest time.
      disableSessionRefresh: true,
      freshAge: freshFor,
    },
    account: {
      modelName: 'accounts',
      fields: {
        ...stamps,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        password: 'password_hash',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: {
      modelName: 'verifications',
      fields: { ...stamps, expiresAt: 'expires_at' },
      storeIdentifier: 'hashed',
    },
    databaseHooks: {
      user: {
        create: {
          async after(user: { id: string; email: string }, context) {
            const userAgent = context?.headers?.get('user-agent')
            const ipAddress = context?.headers?.get(clientAddressHeader)
            await recordEvent(db, { userId: user.id, kind: 'signed-up', userAgent, ipAddress })
            await askForConfirmation(identity, user.email)
          },
        },
      },
      session: {
        create: {
          after: (session) => noteSignIn(db, session, identity),
          // A deactivated account answers like a wrong password.
          async before(session: { userId: string }, ctx: GenericEndpointContext | null) {
            const { rows } = await sql`
              select from users where id = ${session.userId} and not is_active`.execute(db)
            if (rows.length > 0) {
              throw new APIError('UNAUTHORIZED', {
                message: 'Invalid email or password',
                code: 'INVALID_EMAIL_OR_PASSWORD',
              })
            }
            await requireSecondStep(session.userId, ctx)
          },
        },
      },
    },
    plugins: [bearer({ requireSignature: true }), plugin, devicePlugin(baseUrl)],
    advanced: {
      cookiePrefix: 'ownlist',
      // The server refuses other sites' requests on all its routes alike, these included.
      disableCSRFCheck: true,
      useSecureCookies: baseUrl.startsWith('https:'),
      // Ids are the database's to make, so that every path makes them alike.
      database: { generateId: false as const },
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
    },
    // What it does not foresee is ours to report: it would print it on the console.
    onAPIError: { throw: true },
    // Limits are the server's own, shared by all its routes.
    rateLimit: { enabled: false },
    logger: {
      level: 'error' as const,
      log: (_level: string, message: string, ...details: unknown[]) => onError?.(message, details),
    },
  }
}

/** What the client itself claims of its address does not count. */
function withAddress(given: Headers, clientAddress: string): Headers {
  const headers = new Headers(given)
  headers.set(clientAddressHeader, clientAddress)
  return headers
}

function forwarded(url: string, { get }: Route, headers: Headers, input: unknown): Request {
  if (!get) return new Request(url, { method: 'POST', headers, body: JSON.stringify(input) })
  headers.delete('content-type')
  return new Request(`${url}?${new URLSearchParams(input as Record<string, string>).toString()}`, { headers })
}

/** Browsers say where a request comes from; other clients have no reason to. */
function fromBrowser(headers: Headers): boolean {
  return headers.has('origin') || headers.has('sec-fetch-site')
}

/** A browser has its cookie, which scripts cannot read; so scripts get no token by another way either. */
async function withoutToken(response: Response, shape?: Shape): Promise<Response> {
  const stripped = await withoutBodyToken(response, shape)
  stripped.headers.delete('set-auth-token')
  stripped.headers.delete('access-control-expose-headers')
  return stripped
}

/** The token in the body is unsigned and of no use: `set-auth-token` has the signed one. */
async function withoutBodyToken(response: Response, shape?: Shape): Promise<Response> {
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const body: unknown = await response.json().catch(() => null)
  if (body && typeof body === 'object' && 'token' in body) delete body.token
  const shaped = shape && body ? shape(body as Record<string, unknown>) : body
  return new Response(JSON.stringify(shaped), { status: response.status, headers })
}

type Shape = (body: Record<string, unknown>) => Record<string, unknown>

async function isAway(database: Database): Promise<boolean> {
  return asAuth(database)
    .selectNoFrom(sql`1`.as('one'))
    .execute()
    .then(() => false, isUnavailable)
}
