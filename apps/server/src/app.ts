import type { HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import {
  appRouter,
  AppError,
  asAppError,
  createTurns,
  reasons,
  type Context,
  type LiveUpdates,
  type Reason,
} from '@ownlist/api'
import type { Auth, Told } from '@ownlist/auth'
import type { Database } from '@ownlist/db'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { Hono, type Context as HonoContext } from 'hono'
import { randomUUID } from 'node:crypto'
import { accountRoutes } from './account-routes.ts'
import { compress, encodingFor, mayBeLong } from './compression.ts'
import {
  limitBody,
  refuseForeignReaders,
  refuseForeignSites,
  requireJson,
  requirePlainTarget,
} from './guards.ts'
import { callsIn, limitHeaders, tellLimit, type ServerLimits } from './limits.ts'
import type { Budgets } from './budgets.ts'
import { createLiveStreams } from './live-streams.ts'
import { refusalFor, type RefusedRequest } from './refusal-log.ts'
import { securityHeaders } from './security-headers.ts'
import { webApp } from './web.ts'

export interface AppOptions {
  database: Database
  auth: Auth
  live: LiveUpdates
  limits: ServerLimits
  /** Whether the database answers and has every migration; asked by anybody, as often as they like. */
  isReady: () => Promise<boolean>
  baseUrl: string
  /** The built web app; without it only the interface is served. */
  webDir: string | undefined
  /** Milliseconds after which a silent stream of events says that it lives. */
  silentFor?: number | undefined
  /** Pages that only a server in development has. */
  developmentPages?: Hono | undefined
  now?: () => Date
  onUnexpected: (error: unknown, details: { requestId: string; path: string | undefined }) => void
  /** Told of each request that was refused. */
  onRefused?: (refused: RefusedRequest) => void
}

export interface AppEnv {
  Bindings: HttpBindings
  Variables: {
    requestId: string
    /** Where the client is, as far as trusted proxies tell. */
    address: string
    /** The last limit that the request met. */
    limit: { budgets: Budgets; of: string } | undefined
    /** What is known of it, should it be refused. */
    told: Told
  }
}

const largestBody = 1024 * 1024
const largestBatch = 20

/** The HTTP application: what each path answers, and what is refused before it gets there. */
export function createApp({
  database,
  auth,
  live,
  limits,
  isReady,
  baseUrl,
  webDir,
  silentFor,
  developmentPages,
  now,
  onUnexpected,
  onRefused = () => {},
}: AppOptions) {
  const app = new Hono<AppEnv>()
  const headersOf = securityHeaders(baseUrl)

  app.use(async (c, next) => {
    // Ours, whatever the client calls its request: it stands in the log.
    const requestId = randomUUID()
    c.set('requestId', requestId)
    c.set('told', { requestId, reasons: [] })
    await next()
    const refused = refusalFor(c)
    if (refused) onRefused(refused)
    const { headers } = c.res
    headers.set('x-request-id', c.get('requestId'))
    const isPage = !c.req.path.startsWith('/api')
    for (const [name, value] of isPage ? headersOf.page : headersOf.data) headers.set(name, value)
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  }, requirePlainTarget)

  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', async (c) =>
    (await isReady()) ? c.json({ status: 'ok' }) : c.json({ status: 'unavailable' }, 503),
  )

  app.use(
    '/api/*',
    // Around the limits: who is stopped by one is told as well.
    async (c, next) => {
      await next()
      c.res.headers.set('cache-control', 'no-store')
      tellLimit(c)
    },
    async (c, next) => {
      const address = limits.addressOf(getConnInfo(c).remote.address ?? '', c.req.raw.headers)
      c.set('address', address)
      // Before anything is read or asked.
      await limits.address(c, address, callsIn(c.req.path))
      await next()
    },
    refuseForeignSites(baseUrl),
    requireJson,
    limitBody(largestBody),
  )

  app.all('/api/auth/*', async (c) => {
    const { raw, path } = c.req
    const leaving = path === '/api/auth/sign-out' ? await auth.check(raw.headers).catch(() => null) : null
    const response = await auth.handle(raw, c.get('address'), c.get('told'))
    if (leaving) live.sessionsEnded(leaving.user.id)
    return response
  })

  const contextOf = (headers: Headers, requestId: string, signedIn: Context['signedIn']): Context => ({
    database,
    accounts: auth.accounts,
    signedIn,
    client: clientName(headers),
    live,
    requestId,
    now: now ?? (() => new Date()),
    onUnexpected: (error, path) => onUnexpected(error, { requestId, path }),
  })

  app.use('/api/trpc/*', refuseForeignReaders(baseUrl))

  const streams = createLiveStreams({ silentFor })
  app.all('/api/trpc/sync.changes', (c) =>
    streams.answer(c.req.raw, c.env.outgoing, {
      headers: () => [...headersOf.data, ['x-request-id', c.get('requestId')], ...limitHeaders(c)],
      async signIn() {
        const { headers } = c.req.raw
        const signedIn = await auth.check(headers)
        if (signedIn) await limits.account(c, signedIn.user.id, 1)
        return contextOf(headers, c.get('requestId'), signedIn)
      },
    }),
  )

  app.all('/api/trpc/*', async (c) => {
    const requestId = c.get('requestId')
    // Out here a failure is reported like any other; inside createContext tRPC would keep it to itself.
    const signedIn = meantFor(c.req.raw.headers, await auth.check(c.req.raw.headers))
    c.get('told').account = signedIn ? auth.accountInLog(signedIn.user.id) : undefined
    if (signedIn) await limits.account(c, signedIn.user.id, callsIn(c.req.path))
    const encoding = encodingFor(c.req.header('accept-encoding'))
    let long = false
    const response = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: c.req.raw,
      router: appRouter,
      maxBatchSize: largestBatch,
      // Queries may come by POST: what people search for belongs into no URL and no log.
      allowMethodOverride: true,
      createContext: async ({ info }) => ({
        ...contextOf(c.req.raw.headers, requestId, signedIn),
        turns: info.calls.length > 1 ? createTurns({ database, live }) : undefined,
      }),
      responseMeta({ errors, data }) {
        long = encoding !== undefined && mayBeLong(data)
        const failures = errors.map(asAppError)
        c.get('told').reasons.push(...failures.map(({ reason }) => reason))
        const pauses = failures.flatMap((failure) => pauseAfter(failure) ?? [])
        return pauses.length > 0 ? { headers: { 'retry-after': String(Math.max(...pauses)) } } : {}
      },
    })
    return encoding !== undefined && long ? compress(response, encoding) : response
  })

  app.route('/', accountRoutes({ database, auth, limits, baseUrl, now }))

  app.all('/api/*', () => {
    throw new AppError('PROCEDURE_NOT_FOUND')
  })

  if (developmentPages) app.route('/', developmentPages)
  if (webDir !== undefined) app.route('/', webApp(webDir))

  app.onError((error, c) => {
    const failure = asAppError(error)
    c.get('told').reasons.push(failure.reason)
    const requestId = c.get('requestId')
    if (failure.reason === 'INTERNAL') onUnexpected(error, { requestId, path: c.req.path })
    return refusal(c, failure)
  })
  app.notFound((c) => c.json({ error: { message: 'There is nothing here.' } }, 404))

  return app
}

