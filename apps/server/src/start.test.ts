import { createTestDatabase } from '@ownlist/testing'
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { environment, test as base } from './server.fixture.ts'
import { startServer } from './start.ts'

const json = { 'content-type': 'application/json' }

const test = base.extend('empty', async ({}, { onCleanup }) => {
  const database = await createTestDatabase({ migrated: false })
  onCleanup(() => database.drop())
  return database
})

/** The server as a process of its own, until `work` is done; gives what it printed and how it ended. */
async function run(env: NodeJS.ProcessEnv, work: (url: string) => Promise<unknown> = async () => {}) {
  const { PATH, HOME, TMPDIR } = process.env
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], { env: { PATH, HOME, TMPDIR, ...env } })
  let out = ''
  let err = ''
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve))
  const listening = new Promise<string | undefined>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
      const url = /Ownlist is at (\S+)/.exec(out)?.[1]
      if (url !== undefined) resolve(url)
    })
    void ended.then(() => resolve(undefined))
  })
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  try {
    const url = await listening
    if (url !== undefined) await work(url)
  } finally {
    child.kill('SIGTERM')
  }
  return { code: await ended, out, err }
}

test('a server that starts on an empty database makes the schema, and the next one finds what it kept', async ({
  empty,
}) => {
  const first = await startServer(environment(empty))
  let authorization = ''
  try {
    const signedUp = await fetch(`${first.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: `${randomUUID()}@example.org`, password: 'correct horse' }),
    })
    authorization = `Bearer ${signedUp.headers.get('set-auth-token')}`
    const created = await fetch(`${first.url}/api/trpc/tasks.create`, {
      method: 'POST',
      headers: { ...json, authorization },
      body: JSON.stringify({ title: 'Kept' }),
    })
    expect(created.status).toBe(200)
  } finally {
    await first.close()
  }

  const second = await startServer(environment(empty))
  try {
    const listed = await fetch(`${second.url}/api/trpc/tasks.list`, { headers: { authorization } })
    expect(await listed.json()).toMatchObject({ result: { data: { items: [{ title: 'Kept', number: 1 }] } } })
  } finally {
    await second.close()
  }
})

test('the log has statements only where LOG_LEVEL=debug asks for them, and never what people wrote', async ({
  database,
  openSession,
}) => {
  const { authorization } = await openSession()
  const work = async (url: string) => {
    const headers = { ...json, authorization }
    const body = JSON.stringify({ title: 'A secret of mine' })
    expect((await fetch(`${url}/api/trpc/tasks.create`, { method: 'POST', headers, body })).status).toBe(200)
  }
  const quiet = await run(environment(database, { LOG_LEVEL: '' }), work)
  const loud = await run(environment(database, { LOG_LEVEL: 'debug' }), work)
  expect([quiet.code, loud.code]).toEqual([0, 0])
  expect(quiet.out).not.toContain('insert into')
  const statements = loud.out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { statement?: string; milliseconds?: number })
  expect(statements).toContainEqual(
    expect.objectContaining({
      statement: expect.stringMatching(/^insert into "tasks"/),
      milliseconds: expect.any(Number),
    }),
  )
  expect(loud.out).not.toContain('A secret of mine')
})

test('without DATABASE_URL it ends at once, with one line that names it', async ({ database }) => {
  const { code, out, err } = await run(environment(database, { DATABASE_URL: '' }))
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toMatch(/^DATABASE_URL is missing: .*\n$/)
})

test('it opens as many connections as DATABASE_POOL_MAX says, and no more', async ({
  database,
  openSession,
}) => {
  const { authorization } = await openSession()
  const url = `${database.url}?application_name=sized`
  const server = await startServer(environment(database, { DATABASE_URL: url, DATABASE_POOL_MAX: '15' }))
  const connections = () => database.query(`select from pg_stat_activity where application_name = 'sized'`)
  try {
    // Held up by a lock, sixty requests come to need every connection there is.
    const lock = 'do $$ begin lock table tasks; perform pg_sleep(60); end $$'
    const held = database.query(lock).catch((error: { code: string }) => error.code)
    await expect
      .poll(() =>
        database.query(`select from pg_stat_activity where query = $1 and state = 'active'`, [lock]),
      )
      .toHaveLength(1)
    const ask = (path: string, body: object) => {
      const headers = { ...json, authorization }
      return fetch(`${server.url}/api/trpc/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    }
    // Changes first: behind lists that are held up, the check of their session would be held up too.
    const asked = Array.from({ length: 30 }, () => ask('tasks.create', { title: 'x' }))
    await expect.poll(async () => (await connections()).length, { timeout: 4_000 }).toBeGreaterThan(10)
    // One after the other: another lane is opened where those there are seem held up.
    for (let nth = 0; nth < 30; nth++) {
      asked.push(ask('tasks.list', {}))
      await sleep(20)
    }
    await expect.poll(connections, { timeout: 4_000 }).toHaveLength(15)
    for (let look = 0; look < 10; look++) expect(await connections()).toHaveLength(15)
    await database.query('select pg_cancel_backend(pid) from pg_stat_activity where query = $1', [lock])
    expect(await held).toBe('57014')
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200)
  } finally {
    await server.close()
  }
})
