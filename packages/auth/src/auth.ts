import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { asAuth, BusyError, isUnavailable, RateLimitedError, type Database } from '@ownlist/db'
import { APIError } from 'better-auth/api'
import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { sql } from 'kysely'
import { accounts } from './accounts.ts'
import { deviceCookie } from './device.ts'
import { withHashedTokens } from './hashed-tokens.ts'
import { takesPassword, type Limits } from './limits.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { createTurns } from './turns.ts'
import { openRoutes, type Route } from './requests.ts'
import { findLivingSessions, sessionCheck, sessionLifetime, sessionRenewal } from './session.ts'

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
  /** How often passwords may be tried and mails be asked for; without them there are no limits. */
  limits?: Limits | undefined
  onError?: (message: string, details: unknown[]) => void
}

/** The one header that better-auth reads an address from. */
const clientAddressHeader = 'x-ownlist-client-address'

/** Identity, from sign-up to the check of every request. */
export function createAuth({
  database,
  secret,
  baseUrl,
  now,
  eraseGraceDays = 14,
  onErasureDue = () => {},
  limits,
  onError,
}: AuthOptions) {
  const auth = betterAuth(betterAuthOptions({ database, secret, baseUrl, onError }))
  const secure = baseUrl.startsWith('https:')
  const prefix = cookiePrefix(baseUrl)
  const deviceName = `${prefix}.device`
  const check = sessionCheck({
    database,
    secret,
    cookieName: `${prefix}.session_token`,
    ...(now && { now }),
  })

  // Fifty who sign in at once are fifty times some milliseconds of this process, besides their hashes: one after the other,
  // others get in between.
  const turns = createTurns({ atOnce: 3, mostWaiting: 100 })

  function failed(error: unknown): Response {
    const refused = refusalOf(error)
    if (refused.status === 500) onError?.('identity failed', [error])
    return refused
  }

  return {
    accounts: accounts(database, { eraseGraceDays, onErasureDue, limits }),
    check,
    findLivingSessions: (sessionIds: string[]) => findLivingSessions(database, sessionIds, now?.()),

    /**
     * Answers `/api/auth/*`: the open routes, with input checked before better-auth sees it.
     * `clientAddress` is the address of the connection; what the client claims does not count.
     */
    async handle(request: Request, clientAddress: string): Promise<Response> {
      const route = new URL(request.url).pathname.replace(/^\/api\/auth\//, '')
      const open = openRoutes.get(route)
      if (!open) return refusal(404, 'NOT_FOUND', 'There is no such route.')
      if (request.method !== 'POST') return refusal(405, 'METHOD_REFUSED', 'Use POST.', { allow: 'POST' })

      const body: unknown = await request.json().catch(() => undefined)
      if (body === undefined) return refusal(400, 'BAD_JSON', 'The request body is not valid JSON.')
      const input = open.input.safeParse(body)
      if (!input.success) {
        const issues = input.error.issues.map(({ path, message, ...issue }) => ({
          path: path.join('.'),
          message: issue.code === 'unrecognized_keys' ? 'Unknown field.' : message,
        }))
        return refusal(
          400,
          'BAD_INPUT',
          issues[0]?.message ?? 'Some of the input is not right.',
          {},
          { issues },
        )
      }

      let forgive: (() => Promise<void>) | undefined
      try {
        // What nobody will have time for is not counted as a wrong password.
        if (takesPassword(route) && turns.isBusy()) throw new BusyError('no turn left')
        forgive = await limits?.pass(route, input.data, {
          address: clientAddress,
          headers: request.headers,
          cookieName: deviceName,
          userId: async () => (await check(request.headers))?.user.id,
        })
      } catch (error) {
        return failed(error)
      }

      const headers = new Headers(request.headers)
      headers.delete('content-length')
      headers.set(clientAddressHeader, clientAddress)
      let response: Response
      try {
        const identify = () => auth.handler(forwarded(request.url, open, headers, input.data))
        response = await (takesPassword(route) ? turns.take(identify) : identify())
      } catch (error) {
        return failed(error)
      }
      if (response.status >= 500) return (await isAway(database)) ? away() : broken()
      if (response.ok) await forgive?.()
      if (!fromBrowser(request.headers)) return withoutBodyToken(response)
      const answer = await withoutToken(response)
      if (limits && response.ok && route === 'sign-in/email') {
        const { email } = input.data as { email: string }
        answer.headers.append('set-cookie', deviceCookie(deviceName, email, secret, secure))
      }
      return answer
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

/** better-auth on our tables; the drift test holds it against what better-auth wants. */
export function betterAuthOptions({
  database,
  secret,
  baseUrl,
  onError,
}: Pick<AuthOptions, 'database' | 'secret' | 'baseUrl' | 'onError'>): BetterAuthOptions {
  const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' }
  const db = asAuth(database)

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
    },
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
      expiresIn: sessionLifetime,
      updateAge: sessionRenewal,
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
    verification: { modelName: 'verifications', fields: { ...stamps, expiresAt: 'expires_at' } },
    databaseHooks: {
      session: {
        create: {
          // A deactivated account answers like a wrong password.
          async before(session: { userId: string }) {
            const { rows } = await sql`
              select from users where id = ${session.userId} and not is_active`.execute(db)
            if (rows.length > 0) {
              throw new APIError('UNAUTHORIZED', {
                message: 'Invalid email or password',
                code: 'INVALID_EMAIL_OR_PASSWORD',
              })
            }
          },
        },
      },
    },
    plugins: [bearer({ requireSignature: true })],
    advanced: {
      cookiePrefix: cookiePrefix(baseUrl),
      // The server refuses other sites' requests on all its routes alike, these included.
      disableCSRFCheck: true,
      // It would name them `__Secure-`; cookiePrefix has the stricter name already.
      useSecureCookies: false,
      defaultCookieAttributes: { secure: baseUrl.startsWith('https:') },
      // No other site's link needs the session: the page that opens asks for what it shows by itself.
      cookies: { session_token: { attributes: { sameSite: 'strict' as const } } },
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

/** Only this very host, over https, can set a cookie named `__Host-` (RFC 6265bis, 4.1.3.2). */
function cookiePrefix(baseUrl: string): string {
  return baseUrl.startsWith('https:') ? '__Host-ownlist' : 'ownlist'
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
async function withoutToken(response: Response): Promise<Response> {
  const stripped = await withoutBodyToken(response)
  stripped.headers.delete('set-auth-token')
  stripped.headers.delete('access-control-expose-headers')
  return stripped
}

/** The token in the body is unsigned and of no use: `set-auth-token` has the signed one. */
async function withoutBodyToken(response: Response): Promise<Response> {
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const body: unknown = await response.json().catch(() => null)
  if (body && typeof body === 'object' && 'token' in body) delete body.token
  return new Response(JSON.stringify(body), { status: response.status, headers })
}

async function isAway(database: Database): Promise<boolean> {
  return asAuth(database)
    .selectNoFrom(sql`1`.as('one'))
    .execute()
    .then(() => false, isUnavailable)
}

function refusalOf(error: unknown): Response {
  if (error instanceof RateLimitedError) {
    const headers = {
      'retry-after': String(error.retryAfter),
      ratelimit: `"identity";r=0;t=${error.retryAfter}`,
    }
    return refusal(429, 'RATE_LIMITED', 'Too many requests. Wait a moment and try again.', headers)
  }
  if (error instanceof BusyError) {
    const message = 'Too many people are signing in at this moment. Try again shortly.'
    return refusal(503, 'BUSY', message, { 'retry-after': '2' })
  }
  return isUnavailable(error) ? away() : broken()
}

function away(): Response {
  const message = 'The database is away for a moment. Try again shortly.'
  return refusal(503, 'DATABASE_UNAVAILABLE', message, { 'retry-after': '2' })
}

function broken(): Response {
  return refusal(500, 'INTERNAL', 'Something went wrong.')
}

function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  details: object = {},
): Response {
  return Response.json({ code, message, ...details }, { status, headers })
}
