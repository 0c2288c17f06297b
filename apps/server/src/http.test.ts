import { readFileSync } from 'node:fs'
import { connect as openSocket } from 'node:net'
import { join } from 'node:path'
import { expect } from 'vitest'
import { listen } from './listen.ts'
import { sendRaw, statusOf } from './raw.fixture.ts'
import { securityHeaders } from './security-headers.ts'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const create = '/api/trpc/tasks.create'

const test = base
  .extend('send', { scope: 'file' }, ({ server }) => {
    /** A request as written, with a body whose length is told unless the headers say otherwise. */
    return (line: string, headers: string[] = [], body = '{"title":"x"}') => {
      const told = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header))
      return sendRaw(
        server.url,
        [
          `${line} HTTP/1.1`,
          'host: 127.0.0.1',
          'connection: close',
          ...(told || body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
          ...headers,
          '',
          body,
        ].join('\r\n'),
      )
    }
  })
  .extend('titles', ({ call }) => async (authorization: string) => {
    const { body } = await call('tasks.list', {}, { authorization })
    const { items } = (body.result?.data ?? {}) as { items?: { title: string }[] }
    return items?.map(({ title }) => title)
  })

const json = 'content-type: application/json'

test('a cookie without a word of where the request comes from changes nothing', async ({
  send,
  openSession,
  server,
  titles,
}) => {
  const { authorization } = await openSession()
  const signed = encodeURIComponent(authorization.slice('Bearer '.length))
  const cookie = `cookie: theme=dark; ownlist.session_token=${signed}`
  for (const headers of [
    [],
    ['origin: null'],
    ['origin: https://evil.example'],
    ['origin:'],
    ['sec-fetch-site: cross-site'],
    ['sec-fetch-site: same-site'],
    [`origin: ${server.url}`, 'sec-fetch-site: cross-site'],
    ['referer: ' + server.url],
  ]) {
    const answer = await send(`POST ${create}`, [json, cookie, ...headers])
    expect(answer, String(headers)).toContain('ORIGIN_REFUSED')
    expect(statusOf(answer)).toBe(403)
    expect(statusOf(await send('POST /api/auth/sign-out', [json, cookie, ...headers], '{}'))).toBe(403)
  }
  expect(await titles(authorization)).toEqual([])
  for (const headers of [[`origin: ${server.url}`], ['sec-fetch-site: same-origin']]) {
    expect(statusOf(await send(`POST ${create}`, [json, cookie, ...headers]))).toBe(200)
  }
  // What is no cookie of ours gives no rights, and a token is nothing that a browser sends by itself.
  expect(
    statusOf(await send(`POST ${create}`, [json, 'cookie: theme=dark', `authorization: ${authorization}`])),
  ).toBe(200)
})

test('another site may not make a browser read either', async ({ send, openSession }) => {
  const { authorization } = await openSession()
  for (const site of ['cross-site', 'same-site']) {
    const answer = await send(
      'GET /api/trpc/account.me?input=%7B%7D',
      [`authorization: ${authorization}`, `sec-fetch-site: ${site}`],
      '',
    )
    expect(statusOf(answer)).toBe(403)
  }
})

test('over https only the address that people use is our own origin', async ({ database, openSession }) => {
  const { authorization } = await openSession()
  const server = await startServer(
    environment(database, { PORT: '0', BASE_URL: 'https://tasks.example.org' }),
  )
  await server.close()
  // The guard itself, since the server's own address is not told where BASE_URL is given.
  const { refuseForeignSites } = await import('./guards.ts')
  const { Hono } = await import('hono')
  const app = new Hono()
  app.use(refuseForeignSites('https://tasks.example.org'))
  app.onError((_, c) => c.text('', 403))
  app.post('/x', (c) => c.text('done'))
  const post = async (origin: string) =>
    (await app.request('http://tasks.example.org/x', { method: 'POST', headers: { origin, authorization } }))
      .status
  expect(await post('https://tasks.example.org')).toBe(200)
  expect(await post('http://tasks.example.org')).toBe(403)
  expect(await post('https://tasks.example.org:8443')).toBe(403)
})

test('JSON is taken in UTF-8, uncompressed, and by no other name', async ({ send, openSession, titles }) => {
  const { authorization } = await openSession()
  const post = async (...headers: string[]) =>
    statusOf(await send(`POST ${create}`, [`authorization: ${authorization}`, ...headers]))
  for (const type of [
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json, text/plain',
    'application/json; boundary=x',
    'application/json5',
    'text/plain; application/json',
    'multipart/form-data; boundary=application/json',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
  ]) {
    expect(await post(`content-type: ${type}`), type).toBe(415)
  }
  for (const encoding of ['gzip', 'br', 'deflate', 'identity, gzip'])
    expect(await post(json, `content-encoding: ${encoding}`), encoding).toBe(415)
  expect(await titles(authorization)).toEqual([])
  for (const type of [
    'application/json',
    'Application/JSON;charset=UTF-8',
    'application/json ; charset="utf-8"',
    'application/json;',
  ]) {
    expect(await post(`content-type: ${type}`), type).toBe(200)
  }
})

