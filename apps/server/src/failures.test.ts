import { randomUUID } from 'node:crypto'
import { connect as openSocket, type Socket } from 'node:net'
import { expect } from 'vitest'
import { databaseProxy } from './raw.fixture.ts'
import { environment, test as base, type Answer } from './server.fixture.ts'
import { startServer } from './start.ts'

const test = base.extend('startOwn', async ({ database }, { onCleanup }) => {
  const closing: (() => Promise<void>)[] = []
  onCleanup(async () => {
    for (const close of closing.toReversed()) await close()
  })
  return async (more: NodeJS.ProcessEnv = {}) => {
    const server = await startServer(environment(database, more))
    let closed: Promise<void> | undefined
    const close = () => (closed ??= server.close())
    closing.push(close)
    return { url: server.url, close }
  }
})

/** Words of PostgreSQL, of libraries and of stack traces: none of them is for clients. */
const inner =
  /relation|column|syntax|constraint|pg_|postgres|sql|select|kysely|node_modules|\.ts\b|\.js\b|at .*\(|stack|violat|42P01|undefined|TypeError/i

test('a failure that nobody foresaw tells a request id and nothing else', async ({
  database,
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  await database.query('alter table tasks rename to misplaced')
  try {
    for (const [path, input] of [
      ['tasks.list', {}],
      ['tasks.create', { title: 'x' }],
      ['tasks.delete', { id: randomUUID() }],
      ['tasks.stats', {}],
    ] as const) {
      const { status, body, text, headers } = await call(path, input, { authorization })
      expect(status, path).toBe(500)
      expect(body.error).toEqual({
        code: -32603,
        message: 'Something went wrong.',
        data: { reason: 'INTERNAL', httpStatus: 500, requestId: headers.get('x-request-id') },
      })
      expect(text).not.toMatch(inner)
    }
  } finally {
    await database.query('alter table misplaced rename to tasks')
  }
  expect((await call('tasks.list', {}, { authorization })).status).toBe(200)
})

test('identity that fails tells nothing either', async ({ database, openSession, call, request }) => {
  const { authorization } = await openSession()
  const account = { email: `${randomUUID()}@example.org`, password: 'correct horse' }
  const known = account.email
  const post = (path: string) =>
    request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })
  expect((await post('/api/auth/sign-up/email')).status).toBe(200)
  for (const table of ['users', 'sessions', 'accounts']) {
    await database.query(`alter table ${table} rename to misplaced`)
    try {
      const answers = [await post('/api/auth/sign-in/email')]
      account.email = `${randomUUID()}@example.org`
      answers.push(await post('/api/auth/sign-up/email'))
      account.email = known
      if (table !== 'accounts') answers.push(await call('account.me', {}, { authorization }))
      for (const { status, text } of answers) {
        expect(status, `${table}: ${text}`).toBe(500)
        expect(text).toContain('Something went wrong.')
        expect(text).not.toMatch(inner)
      }
    } finally {
      await database.query(`alter table misplaced rename to ${table}`)
    }
  }
  expect((await post('/api/auth/sign-in/email')).status).toBe(200)
})

test('connections that PostgreSQL ends are replaced, and nothing worse than 503 is seen of it', async ({
  database,
  openSession,
  call,
}) => {
  const { authorization } = await openSession()
  const answers: Answer[] = []
  for (let round = 0; round < 5; round++) {
    const under = Array.from({ length: 10 }, (_, n) =>
      n % 2
        ? call('tasks.list', {}, { authorization })
        : call('tasks.create', { title: 'x' }, { authorization }),
    )
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ownlist' and datname = current_database()`,
    )
    answers.push(...(await Promise.all(under)))
  }
  for (const { status, text, headers } of answers) {
    expect([200, 503], text).toContain(status)
    expect(text).not.toMatch(/terminat|Connection|57P01/)
    if (status === 503) expect(headers.get('retry-after')).toBe('2')
  }
  await expect.poll(async () => (await call('tasks.list', {}, { authorization })).status).toBe(200)
})

