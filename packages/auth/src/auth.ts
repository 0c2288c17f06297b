import { kyselyAdapter } from '@better-auth/kysely-adapter'
import { asAuth, isUnavailable, type Database } from '@ownlist/db'
import { APIError } from 'better-auth/api'
import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import { sql } from 'kysely'
import { accounts } from './accounts.ts'
import { askForConfirmation } from './email-address.ts'
import { recordEvent } from './events.ts'
import { withHashedTokens } from './hashed-tokens.ts'
import type { Identity } from './identity.ts'
import type { Mail } from './mails.ts'
import { ownRoutes } from './own-routes.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { away, badInput, broken, refusal } from './refusals.ts'
import { openRoutes, type Route } from './requests.ts'
import { defaultMaxDays, findLivingSessions, freshFor, sessionCheck, sessionLifetime } from './session.ts'
import { noteSignIn } from './sign-in-notice.ts'

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
  onError?: (message: string, details: unknown[]) => void
}

/** The one header that better-auth reads an address from. */
const clientAddressHeader = 'x-ownlist-client-address'

/** Identity, from sign-up to the check of every request. */
export function createAuth(options: AuthOptions) {
  const { database, secret, baseUrl, now, onError, sessionMaxDays: maxDays = defaultMaxDays } = options
  const { eraseGraceDays = 14, onErasureDue = () => {} } = options
  const identity = identityOf(options)
  const auth = betterAuth(betterAuthOptions(options, identity))
  const own = ownRoutes(identity)
  const secure = baseUrl.startsWith('https:')
  const cookieName = `${secure ? '__Secure-' : ''}ownlist.session_token`

  const check = sessionCheck({ database, secret, cookieName, maxDays, ...(now && { now }) })

  return {
    accounts: accounts(database, { eraseGraceDays, onErasureDue, sendsMail: identity.send !== undefined }),
    check,
    findLivingSessions: (sessionIds: string[]) => findLivingSessions(database, sessionIds, now?.(), maxDays),

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
        return badInput(issues)
      }

      const headers = new Headers(request.headers)
      headers.delete('content-length')
      headers.set(clientAddressHeader, clientAddress)
      let response: Response
      try {
        const answer = own.get(route)
        if (answer) {
          return await answer({
            input: input.data,
            signedIn: await check(headers),
            ipAddress: clientAddress || null,
            userAgent: headers.get('user-agent')?.slice(0, 512) || null,
          })
        }
        response = await auth.handler(forwarded(request.url, open, headers, input.data))
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
export function betterAuthOptions(given: AuthOptions, identity = identityOf(given)): BetterAuthOptions {
  const { secret, baseUrl, onError, sessionMaxDays = defaultMaxDays } = given
  const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' }
  const { db, send, verifiesEmail } = identity

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