test('CVE-2025-68130: a form changes no prototype, whatever its fields are called', async ({
  send,
  openSession,
}) => {
  const { authorization } = await openSession()
  const form = ['__proto__[polluted]', 'constructor[prototype][polluted]', '__proto__.polluted']
    .map((name) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\nyes\r\n`)
    .join('')
  const type = 'content-type: multipart/form-data; boundary=x'
  for (const line of [`POST ${create}`, 'POST /api/trpc/account.me', 'GET /api/trpc/account.me']) {
    const answer = await send(line, [type, `authorization: ${authorization}`], `${form}--x--\r\n`)
    expect(statusOf(answer), line).toBe(415)
  }
  const text = '{"title":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
  expect(statusOf(await send(`POST ${create}`, [json, `authorization: ${authorization}`], text))).toBe(400)
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('CVE-2025-43855: connection parameters that are none stop no server', async ({
  send,
  openSession,
  server,
}) => {
  const { authorization } = await openSession()
  const auth = `authorization: ${authorization}`
  for (const value of [
    'null',
    '%7B',
    '1',
    '%22x%22',
    '%5B%5D',
    '%7B%22a%22%3A1%7D',
    '%7B%22a%22%3Anull%7D',
    '',
  ]) {
    for (const path of ['account.me', 'sync.changes']) {
      const socket = openSocket(Number(new URL(server.url).port), '127.0.0.1')
      const first = new Promise<string>((resolve, reject) => {
        socket.once('data', (data) => resolve(data.toString()))
        socket.once('error', reject)
      })
      socket.write(`GET /api/trpc/${path}?connectionParams=${value} HTTP/1.1\r\nhost: x\r\n${auth}\r\n\r\n`)
      const status = statusOf(await first)
      socket.destroy()
      expect(status, `${path} ${value}`).toBeGreaterThanOrEqual(200)
      expect(status, `${path} ${value}`).toBeLessThan(500)
    }
  }
  expect(statusOf(await send('GET /health', [], ''))).toBe(200)
})

test('a body in chunks is as limited as another, and one that tells two lengths is none', async ({
  send,
  openSession,
  titles,
}) => {
  const { authorization } = await openSession()
  const auth = `authorization: ${authorization}`
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
  const chunked = 'transfer-encoding: chunked'
  const small = chunk('{"title":') + chunk('"in chunks"}') + '0\r\n\r\n'
  expect(statusOf(await send(`POST ${create}`, [json, auth, chunked], small))).toBe(200)
  const long = chunk('{"title":"x"}') + chunk(' '.repeat(65_536)).repeat(17) + '0\r\n\r\n'
  for (const headers of [[chunked], ['transfer-encoding: Chunked'], [chunked, 'expect: 100-continue']]) {
    const answer = await send(`POST ${create}`, [json, auth, ...headers], long)
    expect(answer, headers.join()).toContain('BODY_TOO_LARGE')
  }
  for (const headers of [
    [chunked, 'content-length: 5'],
    ['content-length: 13', 'content-length: 14'],
    ['content-length: -1'],
    ['content-length: 0x10'],
    ['content-length: 13, 13'],
    ['transfer-encoding: gzip'],
    ['transfer-encoding: gzip, chunked'],
    ['transfer-encoding: xchunked'],
  ]) {
    const status = statusOf(await send(`POST ${create}`, [json, auth, ...headers], small))
    expect(status, headers.join()).toBeGreaterThanOrEqual(400)
    expect(status, headers.join()).toBeLessThan(500)
  }
  expect(await titles(authorization)).toEqual(['in chunks'])
})

test('methods other than GET, HEAD and POST are refused, on every path', async ({ send }) => {
  for (const path of ['/', '/health', '/api/trpc/account.me', '/api/auth/sign-out', '/api/account/export']) {
    for (const method of ['OPTIONS', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'PROPFIND', 'BREW']) {
      const answer = await send(`${method} ${path}`, [json, 'origin: https://evil.example'], '')
      // CONNECT has no answer at all, and what Node does not know is bad to it.
      if (answer !== '') expect([400, 404, 405], `${method} ${path}`).toContain(statusOf(answer))
      expect(answer.toLowerCase()).not.toContain('access-control')
    }
  }
  expect(await send('DELETE /health', [], '')).toMatch(/\r\nallow: GET, HEAD, POST\r\n/i)
})

test('headers have room enough and not more', async ({ send }) => {
  expect(statusOf(await send('GET /health', [`x-long: ${'x'.repeat(15_000)}`], ''))).toBe(200)
  expect(statusOf(await send('GET /health', [`x-long: ${'x'.repeat(17_000)}`], ''))).toBe(431)
  expect(statusOf(await send(`GET /health?${'x'.repeat(17_000)}`, [], ''))).toBe(431)
  expect(statusOf(await send('GET /health', ['host: other'], ''))).toBeLessThan(500)
})

test('a client that takes its time is let go, before and within its request', async () => {
  const server = await listen(
    { HOST: '127.0.0.1', PORT: 0 },
    { headersTimeout: 200, requestTimeout: 400, connectionsCheckingInterval: 50 },
  )
  server.answer(async (request) => new Response(await request.text()))
  try {
    const slow = await sendRaw(server.url, 'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ')
    expect(statusOf(slow)).toBe(408)
    const stuck = await sendRaw(server.url, 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{')
    expect([0, 408]).toContain(statusOf(stuck))
  } finally {
    await server.drain()
  }
})

test('no answer names what it is made with, and a failure says nothing of the inside', async ({
  send,
  openSession,
}) => {
  const { authorization } = await openSession()
  for (const answer of [
    await send('GET /', [], ''),
    await send('GET /health', [], ''),
    await send('GET /nothing', [], ''),
    await send('GET /api/nothing', [], ''),
    await send('GET /api/trpc/account.me', [], ''),
    await send(`POST ${create}`, [json, `authorization: ${authorization}`], '{'),
    await send('POST /api/auth/sign-in/email', [json], '{'),
    await send('GET /%', [], ''),
    await send('GET / HTTP/9.9', [], ''),
    await send('GET /', [`x-long: ${'x'.repeat(17_000)}`], ''),
  ]) {
    expect(answer).not.toMatch(/^(server|x-powered-by|via|x-aspnet-version|x-runtime):/im)
    expect(answer).not.toMatch(
      /node|hono|express|better-auth|trpc\/|postgres|kysely|\/(home|work|src)\/|\bat .*:\d+:\d+/i,
    )
  }
})

test('request ids are ours, whatever a client calls its request', async ({ send }) => {
  for (const id of [
    '11111111-1111-4111-8111-111111111111',
    'x'.repeat(500),
    '<script>alert(1)</script>',
    String.raw`a","level":60,"x":"`,
  ]) {
    const answer = await send('GET /api/trpc/account.me', [`x-request-id: ${id}`], '')
    const [, given] = /^x-request-id: (.*)\r$/im.exec(answer) ?? []
    expect(given).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(answer).not.toContain(id)
    expect(answer).toContain(`"requestId":"${given}"`)
  }
})

test('everything under /api, and every failure, says not to be kept', async ({ send, openSession }) => {
  const { authorization } = await openSession()
  for (const line of [
    'GET /api',
    'GET /api/nothing',
    'GET /api/trpc/account.me',
    'GET /api/trpc/account.me?input=%7B%7D',
    'GET /api/trpc/account.me?connectionParams=1',
    'GET /api/erasures/x',
    'GET /api/account/export?at=x',
    'POST /api/auth/sign-in/email',
    'POST /api/auth/nothing',
    'PUT /api/trpc/account.me',
    'GET /API/trpc/account.me',
    'GET /health',
    'GET /ready',
    'GET /nothing',
  ]) {
    const answer = await send(line, [`authorization: ${authorization}`], '')
    expect(answer, line).toMatch(/^cache-control: (no-store|no-cache)\r$/im)
    if (line.includes('/api')) expect(answer, line).toMatch(/^cache-control: no-store\r$/im)
    expect(answer, line).toMatch(/^x-content-type-options: nosniff\r$/im)
    expect(answer, line).toMatch(/^content-security-policy: default-src 'none';/im)
  }
})

test('over https every answer says to stay there; over http none does', async ({ send }) => {
  expect(await send('GET /health', [], '')).not.toMatch(/strict-transport-security/i)
  const secure = securityHeaders('https://tasks.example.org')
  for (const headers of [secure.page, secure.data]) {
    expect(new Map(headers).get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
  }
  const page = new Map(secure.page)
  expect(page.get('content-security-policy')).toContain('upgrade-insecure-requests')
  expect(page.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/)
  expect(page.get('permissions-policy')).toContain('camera=(), ')
  expect(page.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(page.get('referrer-policy')).toBe('same-origin')
})

test('the page has no script and no style of its own in it', () => {
  const html = readFileSync(join(import.meta.dirname, '../../web/index.html'), 'utf8')
  const scripts = [...html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)]
  expect(scripts.length).toBeGreaterThan(0)
  for (const [, attributes, text] of scripts) {
    expect(attributes).toMatch(/ src="\/[^/]/)
    expect(text?.trim()).toBe('')
  }
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|https?:\/\//i)
})
