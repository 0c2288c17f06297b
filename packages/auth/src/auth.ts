import { asAuth, BusyError, isUnavailable, type Database } from '@ownlist/db'
import { betterAuth } from 'better-auth/minimal'
import { sql } from 'kysely'
import type { z } from 'zod'
import { accounts } from './accounts.ts'
import { fromBrowser, withoutBodyToken, withoutToken } from './answers.ts'
import { betterAuthOptions, clientAddressHeader } from './better-auth-options.ts'
import { cookiePrefix } from './cookie-names.ts'
import { deviceCookie } from './device.ts'
import { userCodes } from './devices/user-codes.ts'
import { refuse } from './guard.ts'
import { identityOf, refuseOwnWords, refuseUnproven } from './identity.ts'
import { takesPassword, type Limits } from './limits.ts'
import type { Mail } from './mails.ts'
import type { OidcProvider } from './oidc/plugin.ts'
import { oidcSignIn } from './oidc/sign-in.ts'
import { ownRoutes } from './own-routes.ts'
import { pseudonym } from './pseudonym.ts'
import { withReasons, type SignedIn, type Told } from './reasons.ts'
import { away, badInput, broken, refusal, refusalOf, unauthenticated } from './refusals.ts'
import { requestScope, type RequestScope } from './request-scope.ts'
import { openRoutes, type Route, type signUp } from './requests.ts'
import { createSemaphore } from './semaphore.ts'
import { defaultMaxDays, findLivingSessions, sessionCheck } from './session.ts'
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
  /** How often passwords may be tried and mails be asked for; without them there are no limits. */
  limits?: Limits | undefined
  /** Told of each session that begins, by which way, for the log. */
  onSignIn?: (signedIn: SignedIn) => void
  onError?: (message: string, details: unknown[], requestId?: string) => void
}

/** Identity, from sign-up to the check of every request. */
export function createAuth(options: AuthOptions) {
  return withReasons(createRoutes(options), options.secret)
}

