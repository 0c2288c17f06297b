import { appRouter } from '@ownlist/api'
import { expect } from 'vitest'
import { proceduresOf } from './procedures.fixture.ts'
import { sendRaw, statusOf } from './raw.fixture.ts'
import { test } from './server.fixture.ts'

const procedures = proceduresOf(appRouter)
const json = { 'content-type': 'application/json' }

test('a task is made, read and found over HTTP, and the answers say not to be kept', async ({
  openSession,
  call,
  request,
}) => {
  const { authorization } = await openSession()
  const { status, body, headers } = await call('tasks.create', { title: 'Über HTTP 😀' }, { authorization })
  expect(status).toBe(200)
  const { id } = body.result?.data ?? {}
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  const got = await request(`/api/trpc/tasks.get?input=${encodeURIComponent(JSON.stringify({ id }))}`, {
    headers: { authorization },
  })
  expect(got.body.result?.data).toEqual(body.result?.data)
  expect((await call('tasks.list', {}, { authorization })).body.result?.data['items']).toEqual([
    body.result?.data,
  ])
})

test('text that PostgreSQL cannot store is refused with the field that holds it', async ({
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  for (const title of [String.raw`a\u0000b`, String.raw`\ud800`, String.raw`\udc00\ud800`]) {
    const answer = await call('tasks.create', `{"title":"${title}"}`, { authorization })
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({
      message: 'Some of the input is not right.',
      data: { reason: 'BAD_INPUT', issues: [{ path: 'title' }] },
    })
  }
  // Bytes that are no UTF-8 become U+FFFD when they are read, as the Encoding standard has it.
  expect((await call('tasks.list', {}, { authorization })).body.result?.data['items']).toEqual([])
})

test('a call that is meant for another user than the one who is signed in does nothing', async ({
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  const { body } = await call('account.me', {}, { authorization })
  const own = { authorization, 'ownlist-user': String(body.result?.data['id']) }
  const others = { authorization, 'ownlist-user': '0190a6c0-0000-7000-8000-000000000000' }
  for (const [path, input] of [
    ['tasks.create', { title: 'Not hers' }],
    ['sync.pull', {}],
  ] as const) {
    const refused = await call(path, input, others)
    expect(refused.body.error?.data).toMatchObject({ reason: 'UNAUTHENTICATED', httpStatus: 401 })
  }
  expect((await call('tasks.create', { title: 'Hers' }, own)).status).toBe(200)
  const list = await call('tasks.list', {}, { authorization })
  expect(list.body.result?.data['items']).toMatchObject([{ title: 'Hers' }])
})

test.for(procedures.map(({ path }) => path))(
  '%s takes JSON and nothing else',
  async (path, { openSession, request }) => {
    const { authorization } = await openSession()
    for (const type of [
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'text/plain',
      'text/plain; application/json',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      undefined,
    ]) {
      const { status, body } = await request(`/api/trpc/${path}`, {
        method: 'POST',
        headers: { authorization, ...(type && { 'content-type': type }) },
        body: new TextEncoder().encode('{"title":"x"}'),
      })
      expect([status, body.error?.data.reason], type).toEqual([415, 'TYPE_REFUSED'])
    }
  },
)

test('what a page of another site sends is refused, and our own pages are not', async ({
  openSession,
  call,
  server,
}) => {
  const { authorization } = await openSession()
  const send = async (headers: Record<string, string>) =>
    (await call('tasks.create', { title: 'x' }, { authorization, ...headers })).status
  const { port } = new URL(server.url)
  for (const origin of [
    'https://evil.example',
    'null',
    `https://127.0.0.1:${port}`,
    'http://127.0.0.1:1',
    `http://127.0.0.1:${port}.evil.example`,
    'garbage',
  ]) {
    expect(await send({ origin }), origin).toBe(403)
  }
  for (const site of ['cross-site', 'same-site', 'garbage'])
    expect(await send({ 'sec-fetch-site': site }), site).toBe(403)
  expect(await send({ origin: server.url, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await send({ origin: server.url, 'sec-fetch-site': 'same-origin' })).toBe(200)
  expect(await send({ 'sec-fetch-site': 'none' })).toBe(200)
  // The same server by its other name.
  const response = await fetch(`http://127.0.0.1:${port}/api/trpc/tasks.create`, {
    method: 'POST',
    headers: { ...json, authorization, origin: `http://127.0.0.1:${port}` },
    body: '{"title":"y"}',
  })
  expect(response.status).toBe(200)
  expect(response.headers.get('access-control-allow-origin')).toBeNull()
  const signUp = await fetch(`${server.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { ...json, origin: 'https://evil.example' },
    body: JSON.stringify({ email: 'mallory@example.org', password: 'correct horse' }),
  })
  expect(signUp.status).toBe(403)
})

test('a mutation cannot be called by GET, and what does not exist says so', async ({
  openSession,
  request,
}) => {
  const { authorization } = await openSession()
  const get = async (path: string) => {
    const { status, body } = await request(path, { headers: { authorization } })
    return [status, body.error?.data.reason]
  }
  expect(await get('/api/trpc/tasks.create?input={"title":"x"}')).toEqual([405, 'METHOD_REFUSED'])
  expect(await get('/api/trpc/tasks.purge')).toEqual([404, 'PROCEDURE_NOT_FOUND'])
  expect(await get('/api/trpc/')).toEqual([404, 'PROCEDURE_NOT_FOUND'])
  expect(await get('/api/nothing')).toEqual([404, 'PROCEDURE_NOT_FOUND'])
  expect(await get('/api/trpc/tasks.list?input=%7B')).toEqual([400, 'BAD_JSON'])
  expect(await get('/api/trpc/__proto__')).toEqual([404, 'PROCEDURE_NOT_FOUND'])
  expect((await request('/nothing')).status).toBe(404)
})

test('odd methods, paths, lengths and escapes are answered with 4xx and do nothing', async ({
  server,
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  const body = '{"title":"sneaked in"}'
  const raw = (line: string, headers: string[] = []) =>
    sendRaw(
      server.url,
      [
        `${line} HTTP/1.1`,
        'host: 127.0.0.1',
        'connection: close',
        `authorization: ${authorization}`,
        'origin: https://evil.example',
        'content-type: text/plain',
        `content-length: ${body.length}`,
        ...headers,
        '',
        body,
      ].join('\r\n'),
    )
  const create = '/api/trpc/tasks.create'
  for (const line of [
    `POST //api/trpc/tasks.create`,
    `POST /api//trpc/tasks.create`,
    `POST /api/trpc//tasks.create`,
    `POST ${create}/`,
    `POST /api/trpc/tasks%2ecreate`,
    `POST /api/trpc/tasks%2Fcreate`,
    `POST /api/%74rpc/tasks.create`,
    `POST /%61pi/trpc/tasks.create`,
    `POST /API/TRPC/tasks.create`,
    `POST /health/../api/trpc/tasks.create`,
    `POST /assets/%2e%2e/api/trpc/tasks.create`,
    `POST /api/auth/../trpc/tasks.create`,
    `POST /api/trpc/tasks.create;x`,
    `POST /api/trpc/%`,
    `POST /api/trpc/%E0%A4%A`,
    `POST /api/trpc/tasks.create%00`,
    `POST http://127.0.0.1${create}`,
    `POST http://evil.example${create}`,
    `PUT ${create}`,
    `PATCH ${create}`,
    `DELETE ${create}`,
    `PROPFIND ${create}`,
    `OPTIONS ${create}`,
    `TRACE ${create}`,
    `POST /api/trpc/${'x'.repeat(15_000)}`,
    `POST ${create}?${'x'.repeat(20_000)}`,
    `NONSENSE ${create}`,
    `POST ${create} extra`,
  ]) {
    const answer = await raw(line)
    expect(statusOf(answer), `${line.slice(0, 80)}: ${answer.slice(0, 300)}`).toBeGreaterThanOrEqual(400)
    expect(statusOf(answer), `${line.slice(0, 80)}: ${answer.slice(0, 300)}`).toBeLessThan(500)
    expect(answer.toLowerCase()).not.toContain('access-control-allow')
  }
  for (const headers of [
    [`x-long: ${'x'.repeat(20_000)}`],
    Array.from({ length: 3_000 }, (_, n) => `x-${n}: ${n}`),
    ['content-length: 5'],
    ['transfer-encoding: chunked'],
  ]) {
    const answer = await raw(`POST ${create}`, headers)
    expect(statusOf(answer), answer.slice(0, 300)).toBeGreaterThanOrEqual(400)
    expect(statusOf(answer), answer.slice(0, 300)).toBeLessThan(500)
  }
  expect((await call('tasks.list', {}, { authorization })).body.result?.data['items']).toEqual([])
})

test('HEAD is answered without a body', async ({ server }) => {
  for (const [path, status] of [
    ['/health', 200],
    ['/ready', 200],
    ['/nothing', 404],
  ] as const) {
    const response = await fetch(server.url + path, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([status, ''])
  }
})
