import { startServer } from '@ownlist/server'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test as base } from 'vitest'
import { createClient } from './client.ts'
import { errorOf } from './errors.ts'
import { signIn, signOut, signUp } from './session.ts'

const password = 'correct horse battery staple'

function environment(database: TestDatabase, port = '0'): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: database.url,
    DATABASE_URL_UNPOOLED: database.ownerUrl,
    DATABASE_POOL_MAX: '6',
    AUTH_SECRET: 'a secret of tests that is long enough',
    PORT: port,
    LOG_LEVEL: 'silent',
  }
}

const test = base
  .extend('database', { scope: 'file' }, async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('url', { scope: 'file' }, async ({ database }, { onCleanup }) => {
    const server = await startServer(environment(database))
    onCleanup(() => server.close())
    return server.url
  })
  .extend('token', { scope: 'file' }, async ({ url }) => {
    const { token } = await signUp(url, { email: `${randomUUID()}@example.org`, password })
    return token ?? ''
  })
  /** A client, and what it sends: each request's address and body. */
  .extend('watched', ({ url, token }) => (options: Partial<Parameters<typeof createClient>[0]> = {}) => {
    const sent: { url: string; method: string | undefined; body: unknown }[] = []
    const client = createClient({
      url,
      token,
      ...options,
      fetch: (input, init) => {
        sent.push({
          url: new Request(input).url,
          method: init?.method,
          body: JSON.parse(typeof init?.body === 'string' ? init.body : 'null'),
        })
        return (options.fetch ?? fetch)(input, init)
      },
    })
    return { client, sent }
  })
  /** A server that answers as a test says, and counts the requests. */
  .extend('pretender', async ({}, { onCleanup }) => {
    const requests: IncomingMessage[] = []
    let answer: (request: IncomingMessage, response: ServerResponse) => void = () => {}
    const server = createServer((request, response) => {
      requests.push(request.resume())
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onCleanup(() => {
      server.closeAllConnections()
      server.close()
    })
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      requests,
      answers(own: typeof answer) {
        answer = own
      },
    }
  })

const failure = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => errorOf(error),
  )

test('a task goes to the server and comes back as the server stored it', async ({ url, token }) => {
  const ownlist = createClient({ url, token })
  const task = await ownlist.tasks.create.mutate({ title: 'Buy oat milk', due: { date: '2026-11-22' } })
  expect(task).toMatchObject({ title: 'Buy oat milk', due: { date: '2026-11-22' }, completed: false })
  expect(await ownlist.tasks.get.query({ id: task.id })).toEqual(task)
})

test('signing up, in and out gives and ends sessions', async ({ url }) => {
  const account = { email: `${randomUUID()}@example.org`, password }
  const first = await signUp(url, { ...account, name: 'Ada' })
  expect(first.user).toMatchObject({ email: account.email, name: 'Ada' })
  const second = await signIn(url, account)
  const ownlist = createClient({ url, token: second.token })
  expect(await ownlist.account.me.query()).toMatchObject({ email: account.email })
  await signOut(url, second.token)
  expect(await failure(ownlist.account.me.query())).toMatchObject({ reason: 'UNAUTHENTICATED' })
  expect(await createClient({ url, token: first.token }).account.me.query()).toMatchObject({ name: 'Ada' })
  await expect(signIn(url, { ...account, password: 'wrong password' })).rejects.toMatchObject({
    name: 'OwnlistError',
    reason: 'UNAUTHENTICATED',
  })
  await expect(signUp(url, { email: 'no address', password })).rejects.toMatchObject({
    reason: 'BAD_INPUT',
    issues: [{ path: 'email' }],
  })
})

test('calls of the same moment travel as one request, twenty at most', async ({ watched }) => {
  const { client, sent } = watched()
  const one = await Promise.all([
    client.account.me.query(),
    client.tasks.stats.query(),
    client.tasks.list.query({}),
  ])
  expect(one[0]).toMatchObject({ timeZone: 'UTC' })
  expect(sent).toHaveLength(1)
  sent.length = 0
  await Promise.all(Array.from({ length: 45 }, () => client.tasks.list.query({})))
  expect(sent.map(({ body }) => Object.keys(body as object).length).toSorted((a, b) => b - a)).toEqual([
    20, 20, 5,
  ])
})

test('what is asked for stands in no address', async ({ watched }) => {
  const { client, sent } = watched()
  await client.tasks.search.query({ q: 'a secret illness' })
  await client.tasks.create.mutate({ title: 'private' })
  for (const { url, method } of sent) {
    expect(method).toBe('POST')
    expect(new URL(url).searchParams.has('input')).toBe(false)
    expect(decodeURIComponent(url)).not.toMatch(/illness|private/)
  }
  expect(JSON.stringify(sent[0]?.body)).toContain('illness')
})

test('every refusal arrives with its reason, words, fields and request id', async ({
  url,
  token,
  watched,
}) => {
  const { client } = watched()
  expect(await failure(client.tasks.create.mutate({ title: '' }))).toMatchObject({
    name: 'OwnlistError',
    reason: 'BAD_INPUT',
    message: 'Some of the input is not right.',
    issues: [{ path: 'title', message: 'Must not be empty.' }],
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(await failure(client.tasks.get.query({ id: randomUUID() }))).toMatchObject({
    reason: 'TASK_NOT_FOUND',
  })
  expect(await failure(client.tasks.list.query({ cursor: 'x' }))).toMatchObject({ reason: 'CURSOR_INVALID' })
  const task = await client.tasks.create.mutate({ title: 'x' })
  const current = await client.tasks.update.mutate({ id: task.id, title: 'y' })
  expect(
    await failure(client.tasks.update.mutate({ id: task.id, title: 'z', ifRevision: task.revision })),
  ).toMatchObject({
    reason: 'REVISION_CONFLICT',
    current,
  })
  expect(await failure(client.tasks.create.mutate({ id: task.id, title: 'again' }))).toMatchObject({
    reason: 'TASK_EXISTS',
  })
  for (const wrong of [undefined, 'forged.signature']) {
    const stranger = createClient({ url, token: wrong })
    expect(await failure(stranger.account.me.query())).toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
  // Refusals made before tRPC is reached.
  const big = createClient({ url, token })
  expect(await failure(big.tasks.create.mutate({ title: 'x'.repeat(1_100_000) }))).toMatchObject({
    reason: 'BODY_TOO_LARGE',
  })
  const foreign = createClient({
    url,
    token,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('origin', 'https://evil.example')
      return fetch(input, { ...init, headers })
    },
  })
  expect(await failure(foreign.account.me.query())).toMatchObject({ reason: 'ORIGIN_REFUSED' })
})

test('of calls in one batch each fails for itself', async ({ watched }) => {
  const { client, sent } = watched()
  const [bad, good] = await Promise.allSettled([
    client.tasks.create.mutate({ title: '' }),
    client.tasks.create.mutate({ title: 'good' }),
  ])
  expect(sent).toHaveLength(1)
  expect(bad.status === 'rejected' && errorOf(bad.reason).reason).toBe('BAD_INPUT')
  expect(good).toMatchObject({ status: 'fulfilled', value: { title: 'good' } })
})

test('a query that is cancelled ends at once, and at the server too', async ({ pretender }) => {
  const client = createClient({ url: pretender.url, token: 'x.y' })
  const gone = new Promise<void>((resolve) => {
    pretender.answers((request, response) => void response.on('close', resolve))
  })
  const controller = new AbortController()
  const outcome = failure(client.tasks.stats.query(undefined, { signal: controller.signal }))
  await expect.poll(() => pretender.requests.length).toBe(1)
  controller.abort()
  expect(await outcome).toMatchObject({ reason: 'CANCELLED' })
  await gone
  expect(pretender.requests).toHaveLength(1)
  const cancelled = AbortSignal.abort()
  expect(await failure(client.tasks.stats.query(undefined, { signal: cancelled }))).toMatchObject({
    reason: 'CANCELLED',
  })
})

test('a query is tried again until the server is back', async ({ database, token }) => {
  const first = await startServer(environment(database))
  const { port } = new URL(first.url)
  await first.close()
  const attempts: number[] = []
  let back: Promise<Awaited<ReturnType<typeof startServer>>> | undefined
  const client = createClient({
    url: first.url,
    token,
    retries: 8,
    fetch: async (input, init) => {
      attempts.push(performance.now())
      if (attempts.length === 3) back = startServer(environment(database, port))
      return fetch(input, init)
    },
  })
  try {
    expect(await client.account.me.query()).toMatchObject({ timeZone: 'UTC' })
    expect(attempts.length).toBeGreaterThanOrEqual(3)
    // The pauses grow: at least 100 ms, then 200 ms.
    const [one = 0, two = 0, three = 0] = attempts
    expect(two - one).toBeGreaterThanOrEqual(90)
    expect(three - two).toBeGreaterThanOrEqual(190)
  } finally {
    await (await back)?.close()
  }
})

test('a query is given up after its tries, and says that the server cannot be reached', async ({
  pretender,
}) => {
  pretender.answers((request) => request.socket.destroy())
  const client = createClient({ url: pretender.url, token: 'x.y', retries: 2 })
  expect(await failure(client.tasks.stats.query())).toMatchObject({ reason: 'OFFLINE' })
  expect(pretender.requests).toHaveLength(3)
})

test('a mutation whose answer was lost is sent again with the same operation id', async ({ pretender }) => {
  const client = createClient({ url: pretender.url, token: 'x.y', retries: 2, name: 'tests' })
  for (const lose of [
    (request: IncomingMessage) => request.socket.destroy(),
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(503, { 'retry-after': '2' }).end('{}'),
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(502).end('<html>Bad Gateway</html>'),
  ]) {
    pretender.requests.length = 0
    const ids: unknown[] = []
    pretender.answers((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        ids.push((JSON.parse(body) as { 0: { opId: unknown } })[0].opId)
        lose(request, response)
      })
    })
    expect(await failure(client.tasks.create.mutate({ title: 'once' }))).toMatchObject({ reason: 'OFFLINE' })
    expect(pretender.requests[0]?.headers).toMatchObject({ 'ownlist-client': 'tests' })
    expect(ids).toEqual(
      Array.from({ length: 3 }, () => expect.stringMatching(/^[0-9a-f-]{14}7[0-9a-f]{3}-[89ab]/)),
    )
    expect(new Set(ids).size).toBe(1)
  }
})

test('a mutation whose answer was lost happens once', async ({ url, token }) => {
  let lost = 0
  const client = createClient({
    url,
    token,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if (lost++ < 2) throw new TypeError('the connection was cut')
      return response
    },
  })
  const task = await client.tasks.create.mutate({ title: 'Only once' })
  expect(lost).toBe(3)
  const { items } = await createClient({ url, token }).tasks.list.query({ q: 'Only once' })
  expect(items).toEqual([task])
})

