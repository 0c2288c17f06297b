import { AppError } from '@ownlist/api'
import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app.ts'

/**
 * One spelling for each path, and three methods. Whatever else a proxy, a limit and a router might take for the same path, or
 * for another one, is not there: double slashes, dots, backslashes, escaped separators; under /api every escape, another
 * case, a slash at the end. The request target is taken as it came: a URL has been tidied up already.
 */
export const requirePlainTarget: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { url: target = '', method } = c.env.incoming
  const [path = ''] = target.split('?', 1)
  if (!path.startsWith('/') || oddPath.test(path)) throw new AppError('PROCEDURE_NOT_FOUND')
  if (isInterface(path) && !plainPath.test(path)) throw new AppError('PROCEDURE_NOT_FOUND')
  if (method !== 'GET' && method !== 'POST' && method !== 'HEAD') throw new AppError('METHOD_REFUSED')
  await next()
}

const oddPath = /\/\/|\\|\/\.{1,2}(\/|$)|%(2e|2f|5c|25|00)/i
const plainPath = /^\/api(\/[\w.,~-]+)*$/

function isInterface(path: string): boolean {
  if (!path.includes('%')) return /^\/api(\/|$)/i.test(path)
  try {
    return /^\/api(\/|$)/i.test(decodeURIComponent(path))
  } catch {
    return true
  }
}

/**
 * A page of another site must not act in the user's name (OWASP: Cross-Site Request Forgery). Browsers tell where a
 * request comes from, every one of them by `Origin` for whatever is no GET. So a cookie of ours without a word of where
 * it comes from is no browser's, and programs have tokens: it is refused.
 */
export function refuseForeignSites(baseUrl: string): MiddlewareHandler {
  const isOwn = ownOrigins(baseUrl)

  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const origin = c.req.header('origin')
      const site = c.req.header('sec-fetch-site')
      const foreignOrigin = origin !== undefined && !isOwn(origin, c.req.url)
      const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
      const silent = origin === undefined && site === undefined
      if (foreignOrigin || foreignSite || (silent && hasOwnCookie(c.req.header('cookie'))))
        throw new AppError('ORIGIN_REFUSED')
    }
    await next()
  }
}

/**
 * The same for what is read and costs something, or could be told by its size or time: a page of another site may not make
 * a browser fetch it, which would send the user's cookie along.
 */
export function refuseForeignReaders(baseUrl: string): MiddlewareHandler {
  const isOwn = ownOrigins(baseUrl)

  return async (c, next) => {
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site') ?? 'none'
    const foreign = origin !== undefined && !isOwn(origin, c.req.url)
    if (foreign || !['same-origin', 'none'].includes(site)) throw new AppError('ORIGIN_REFUSED')
    await next()
  }
}

/**
 * Over plain http the server may have several names, as on a machine of one's own; over https it has the one of BASE_URL. (There
 * the request's own URL says http, behind a proxy, and that origin is whoever sits in the middle of the network.)
 */
function ownOrigins(baseUrl: string): (origin: string, url: string) => boolean {
  const own = new URL(baseUrl).origin
  if (own.startsWith('https:')) return (origin) => origin === own
  return (origin, url) => origin === own || origin === new URL(url).origin
}

function hasOwnCookie(cookies: string | undefined): boolean {
  return cookies !== undefined && /(^|;)\s*(__Host-)?ownlist\./.test(cookies)
}

/**
 * Everything here is JSON in UTF-8 (RFC 8259, 8.1): forms, which other sites could send without asking, are not, and what is
 * compressed could be longer than it looks. What has no body needs no type, but may have no other one either.
 */
export const requireJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type')
  const hasBody = c.req.method !== 'GET' && c.req.method !== 'HEAD'
  if (type === undefined ? hasBody : !jsonType.test(type)) throw new AppError('TYPE_REFUSED')
  // Node takes any transfer coding for none but the chunks (RFC 9112, 6.1).
  const coding = c.req.header('transfer-encoding')?.trim().toLowerCase() ?? 'chunked'
  if (coding !== 'chunked' || (c.req.header('content-encoding') ?? 'identity') !== 'identity')
    throw new AppError('TYPE_REFUSED')
  await next()
}

const jsonType = /^\s*application\/json\s*(;\s*charset\s*=\s*("utf-?8"|utf-?8)\s*)?;?\s*$/i

/**
 * Refuses bodies larger than `largest` bytes, before or while they are read. (Hono's own limit makes
 * a new Request of the old one, which fails where a length was not told.)
 */
export function limitBody(largest: number): MiddlewareHandler {
  return async (c, next) => {
    const { raw } = c.req
    const told = c.req.header('content-length')
    if (Number(told ?? 0) > largest) throw new AppError('BODY_TOO_LARGE')
    // Asking for the body makes a whole Request of a light one, so those without any are not asked.
    if (told === undefined && raw.method !== 'GET' && raw.method !== 'HEAD' && raw.body) {
      const { url, method, headers, signal } = raw
      const body = await readAtMost(largest, raw.body)
      c.req.raw = new Request(url, { method, headers, signal, body })
    }
    await next()
  }
}

async function readAtMost(
  largest: number,
  stream: ReadableStream<Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.length
    // Leaving the loop ends the stream, so the rest is not even received.
    if (length > largest) throw new AppError('BODY_TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
