import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

/** The built web app: hashed files for ever, everything else through one page. */
export function webApp(directory: string) {
  const web = new Hono()
  const files = { root: directory, precompressed: true }

  web.get('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  web.get('/assets/*', serveStatic(files), (c) => c.notFound())
  web.get('*', async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-cache')
  })
  web.get('*', serveStatic(files))
  // Any other address is a place inside the app.
  web.get('*', serveStatic({ ...files, path: 'index.html' }))
  return web
}
