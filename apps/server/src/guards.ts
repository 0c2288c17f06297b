import { AppError } from '@ownlist/api'
import type { MiddlewareHandler } from 'hono'

/**
 * A page of another site must not act in the user's name (OWASP: Cross-Site Request Forgery). Browsers
 * tell where a request comes from; clients that are no browsers tell nothing and send no cookies unasked.
 */
export function refuseForeignSites(baseUrl: string): MiddlewareHandler {
  const own = new URL(baseUrl).origin

  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const origin = c.req.header('origin')
      const site = c.req.header('sec-fetch-site')
      const foreignOrigin = origin !== undefined && origin !== own && origin !== new URL(c.req.url).origin
      const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
      if (foreignOrigin || foreignSite) throw new AppError('ORIGIN_REFUSED')
    }
    await next()
  }
}

/**
 * The same for what is read and costs something: a page of another site may not make a browser fetch it, which
 * would send the user's cookie along.
 */
export function refuseForeignReaders(baseUrl: string): MiddlewareHandler {
  const own = new URL(baseUrl).origin

  return async (c, next) => {
    const origin = c.req.header('origin')
    const site = c.req.header('sec-fetch-site') ?? 'none'
    const foreign = origin !== undefined && origin !== own && origin !== new URL(c.req.url).origin
    if (foreign || !['same-origin', 'none'].includes(site)) throw new AppError('ORIGIN_REFUSED')
    await next()
  }
}

/** Everything here is JSON: forms, which other sites could send without asking, are not. */
export const requireJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') throw new AppError('TYPE_REFUSED')
  }
  await next()
}

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
