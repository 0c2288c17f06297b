import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { asAuth, isUnavailable, type Database } from '@ownlist/db'
import { APIError } from 'better-auth/api'
import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { sql } from 'kysely'
import { accounts } from './accounts.ts'
import { withHashedTokens } from './hashed-tokens.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { openRoutes } from './requests.ts'
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
  onError,
}: AuthOptions) {
  const auth = betterAuth(betterAuthOptions({ database, secret, baseUrl, onError }))
  const secure = baseUrl.startsWith('https:')
  const cookieName = `${secure ? '__Secure-' : ''}ownlist.session_token`

  return {
    accounts: accounts(database, { eraseGraceDays, onErasureDue }),
    check: sessionCheck({ database, secret, cookieName, ...(now && { now }) }),
    findLivingSessions: (sessionIds: string[]) => findLivingSessions(database, sessionIds, now?.()),

    /**
     * Answers `/api/auth/*`: the open routes, with input checked before better-auth sees it.
     * `clientAddress` is the address of the connection; what the client claims does not count.
     */
    async handle(request: Request, clientAddress: string): Promise<Response> {
      const route = new URL(request.url).pathname.replace(/^\/api\/auth\//, '')
      const schema = openRoutes.get(route)
      if (!schema) return refusal(404, 'NOT_FOUND', 'There is no such route.')
      if (request.method !== 'POST') return refusal(405, 'METHOD_REFUSED', 'Use POST.', { allow: 'POST' })

      const body: unknown = await request.json().catch(() => undefined)
      if (body === undefined) return refusal(400, 'BAD_JSON', 'The request body is not valid JSON.')
      const input = schema.safeParse(body)
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

      const headers = new Headers(request.headers)
      headers.delete('content-length')
      headers.set(clientAddressHeader, clientAddress)
      let response: Response
      try {
        response = await auth.handler(
          new Request(request.url, { method: 'POST', headers, body: JSON.stringify(input.data) }),
        )
      } catch (error) {
        if (isUnavailable(error)) return away()
        onError?.('identity failed', [error])
        return broken()
      }
      if (response.status >= 500) return (await isAway(database)) ? away() : broken()
      return fromBrowser(request.headers) ? withoutToken(response) : withoutBodyToken(response)
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