test('a refusal is final: what would be refused again is not tried again', async ({ watched }) => {
  const { client, sent } = watched()
  await failure(client.tasks.get.query({ id: randomUUID() }))
  await failure(client.tasks.list.query({ limit: 1e9 }))
  expect(sent).toHaveLength(2)
})

test('a call that gets no answer in time has failed', async ({ pretender }) => {
  const client = createClient({ url: pretender.url, token: 'x.y', timeout: 50, retries: 1 })
  expect(await failure(client.tasks.stats.query())).toMatchObject({ reason: 'OFFLINE' })
  expect(pretender.requests).toHaveLength(2)
  expect(await failure(client.tasks.create.mutate({ title: 'x' }))).toMatchObject({ reason: 'OFFLINE' })
  expect(pretender.requests).toHaveLength(4)
})

test('a server that asks for patience says for how long', async ({ pretender }) => {
  const client = createClient({ url: pretender.url, token: 'x.y', retries: 0 })
  const body = JSON.stringify({
    error: {
      code: -32603,
      message: 'The database is away for a moment. Try again shortly.',
      data: { reason: 'DATABASE_UNAVAILABLE', httpStatus: 503, requestId: 'request' },
    },
  })
  pretender.answers((_, response) => {
    response.writeHead(503, { 'content-type': 'application/json', 'retry-after': '2' }).end(body)
  })
  expect(await failure(client.tasks.stats.query())).toMatchObject({
    reason: 'DATABASE_UNAVAILABLE',
    retryAfter: 2000,
    requestId: 'request',
  })
})

test('an answer that is not ours is no server, and whatever else fails is INTERNAL', async ({
  pretender,
}) => {
  const client = createClient({ url: pretender.url, token: 'x.y', retries: 0 })
  pretender.answers((_, response) => void response.writeHead(200).end('<html>a captive portal</html>'))
  const odd = await failure(client.tasks.stats.query())
  expect(odd).toMatchObject({ reason: 'OFFLINE' })
  for (const thrown of [
    new TypeError('x is undefined'),
    'text',
    null,
    undefined,
    { reason: 'TASK_NOT_FOUND' },
  ]) {
    expect(errorOf(thrown)).toMatchObject({
      reason: 'INTERNAL',
      message: 'Something went wrong.',
      cause: thrown,
    })
  }
  expect(errorOf(new DOMException('aborted', 'AbortError'))).toMatchObject({ reason: 'CANCELLED' })
  expect(errorOf(odd)).toBe(odd)
})