test('without its database the server lives, is not ready, asks for patience, and recovers by itself', async ({
  database,
  openSession,
  startOwn,
}) => {
  const { authorization } = await openSession()
  const proxy = await databaseProxy(database.url)
  try {
    const { url } = await startOwn({ DATABASE_URL: proxy.url })
    const get = (path: string) => fetch(url + path, { headers: { authorization } })
    const signIn = () =>
      fetch(`${url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.org', password: 'correct horse' }),
      })
    expect((await get('/ready')).status).toBe(200)
    expect((await get('/api/trpc/account.me')).status).toBe(200)

    await proxy.takeAway()
    expect((await get('/health')).status).toBe(200)
    const ready = async () => {
      const response = await get('/ready')
      return [response.status, await response.json()]
    }
    // Its answer is kept for a second.
    await expect.poll(ready, { timeout: 5_000 }).toEqual([503, { status: 'unavailable' }])
    for (const response of [
      await get('/api/trpc/account.me'),
      await get('/api/trpc/tasks.list'),
      await signIn(),
    ]) {
      const text = await response.text()
      expect([response.status, response.headers.get('retry-after')], text).toEqual([503, '2'])
      expect(text).toContain('DATABASE_UNAVAILABLE')
      expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|password/)
    }

    await proxy.bringBack()
    await expect.poll(ready, { timeout: 5_000 }).toEqual([200, { status: 'ok' }])
    expect((await get('/api/trpc/tasks.list')).status).toBe(200)
    expect((await signIn()).status).toBe(401)
  } finally {
    await proxy.close().catch(() => {})
  }
})

test('a database that is not migrated is not ready', async ({ database, startOwn }) => {
  const { url } = await startOwn()
  const ready = async () => (await fetch(`${url}/ready`)).status
  expect(await ready()).toBe(200)
  const [newest] = await database.query<{ name: string; timestamp: string }>(
    'delete from migrations where name = (select max(name) from migrations) returning *',
  )
  await expect.poll(ready, { timeout: 5_000 }).toBe(503)
  await database.query('insert into migrations select * from json_populate_record(null::migrations, $1)', [
    JSON.stringify(newest),
  ])
  await expect.poll(ready, { timeout: 5_000 }).toBe(200)
})

test('a server that stops answers what is under way, lets nothing new in and closes idle connections', async ({
  openSession,
  startOwn,
}) => {
  const { authorization } = await openSession()
  const { url, close } = await startOwn()
  const { port } = new URL(url)
  const open = () =>
    new Promise<Socket & { seen: string; ended: Promise<void> }>((resolve, reject) => {
      const socket = Object.assign(openSocket(Number(port), '127.0.0.1'), { seen: '' })
      socket.on('data', (data) => (socket.seen += data.toString()))
      const ended = new Promise<void>((end) => socket.on('close', () => end()))
      socket.on('error', reject).on('connect', () => resolve(Object.assign(socket, { ended })))
    })
  const idle = await open()
  idle.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n')
  await expect.poll(() => idle.seen).toContain('"ok"')

  const busy = await open()
  const body = '{"title":"under way"}'
  busy.write(
    `POST /api/trpc/tasks.create HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
  )
  // The server has the head of the request: it asks for the rest.
  await expect.poll(() => busy.seen).toContain('100 Continue')
  busy.write(body.slice(0, 5))

  const closed = close()
  await idle.ended
  await expect(open()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  busy.write(body.slice(5))
  await busy.ended
  expect(busy.seen).toContain('HTTP/1.1 200 OK')
  expect(busy.seen).toContain('under way')
  await closed
})

test('a port that is taken is said in one line, and nothing is left open', async ({ database, server }) => {
  const { port } = new URL(server.url)
  await expect(startServer(environment(database, { PORT: port }))).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: `Port ${port} is taken by another program. Stop it, or set PORT to another one.`,
  })
  await expect(startServer(environment(database, { HOST: '192.0.2.55' }))).rejects.toMatchObject({
    name: 'ConfigurationError',
    message: 'HOST 192.0.2.55 is no address of this machine.',
  })
})
