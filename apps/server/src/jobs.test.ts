import { connect, type Database } from '@ownlist/db'
import { createTestDatabase } from '@ownlist/testing'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test as base } from 'vitest'
import { startJobs, type JobOptions } from './jobs.ts'

const test = base
  .extend('database', async ({}, { onCleanup }) => {
    const database = await createTestDatabase()
    onCleanup(() => database.drop())
    return database
  })
  .extend('connection', async ({ database }, { onCleanup }) => {
    const connection = await connect({ url: database.url, max: 3 })
    onCleanup(() => connection.end())
    return connection
  })

/** Jobs of one server, that say what they did. */
function start(database: Database, options: Partial<JobOptions> = {}) {
  const said: { level: string; message: string; details: Record<string, unknown> }[] = []
  const say = (level: string) => (details: object, message: string) =>
    void said.push({ level, message, details: details as Record<string, unknown> })
  const log = { info: say('info'), error: say('error') } as unknown as JobOptions['log']
  const retention = { logDays: 400, operationDays: 7 }
  return {
    said,
    ...startJobs({ database, retention, log, delay: 10, interval: 20, soonDelay: 10, ...options }),
  }
}

const expiredSessions = `
  with made as (insert into users (email, name) values (gen_random_uuid() || '@example.org', 'Ada') returning id)
  insert into sessions (user_id, token_hash, expires_at)
  select id, encode(sha256(n::text::bytea || id::text::bytea), 'hex'), now() - interval '1 hour' from made, generate_series(1, 5) n`

test('they run some time after the start, and again and again', async ({ database, connection }) => {
  await database.query(expiredSessions)
  const jobs = start(connection)
  const left = () => database.query('select from sessions')
  await expect.poll(left).toHaveLength(0)
  await database.query(expiredSessions)
  await expect.poll(left).toHaveLength(0)
  await expect.poll(() => jobs.said).toHaveLength(2)
  await jobs.stop()
  expect(jobs.said.map(({ level, message }) => [level, message])).toEqual(
    Array.from({ length: 2 }, () => ['info', 'expired rows removed']),
  )
  expect(jobs.said[0]?.details).toEqual({
    removed: {
      revisions: 0,
      operations: 0,
      sessions: 5,
      verifications: 0,
      limits: 0,
      secondSteps: 0,
      trustedDevices: 0,
      passkeyChallenges: 0,
      tokens: 0,
      deviceCodes: 0,
      emailTokens: 0,
      securityEvents: 0,
    },
  })

  await database.query(expiredSessions)
  await sleep(100)
  expect(await left()).toHaveLength(5)
})

test('nothing happens right at the start, and what is asked for soon comes soon', async ({
  database,
  connection,
}) => {
  await database.query(expiredSessions)
  const jobs = start(connection, { delay: 3_600_000, interval: 3_600_000 })
  await sleep(100)
  expect(await database.query('select from sessions')).toHaveLength(5)
  jobs.soon()
  jobs.soon()
  await expect.poll(() => jobs.said).toHaveLength(1)
  expect(await database.query('select from sessions')).toHaveLength(0)
  await jobs.stop()
  jobs.soon()
  expect(jobs.said).toHaveLength(1)
})

test('a failure is logged, hinders no other job, and is tried again', async ({ database, connection }) => {
  await database.query(expiredSessions)
  await database.query(`
    update users set erase_asked_at = now(), erase_after = now(), erasure_id = gen_random_uuid();
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
    create trigger refuse before delete on users for each row execute function refuse()`)
  const jobs = start(connection)
  await expect.poll(() => jobs.said.filter(({ level }) => level === 'error').length).toBeGreaterThan(1)
  expect(jobs.said.find(({ level }) => level === 'error')).toMatchObject({
    message: 'a job failed and will be tried again',
    details: { err: expect.objectContaining({ message: expect.stringContaining('not now') }) },
  })
  await database.query('drop trigger refuse on users')
  await expect.poll(() => database.query('select from users')).toHaveLength(0)
  await jobs.stop()
  expect(jobs.said).toContainEqual(expect.objectContaining({ message: 'accounts erased' }))
  // It says which receipts, and not who.
  expect(JSON.stringify(jobs.said)).not.toContain('example.org')
})

test('a database that is away for a while is waited for', async ({ database, connection }) => {
  await database.query(expiredSessions)
  let away = true
  const flaky: Database = {
    ...connection,
    begin: (...given) => (away ? Promise.reject(new Error('away')) : connection.begin(...given)),
  }
  const jobs = start(flaky)
  await expect.poll(() => jobs.said.length).toBeGreaterThan(3)
  away = false
  await expect.poll(() => database.query('select from sessions')).toHaveLength(0)
  await jobs.stop()
})

test('stopping waits for the step under way and for no more', async ({ database, connection }) => {
  await database.query(
    `insert into users (email, name) select n || '@example.org', 'Ada' from generate_series(1, 30000) n`,
  )
  let steps = 0
  const counted: Database = {
    ...connection,
    begin: (...given) => {
      steps++
      return connection.begin(...given)
    },
  }
  const jobs = start(counted)
  await expect.poll(() => steps, { interval: 5 }).toBeGreaterThan(3)
  await jobs.stop()
  const atTheEnd = steps
  expect(atTheEnd).toBeLessThan(30)
  await sleep(100)
  expect(steps).toBe(atTheEnd)
  expect(connection.usage()).toMatchObject({ waiting: 0 })
  expect(jobs.said).toEqual([])
})

test('of several servers one does it, and the others say nothing of it', async ({ database, connection }) => {
  await database.query(expiredSessions)
  const servers = Array.from({ length: 4 }, () => start(connection, { delay: 20, interval: 30 }))
  await expect.poll(() => database.query('select from sessions')).toHaveLength(0)
  const said = () => servers.flatMap((server) => server.said).map(({ message }) => message)
  // Said at the end of the run, which goes on for a while after the rows are gone.
  await expect.poll(said).toEqual(['expired rows removed'])
  await sleep(200)
  await Promise.all(servers.map((server) => server.stop()))
  expect(said()).toEqual(['expired rows removed'])
})
