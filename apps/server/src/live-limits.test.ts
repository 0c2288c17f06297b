import { expect, onTestFinished } from 'vitest'
import { openStream } from './live.fixture.ts'
import { securityHeaders } from './security-headers.ts'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const baseUrl = 'https://tasks.example.org'

/** A server that browsers reach over https, where little is enough to be stopped. */
const test = base.extend('url', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const env = environment(database, { BASE_URL: baseUrl, RATE_LIMIT_ACCOUNT: '40', PORT: '39461' })
  const server = await startServer(env)
  onCleanup(() => server.close())
  return 'http://127.0.0.1:39461'
})

async function open(url: string, authorization: string | undefined) {
  const stream = await openStream(url, authorization)
  onTestFinished(() => stream.cut())
  return stream
}

test('a stream has the headers of every other answer', async ({ url, openSession }) => {
  const { authorization } = await openSession()
  const stream = await open(url, authorization)
  const { headers } = stream
  for (const [name, value] of securityHeaders(baseUrl).data) expect(headers.get(name), name).toBe(value)
  expect(headers.get('strict-transport-security')).toContain('max-age')
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(headers.get('cache-control')).toBe('no-store, no-transform')
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers.get('ratelimit-policy')).toBe('"account";q=80;w=120')
  expect(headers.get('ratelimit')).toMatch(/^"account";r=\d+;t=\d+$/)
  expect((await stream.nextOfAll())?.event).toBe('connected')
  const strangers = await open(url, undefined)
  expect(strangers.headers.get('ratelimit-policy')).toMatch(/^"address"/)
  expect((await strangers.next())?.data).toContain('UNAUTHENTICATED')
})

test('fifty streams of one account at once are enough, and one that ends makes room', async ({
  url,
  openSession,
}) => {
  const [ada, eve] = [await openSession(), await openSession()]
  const streams = []
  for (let nth = 0; nth < 50; nth++) streams.push(await open(url, ada.authorization))
  expect(streams.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200))
  const refused = await fetch(`${url}/api/trpc/sync.changes`, {
    headers: { authorization: ada.authorization },
  })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
  expect(await refused.json()).toMatchObject({ error: { data: { reason: 'RATE_LIMITED' } } })
  expect((await open(url, eve.authorization)).status).toBe(200)
  streams[0]?.cut()
  const again = async () => (await open(url, ada.authorization)).status
  await expect.poll(again, { interval: 200 }).toBe(200)
})

test('a stream is a call of its account, which may have none left', async ({ url, openSession }) => {
  const { authorization } = await openSession()
  const headers = { authorization }
  let status = 200
  for (let call = 0; call < 150 && status === 200; call++)
    ({ status } = await fetch(`${url}/api/trpc/account.me?input={}`, { headers }))
  expect(status).toBe(429)
  const refused = await fetch(`${url}/api/trpc/sync.changes`, { headers })
  expect(refused.status).toBe(429)
  expect(refused.headers.get('ratelimit-policy')).toBe('"account";q=80;w=120')
  expect(refused.headers.get('ratelimit')).toMatch(/^"account";r=0;t=\d+$/)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(refused.headers.get('content-type')).toBe('application/json')
})
