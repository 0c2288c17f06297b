import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openChannel, type Channel, type ChannelOptions } from './notifications.ts'
import { pgBouncerIsPresent, startPgBouncer, type PgBouncer } from './pgbouncer.fixture.ts'
import { asAuth } from './scope.ts'

/** What comes at once, and not within a second on a machine that is busy. */
const waitFor = (check: () => unknown) => vi.waitFor(check, { timeout: 15_000 })

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = await connect({ url: testDatabase.url, max: 3 })
})

afterAll(async () => {
  await database.end()
  await testDatabase.drop()
})

/** A channel, and all that it told so far. */
function listenTo(url: string, more: Partial<ChannelOptions> = {}, through = database) {
  const told: string[] = []
  const reasons: unknown[] = []
  const send = (payload: string) => sql`select pg_notify('words', ${payload})`.execute(asAuth(through))
  const channel = openChannel({
    url,
    name: 'words',
    send,
    onNotification: (payload) => told.push(payload),
    onListening: () => told.push('(listening)'),
    onDeaf(reason) {
      told.push('(deaf)')
      reasons.push(reason)
    },
    ...more,
  })
  return { channel, told, reasons, send }
}

async function endingWith<T>(channel: Channel, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await channel.end()
  }
}

const listeners = `from pg_stat_activity where datname = current_database() and query = 'listen words'`

test('a channel hears what is said once it listens, and leaves no connection behind', async () => {
  const { channel, told, send } = listenTo(testDatabase.url)
  await endingWith(channel, async () => {
    await waitFor(() => expect(channel.listening).toBe(true))
    await send('one')
    await send('two')
    await waitFor(() => expect(told).toEqual(['(listening)', 'one', 'two']))
    expect(await testDatabase.query(`select 1 ${listeners}`)).toHaveLength(1)
  })
  expect(channel.listening).toBe(false)
  await waitFor(async () => expect(await testDatabase.query(`select 1 ${listeners}`)).toEqual([]))
})

test('it ends at whatever moment it is told to, while it connects too', async () => {
  for (let pause = 0; pause < 40; pause += 2) {
    const { channel } = listenTo(testDatabase.url)
    await new Promise((resolve) => setTimeout(resolve, pause))
    await channel.end()
  }
  await waitFor(async () => expect(await testDatabase.query(`select 1 ${listeners}`)).toEqual([]))
})

test('it comes back after every cut, and says that it was away', async () => {
  const { channel, told, send } = listenTo(testDatabase.url)
  await endingWith(channel, async () => {
    for (let times = 1; times <= 3; times += 1) {
      await waitFor(() => expect(told.filter((word) => word === '(listening)')).toHaveLength(times))
      await testDatabase.query(`select pg_terminate_backend(pid) ${listeners}`)
      await waitFor(() => expect(told.filter((word) => word === '(deaf)')).toHaveLength(times))
    }
    await waitFor(() => expect(told.at(-1)).toBe('(listening)'))
    await send('back')
    await waitFor(() => expect(told.at(-1)).toBe('back'))
  })
})

test('a server that is not there is tried again and again, and told of once', async () => {
  const nowhere = new URL(testDatabase.url)
  nowhere.port = '1'
  const { channel, told, reasons } = listenTo(nowhere.href)
  await endingWith(channel, async () => {
    await waitFor(() => expect(reasons).toMatchObject([{ code: 'ECONNREFUSED' }]))
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(told).toEqual(['(deaf)'])
  })
})

test('where its own word cannot be sent, it does not pretend to listen', async () => {
  const { channel, reasons } = listenTo(testDatabase.url, {
    send: () => Promise.reject(new Error('cannot speak')),
  })
  await endingWith(channel, () => waitFor(() => expect(reasons).toMatchObject([{ message: 'cannot speak' }])))
  expect(channel.listening).toBe(false)
})

describe.skipIf(!pgBouncerIsPresent)('through PgBouncer in transaction mode', () => {
  let bouncer: PgBouncer

  beforeAll(async () => {
    bouncer = await startPgBouncer(testDatabase)
  })
  afterAll(() => bouncer.stop())

  test(
    'it finds out that nothing arrives, whichever way its own word went',
    { timeout: 20_000 },
    async () => {
      const url = bouncer.through(testDatabase.url)
      const pooled = await connect({ url, max: 3 })
      for (const through of [database, pooled]) {
        const { channel, told, reasons } = listenTo(url, { deafAfter: 1_000 }, through)
        await endingWith(channel, () => waitFor(() => expect(reasons).toMatchObject([{ name: 'DeafError' }])))
        expect(told).toEqual(['(deaf)'])
      }
      await pooled.end()
    },
  )
})
