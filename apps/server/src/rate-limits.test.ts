import { expect } from 'vitest'
import { sendRaw, statusOf } from './raw.fixture.ts'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const json = { 'content-type': 'application/json' }

/** Two servers of one database behind one proxy, where little is enough to be stopped. */
const test = base.extend('servers', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const env = environment(database, {
    RATE_LIMIT_ACCOUNT: '50',
    RATE_LIMIT_ADDRESS: '150',
    RATE_LIMIT_IDENTITY: '40',
    TRUSTED_PROXIES: '127.0.0.0/8',
  })
  const servers = [await startServer(env), await startServer(env)]
  onCleanup(async () => {
    await Promise.all(servers.map((server) => server.close()))
  })
  return servers.map(({ url }) => url)
})

test('an account has its budget at all servers together, whatever its addresses, and says when there is more', async ({
  servers,
  openSession,
}) => {
  const [ada, eve] = [await openSession(), await openSession()]
  const ask = (authorization: string, n: number) =>
    fetch(`${servers[n % 2]}/api/trpc/account.me`, {
      method: 'POST',
      headers: { ...json, authorization, 'x-forwarded-for': `203.0.113.${n}` },
      body: '{}',
    })
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(ada.authorization, n)))
  const passed = answers.filter(({ status }) => status === 200)
  // 100 at once, 5 at each server that are not counted, and what came back while the test ran.
  expect(passed.length).toBeGreaterThanOrEqual(90)
  expect(passed.length).toBeLessThanOrEqual(125)
  const refused = answers.find(({ status }) => status === 429)
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
  expect(refused?.headers.get('ratelimit-policy')).toBe('"account";q=100;w=120')
  expect(refused?.headers.get('ratelimit')).toMatch(/^"account";r=0;t=\d+$/)
  expect(await refused?.json()).toMatchObject({
    error: { data: { reason: 'RATE_LIMITED', httpStatus: 429 } },
  })
  const hers = await ask(eve.authorization, 1)
  expect(hers.status).toBe(200)
  expect(hers.headers.get('ratelimit-policy')).toBe('"account";q=100;w=120')
  expect(hers.headers.get('ratelimit')).toMatch(/^"account";r=\d+;t=\d+$/)
})

test('a batch counts as its calls', async ({ servers, openSession }) => {
  const { authorization } = await openSession()
  const names = Array.from({ length: 20 }, () => 'account.me').join(',')
  const statuses = []
  for (let n = 0; n < 12; n++) {
    const { status } = await fetch(`${servers[0]}/api/trpc/${names}?batch=1`, {
      method: 'POST',
      headers: { ...json, authorization, 'x-forwarded-for': `2001:db8:${n}::1` },
      body: '{}',
    })
    statuses.push(status)
  }
  expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(6)
  expect(statuses.at(-1)).toBe(429)
})

test('an address has one budget for every path and every spelling of it, at all servers', async ({
  servers,
}) => {
  const from = '198.51.100.5'
  const send = async (line: string, n: number, forwarded = from) =>
    statusOf(
      await sendRaw(
        servers[n % 2] ?? '',
        `${line} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: ${forwarded}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
      ),
    )
  const paths = [
    '/api/trpc/account.me',
    '/api/auth/sign-in/email',
    '/api/account/export',
    '/api/erasures/x',
    '/api/nothing',
    '/api',
  ]
  const first = await Promise.all(
    Array.from({ length: 360 }, (_, n) => send(`POST ${paths[n % paths.length]}`, n)),
  )
  const passed = first.filter((status) => status !== 429).length
  expect(passed).toBeGreaterThanOrEqual(280)
  expect(passed).toBeLessThanOrEqual(345)
  for (const spelling of [
    ...paths,
    '//api/trpc/account.me',
    '/api//trpc/account.me',
    '/api/trpc/account.me/',
    '/api/trpc/account%2eme',
    '/api/%74rpc/account.me',
    '/%61pi/trpc/account.me',
    '/API/trpc/account.me',
    '/api/AUTH/sign-in/email',
    '/api/auth/sign-in/email/',
    '/api/auth/sign-in%2Femail',
    '/api/auth//sign-in/email',
    '/api/auth/./sign-in/email',
    '/api/trpc/../auth/sign-in/email',
    '/x/../api/auth/sign-in/email',
    '/api/auth\\sign-in\\email',
    '/api;x/auth/sign-in/email',
    'http://x/api/auth/sign-in/email',
  ]) {
    expect([400, 404, 429], spelling).toContain(await send(`POST ${spelling}`, 1))
  }
  // It is the last entry of the proxy's that counts; somebody else is not stopped.
  expect(await send('POST /api/trpc/account.me', 0, `203.0.113.77, ${from}`)).toBe(429)
  expect(await send('POST /api/trpc/account.me', 0, `${from}, 203.0.113.77`)).toBe(401)
  const { status, headers } = await fetch(`${servers[0]}/api/trpc/account.me`, {
    headers: { 'x-forwarded-for': from },
  })
  expect(status).toBe(429)
  expect(headers.get('retry-after')).toMatch(/^\d+$/)
  expect(headers.get('ratelimit-policy')).toBe('"address";q=300;w=120')
  expect(headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/)
  expect(headers.get('cache-control')).toBe('no-store')
})

test('sign-ins are limited by the client’s address, which the proxy tells', async ({ servers }) => {
  const signIn = async (n: number, from: string) => {
    const response = await fetch(`${servers[n % 2]}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { ...json, 'x-forwarded-for': from },
      body: JSON.stringify({ email: 'nobody@example.org', password: 'wrong password' }),
    })
    return { status: response.status, headers: response.headers }
  }
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => signIn(n, '203.0.113.200')))
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  const { headers } = answers.find(({ status }) => status === 429) ?? {}
  expect(headers?.get('ratelimit')).toMatch(/^"identity";r=0;t=\d+$/)
  expect(headers?.get('ratelimit-policy')).toBe('"identity";q=5;w=900')
  expect(headers?.get('retry-after')).toMatch(/^\d+$/)
  expect(headers?.get('cache-control')).toBe('no-store')
  expect((await signIn(0, '203.0.113.201')).status).toBe(401)
})