function createRoutes(options: AuthOptions) {
  const {
    database,
    secret,
    baseUrl,
    now,
    limits,
    onError,
    sessionMaxDays: maxDays = defaultMaxDays,
  } = options
  const { eraseGraceDays = 14, onErasureDue = () => {}, oidcProviders = [] } = options
  const identity = identityOf(options)
  const own = ownRoutes(identity)
  const codes = userCodes(database)
  const secure = baseUrl.startsWith('https:')
  const prefix = cookiePrefix(baseUrl)
  const deviceName = `${prefix}.device`
  const cookieName = `${prefix}.session_token`
  const check = sessionCheck({ database, secret, cookieName, maxDays, ...(now && { now }) })
  const ofBetterAuth = betterAuthOptions(options, identity)
  const auth = betterAuth(ofBetterAuth)
  const oidc = oidcProviders.length > 0 ? oidcSignIn(ofBetterAuth, identity, oidcProviders) : undefined
  const sendsMail = identity.send !== undefined
  const owned = accounts(database, { eraseGraceDays, onErasureDue, sendsMail, limits, maxDays, identity })

  // Fifty who sign in at once are fifty times some milliseconds of this process, besides their hashes: one after the other,
  // others get in between.
  const turns = createSemaphore({ atOnce: 3, mostWaiting: 100 })

  /** No failure of what is below is told to anybody. */
  async function guarded(work: () => Promise<Response>, told: Told | undefined): Promise<Response> {
    try {
      const response = await work()
      if (response.status < 500) return response
    } catch (error) {
      const refused = refusalOf(error)
      if (refused.status === 500) onError?.('identity failed', [error], told?.requestId)
      return refused
    }
    if (await isAway(database)) return away()
    // What it is, better-auth has told by itself.
    onError?.('identity failed', [], told?.requestId)
    return broken()
  }

  /** What a route answers, once it is clear that it may. */
  async function answerOf({ route, open, input, request, who }: Asked) {
    const headers = new Headers(request.headers)
    headers.delete('content-length')
    const ownAnswer = own.get(route)
    // What confirms it is looked at here, and is nobody else's business.
    const { password, ...confirmed } = input as { password?: string }
    if (open.only === 'recentlySignedIn') {
      const signedIn = await who()
      if (signedIn?.via !== 'session') return unauthenticated()
      const unproven = await refuseUnproven(identity.db, signedIn, password)
      if (unproven) return unproven
    }
    const given = open.only === 'recentlySignedIn' ? confirmed : input
    if (ownAnswer) {
      const signedIn = await who()
      return ownAnswer({
        input: given,
        signedIn: signedIn?.via === 'session' ? signedIn : null,
        headers,
        ipAddress: headers.get(clientAddressHeader) || null,
        userAgent: headers.get('user-agent') || null,
      })
    }
    const handler = open.oidc && oidc ? oidc.handler : auth.handler
    const asked = open.userCode ? await codes.ofOwnOrNobody(given, (await who())?.user.id) : given
    const response = await handler(forwarded(request.url, open, headers, asked))
    if (response.status >= 500) return response
    const { answer } = open
    const shape = answer && ((body: Record<string, unknown>) => answer(body, { secret, baseUrl }))
    return fromBrowser(headers) ? withoutToken(response, shape) : withoutBodyToken(response, shape)
  }

  /** The same, as often as one may ask and as many at once as this server has time for. */
  async function limited(asked: Asked) {
    const { route, input, request, address, who } = asked
    const work = () => answerOf(asked)
    // What nobody will have time for is not counted as a wrong password.
    if (takesPassword(route) && turns.isBusy()) throw new BusyError('no turn left')
    const inTurn = () => (takesPassword(route) ? turns.take(work) : work())
    const asker = {
      address,
      headers: request.headers,
      cookieName: deviceName,
      userId: async () => (await who())?.user.id,
    }
    const response = await (limits ? limits.pass(route, input, asker, inTurn) : inTurn())
    if (!response.ok) return response
    if (limits && route === 'sign-in/email' && fromBrowser(request.headers)) {
      const { email } = input as { email: string }
      response.headers.append('set-cookie', deviceCookie(deviceName, email, secret, secure))
    }
    return response
  }

  /** What is asked for, where that is a route and the input right; else the refusal. */
  async function understood(request: Request): Promise<Response | Pick<Asked, 'route' | 'open' | 'input'>> {
    const route = new URL(request.url).pathname.replace(/^\/api\/auth\//, '')
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
    if (open.oidc && oidc && !oidc.knows(input.data))
      return refusal(404, 'PROVIDER_NOT_FOUND', 'There is no such provider.')
    if (route === 'sign-up/email') {
      const { password, ...owner } = input.data as z.output<typeof signUp>
      const ownWords = refuseOwnWords(password, owner, baseUrl, 'password')
      if (ownWords) return ownWords
    }
    return { route, open, input: input.data }
  }

  return {
    accounts: owned,
    check,
    findLivingSessions: (sessionIds: string[]) => findLivingSessions(database, sessionIds, now?.(), maxDays),

    /**
     * Answers `/api/auth/*`: the open routes, with input checked before better-auth sees it.
     * `address` is that of the connection; what the client claims does not count.
     * `told` names the request in the log, and takes what it was refused for.
     */
    async handle(given: Request, address: string, told?: Told): Promise<Response> {
      const headers = withAddress(given.headers, address)
      const request = new Request(given, { headers })
      const scope = { who: remembered(() => check(headers)) }
      const answer = async () => {
        await limits?.arrive(address)
        // Also where a cookie comes along: better-auth would not know the token, and take the cookie.
        if (apiTokenOf(headers) !== undefined)
          return refusal(403, 'SESSION_NEEDED', 'No API token may do this. Sign in.')
        const returned =
          oidc && request.method === 'GET' ? await oidc.callback(new URL(request.url), headers) : undefined
        if (returned) return returned
        const asked = await understood(request)
        if (asked instanceof Response) return asked
        if (asked.route === 'providers') return Response.json({ providers: identity.providers, sendsMail })
        const { email } = asked.input as { email?: unknown }
        if (told && typeof email === 'string') told.email = pseudonym('email', email, secret)
        const refused = await refuse(asked.open.only, headers, scope.who)
        return refused ?? limited({ ...asked, ...scope, request, address })
      }
      return guarded(() => requestScope.run(scope, answer), told)
    },
  }
}

/** A request that can be answered. */
interface Asked extends RequestScope {
  route: string
  open: Route
  input: unknown
  request: Request
  address: string
}

export type Auth = ReturnType<typeof createAuth>

/**
 * What the client itself claims of its address does not count. A device may call itself by a name of any length, and is told
 * apart by its beginning: it is cut here, for all that keep it.
 */
function withAddress(given: Headers, clientAddress: string): Headers {
  const headers = new Headers(given)
  headers.set(clientAddressHeader, clientAddress)
  const userAgent = headers.get('user-agent')
  if (userAgent !== null) headers.set('user-agent', userAgent.slice(0, 512))
  return headers
}

/** Works when it is first asked, and gives the same answer from then on. */
function remembered<Answer>(work: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined
  return () => (answer ??= work())
}

function forwarded(url: string, { get }: Route, headers: Headers, input: unknown): Request {
  if (!get) return new Request(url, { method: 'POST', headers, body: JSON.stringify(input) })
  headers.delete('content-type')
  return new Request(`${url}?${new URLSearchParams(input as Record<string, string>).toString()}`, { headers })
}

async function isAway(database: Database): Promise<boolean> {
  return asAuth(database)
    .selectNoFrom(sql`1`.as('one'))
    .execute()
    .then(() => false, isUnavailable)
}
