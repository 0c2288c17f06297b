import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { forgiveLimits, passLimits, RateLimitedError, takeTokens, type Bucket, type Tries } from './limits.ts'
import { removeExpired } from './retention.ts'
import { asAuth, asUser } from './scope.ts'

let testDatabase: TestDatabase
let servers: [Database, Database]
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  const { url } = testDatabase
  servers = [await connect({ url, max: 6 }), await connect({ url, max: 6 })]
  database = servers[0]
})

afterAll(async () => {
  await Promise.all(servers.map((server) => server.end()))
  await testDatabase.drop()
})

// Neither an hour nor a day passes while a test runs, so nothing comes back by itself.
const bucket = (size: number, more: Partial<Bucket> = {}): Bucket => {
  return { key: newKey(), cost: 1, size, every: 3_600, ...more }
}
const tries = (more: Partial<Tries> = {}): Tries => {
  return { key: newKey(), free: 3, first: 600, most: 5_000, ...more }
}

test('a bucket gives what is in it, to several servers at once, and never more', async () => {
  const shared = bucket(30, { cost: 7 })
  const taken = await Promise.all(
    Array.from({ length: 20 }, (_, n) => takeTokens(servers[n % 2] ?? database, shared)),
  )
  expect(taken.reduce((sum, { granted }) => sum + granted, 0)).toBe(30)
  expect(taken.filter(({ granted }) => granted > 0)).toHaveLength(5)
  const { granted, remaining, wait } = await takeTokens(database, shared)
  expect({ granted, remaining }).toEqual({ granted: 0, remaining: 0 })
  expect(wait).toBeGreaterThan(3_500)
  expect(wait).toBeLessThanOrEqual(3_600)
})

test('with time a bucket fills again, one after the other, and never above its size', async () => {
  const shared = bucket(10)
  await takeTokens(database, { ...shared, cost: 10 })
  await passTime(shared.key, '2 hours 30 minutes')
  expect(await takeTokens(database, { ...shared, cost: 10 })).toMatchObject({ granted: 2, remaining: 0 })
  await passTime(shared.key, '20 days')
  expect(await takeTokens(database, { ...shared, cost: 50 })).toMatchObject({ granted: 10 })
})

test('of a hundred at once on two servers as many pass as there are free tries', async () => {
  const guess = tries({ free: 5 })
  const answers = await Promise.allSettled(
    Array.from({ length: 100 }, (_, n) => passLimits(servers[n % 2] ?? database, [guess])),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  for (const error of refused) expect(error).toBeInstanceOf(RateLimitedError)
  expect(refused[0]).toMatchObject({ retryAfter: 600, key: guess.key })
})

test('each pause is twice the last, up to the longest, and refusals make none longer', async () => {
  const guess = tries()
  const pauses = []
  for (let n = 0; n < 3; n++) await passLimits(database, [guess])
  for (let n = 0; n < 6; n++) {
    await refusalOf(passLimits(database, [guess]))
    const { retryAfter } = await refusalOf(passLimits(database, [guess]))
    pauses.push(Math.round(retryAfter / 100) * 100)
    await passTime(guess.key, `${retryAfter} seconds`)
    await passLimits(database, [guess])
  }
  expect(pauses).toEqual([600, 1_200, 2_400, 4_800, 5_000, 5_000])
  await passTime(guess.key, '2 days')
  for (let n = 0; n < 3; n++) await passLimits(database, [guess])
})

test('what turns out right is forgiven: its tries do not count and its tokens are back', async () => {
  const [guess, spray] = [tries(), bucket(4)]
  for (let n = 0; n < 20; n++) {
    await passLimits(database, [guess, spray])
    await forgiveLimits(database, [guess, spray])
  }
  for (let n = 0; n < 3; n++) await passLimits(database, [guess, spray])
  expect((await refusalOf(passLimits(database, [guess, spray]))).key).toBe(guess.key)
})

test('where one of several refuses, none of them is used up', async () => {
  const [open, closed] = [bucket(5), tries({ free: 1 })]
  await passLimits(database, [closed])
  for (let n = 0; n < 10; n++) {
    expect((await refusalOf(passLimits(database, [open, closed]))).key).toBe(closed.key)
  }
  expect(await takeTokens(database, { ...open, cost: 9 })).toMatchObject({ granted: 5 })
})

test('those who meet the same limits in another order do not wait for each other for ever', async () => {
  const keys = Array.from({ length: 6 }, () => bucket(1_000))
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      passLimits(servers[n % 2] ?? database, n % 3 === 0 ? keys : keys.toReversed()),
    ),
  )
  for (const key of keys) expect(await takeTokens(database, key)).toMatchObject({ remaining: 1_000 - 61 })
})

test('a try stays counted when the work that it was for is rolled back', async () => {
  const guess = tries({ free: 1 })
  const work = asAuth(database)
    .transaction()
    .execute(async () => {
      await passLimits(database, [guess])
      throw new Error('the login failed')
    })
  await expect(work).rejects.toThrow('the login failed')
  await refusalOf(passLimits(database, [guess]))
})

test('neither role reads or writes the table, and only identity’s may count', async () => {
  const { db: identity } = { db: asAuth(database) }
  const { db: owner } = asUser(database, '0190a6c0-0000-7000-8000-000000000000')
  for (const role of [identity, owner]) {
    for (const statement of [
      sql`select from limits`,
      sql`delete from limits`,
      sql`update limits set tries = 0`,
      sql`insert into limits (key) values (decode(${newKey()}, 'hex'))`,
    ]) {
      await expect(statement.execute(role)).rejects.toThrow(/permission denied/)
    }
  }
  for (const statement of [
    sql`select pass_limits('[]')`,
    sql`select forgive_limits('[]')`,
    sql`select forget_limits(1)`,
    sql`select take_tokens('\\x00', 1, 1, 1)`,
  ]) {
    await expect(statement.execute(owner)).rejects.toThrow(/permission denied/)
  }
})

test('rows that say nothing any more are removed, and the others stay', async () => {
  await testDatabase.query('delete from limits')
  const [old, fresh, full] = [tries(), tries(), bucket(5)]
  await passLimits(database, [old, fresh])
  await takeTokens(database, full)
  await passTime(old.key, '2 days')
  await passTime(full.key, '1 hour')
  const keep = { logDays: 400, operationDays: 7 }
  expect(await removeExpired(database, keep)).toMatchObject({ limits: 2 })
  const kept = await testDatabase.query<{ key: string }>(`select encode(key, 'hex') as key from limits`)
  expect(kept).toEqual([{ key: fresh.key }])
})

function newKey(): string {
  return randomBytes(16).toString('hex')
}

async function refusalOf(passing: Promise<void>): Promise<RateLimitedError> {
  const error = await passing.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(RateLimitedError)
  return error as RateLimitedError
}

/** Instead of waiting: everything that was noted down was so much earlier. */
async function passTime(key: string, interval: string): Promise<void> {
  await testDatabase.query(
    `update limits set free_at = free_at - $2::interval, forget_at = forget_at - $2::interval
     where key = decode($1, 'hex')`,
    [key, interval],
  )
}
