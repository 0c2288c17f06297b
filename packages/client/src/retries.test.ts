import { startServer } from '@ownlist/server'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect } from 'vitest'
import { environment, failure, test } from './client.fixture.ts'
import { createClient } from './client.ts'
import { errorOf } from './errors.ts'

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

test('a call that comes too often waits as long as the server asks, and a far-off moment is told', async ({
  pretender,
}) => {
  const limited = (retryAfter: string) => (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(429, { 'content-type': 'application/json', 'retry-after': retryAfter }).end(
      JSON.stringify({
        error: {
          code: -32029,
          message: 'Too many requests.',
          data: { reason: 'RATE_LIMITED', httpStatus: 429, requestId: 'request' },
        },
      }),
    )
  const client = createClient({ url: pretender.url, token: 'x.y', retries: 1 })
  pretender.answers(limited('1'))
  const start = performance.now()
  expect(await failure(client.tasks.stats.query())).toMatchObject({
    reason: 'RATE_LIMITED',
    retryAfter: 1000,
  })
  expect(performance.now() - start).toBeGreaterThanOrEqual(1_000)
  expect(pretender.requests).toHaveLength(2)
  pretender.answers(limited('900'))
  expect(await failure(client.tasks.stats.query())).toMatchObject({
    reason: 'RATE_LIMITED',
    retryAfter: 900_000,
  })
  expect(pretender.requests).toHaveLength(3)
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
