import { kyselyAdapter } from '@better-auth/kysely-adapter'
import type { BetterAuthOptions } from 'better-auth/minimal'
import { bearer } from 'better-auth/plugins/bearer'
import type { AuthOptions } from './auth.ts'
import { cookiePrefix } from './cookie-names.ts'
import { devicePlugin } from './devices/plugin.ts'
import { askForConfirmation } from './email-address.ts'
import { withEvenLookups } from './even-lookups.ts'
import { recordEvent } from './events.ts'
import { factors } from './factors/plugin.ts'
import { withHashedTokens } from './hashed-tokens.ts'
import { identityOf } from './identity.ts'
import { hashPassword, verifyPassword } from './password.ts'
import { requestScope } from './request-scope.ts'
import { defaultMaxDays, freshFor } from './session.ts'
import { sessionHooks } from './session-hooks.ts'

/** The one header that better-auth reads an address from. */
export const clientAddressHeader = 'x-ownlist-client-address'

/** better-auth on our tables; the drift test holds it against what better-auth wants. */
export function betterAuthOptions(options: AuthOptions, identity = identityOf(options)): BetterAuthOptions {
  const { secret, baseUrl, onError, sessionMaxDays = defaultMaxDays } = options
  const stamps = { createdAt: 'created_at', updatedAt: 'updated_at' }
  const { db, send, verifiesEmail } = identity
  const addressHeader = clientAddressHeader
  const { plugin, requireSecondStep } = factors({ identity, addressHeader, onError })

  return {
    secret,
    baseURL: baseUrl,
    basePath: '/api/auth',
    telemetry: { enabled: false },
    database: (given: BetterAuthOptions) =>
      withEvenLookups(withHashedTokens(kyselyAdapter(db, { type: 'postgres', transaction: true })(given))),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 8,
      // It counts UTF-16 units; requests.ts has counted code points before, at most 128.
      maxPasswordLength: 256,
      password: {
        hash: hashPassword,
        async verify(given: { hash: string; password: string }) {
          const isRight = await verifyPassword(given)
          const scope = requestScope.getStore()
          if (isRight && scope) scope.knownHash = given.hash
          return isRight
        },
      },
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
      // How long browsers keep the cookie; when the session ends, its row says.
      expiresIn: sessionMaxDays * 86_400,
      additionalFields: {
        beganAt: {
          type: 'date' as const,
          fieldName: 'began_at',
          required: false,
          input: false,
          returned: false,
        },
      },
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
      session: { create: sessionHooks(options, identity, requireSecondStep) },
    },
    plugins: [bearer({ requireSignature: true }), plugin, devicePlugin(identity, addressHeader)],
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
