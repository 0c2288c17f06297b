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

/** Everything here is JSON: forms, which other sites could send without asking, are not. */
export const requireJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') throw new AppError('TYPE_REFUSED')
  }
  await next()
}