/** What a client calls itself, such as `web`: printable, and no longer than the log keeps. */
function clientName(headers: Headers): string | undefined {
  const name = headers.get('ownlist-client') ?? ''
  return /^[\x20-\x7e]{1,64}$/.test(name) ? name : undefined
}

/**
 * A client that keeps tasks and changes of a user says who that is. Where somebody else has signed in in the same browser
 * meanwhile, nobody is: neither may see or become what is the other's.
 */
function meantFor(headers: Headers, signedIn: Context['signedIn']): Context['signedIn'] {
  const user = headers.get('ownlist-user')
  return user === null || user === signedIn?.user.id ? signedIn : null
}

/** Whole seconds after which a failure that passes is worth another try. */
function pauseAfter({ code, retryAfter }: AppError): number | undefined {
  return retryAfter ?? (code === 'SERVICE_UNAVAILABLE' ? 2 : undefined)
}

/** The shape that tRPC's errors have too, so clients read one. */
function refusal(c: HonoContext<AppEnv>, failure: AppError) {
  const httpStatus = getHTTPStatusCodeFromError(failure)
  const reason: Reason = failure.reason
  const data = { reason, httpStatus, requestId: c.get('requestId') }
  const pause = pauseAfter(failure)
  const headers = {
    ...(pause !== undefined && { 'retry-after': String(pause) }),
    ...(httpStatus === 405 && { allow: 'GET, HEAD, POST' }),
  }
  return Response.json(
    { error: { code: TRPC_ERROR_CODES_BY_KEY[failure.code], message: reasons[reason][1], data } },
    { status: httpStatus, headers },
  )
}
