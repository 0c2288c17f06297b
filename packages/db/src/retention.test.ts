import { randomBytes, randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { removeExpired } from './retention.ts'
import { asAuth, asUser, inTransaction } from './scope.ts'
import { clockOf, insert, update } from './tasks.fixture.ts'
import { UpkeepElsewhereError } from './upkeep.ts'

let testDatabase: TestDatabase
let owner: Owner
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
  database = await connect({ url: testDatabase.url, max: 6 })
})

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

beforeEach(async () => {
  await owner.rows('delete from users')
})

const keep = { logDays: 400, operationDays: 7 }

/** A user with one task and a log of as many revisions, the newest made now and each before it a day earlier. */
async function userWithLog(revisions: number) {
  const user = asUser(database, await owner.addUser(randomUUID()))
  const { id } = await insert(user)
  for (let at = 2; at <= revisions; at++) await update(user, id, { title: `Version ${at}` })
  await owner.rows(
    `update revisions set made_at = now() - make_interval(days => $2 - revision::integer) where user_id = $1`,
    [user.userId, revisions],
  )
  return user
}

async function logOf(userId: string): Promise<number[]> {
  const rows = await owner.rows<{ revision: string }>(
    `select revision from revisions r where user_id = $1
       and exists (select from changes c where c.user_id = r.user_id and c.revision = r.revision) order by 1`,
    [userId],
  )
  return rows.map(({ revision }) => Number(revision))
}

test('the log is kept as long as it has to be, and goes from its oldest revision on', async () => {
  const [ada, eve] = [await userWithLog(12), await userWithLog(3)]
  // Made 0 to 11 days ago: the four that are 8 days old or older go.
  const days = 7.5
  expect(await removeExpired(database, { ...keep, logDays: days })).toMatchObject({ revisions: 4 })
  expect(await logOf(ada.userId)).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
  expect(await logOf(eve.userId)).toEqual([1, 2, 3])
  expect(await owner.rows('select from changes where revision < 5 and user_id = $1', [ada.userId])).toEqual(
    [],
  )

  // The task and the clock know nothing of it, and the next revision is the next.
  expect(await clockOf(ada)).toMatchObject({ revision: 12 })
  await insert(ada)
  expect((await logOf(ada.userId)).at(-1)).toBe(13)
  expect(await removeExpired(database, { ...keep, logDays: days })).toMatchObject({ revisions: 0 })
})

test('a log without any young revision goes whole, and 0 days keep it for ever', async () => {
  const ada = await userWithLog(5)
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  expect(await removeExpired(database, { ...keep, logDays: 0 })).toMatchObject({ revisions: 0 })
  expect(await logOf(ada.userId)).toHaveLength(5)
  expect(await removeExpired(database, keep)).toMatchObject({ revisions: 5 })
  expect(await logOf(ada.userId)).toEqual([])
  expect(await clockOf(ada)).toMatchObject({ revision: 5 })
})

test('operation records go after their days, and by the clock of whoever runs it', async () => {
  const ada = await owner.addUser('Ada')
  const record = (days: number) =>
    owner.rows(
      `insert into operations (user_id, op_id, procedure, input_hash, made_at)
       values ($1, gen_random_uuid(), 'tasks.create', $2, now() - make_interval(days => $3))`,
      [ada, randomBytes(32), days],
    )
  for (const days of [0, 2, 6, 8, 30]) await record(days)
  const left = async () => (await owner.rows('select from operations')).length
  expect(await removeExpired(database, keep)).toMatchObject({ operations: 2 })
  expect(await left()).toBe(3)
  const inFourDays = () => new Date(Date.now() + 4 * 86_400_000)
  expect(await removeExpired(database, keep, { now: inFourDays })).toMatchObject({ operations: 1 })
  // A clock that runs years ahead removes nothing that is younger than a day.
  const inTenYears = () => new Date(Date.now() + 3_650 * 86_400_000)
  expect(await removeExpired(database, keep, { now: inTenYears })).toMatchObject({ operations: 1 })
  expect(await left()).toBe(1)
})

test('links that are over go, and what touched an account goes after half a year', async () => {
  const eve = await owner.addUser('Eve')
  await owner.rows(
    `insert into email_tokens (token_hash, purpose, user_id, email, expires_at)
     select encode(sha256(n::text::bytea), 'hex'), 'reset', $1, 'eve@example.org', now() + make_interval(hours => n)
     from generate_series(-2, 3) n`,
    [eve],
  )
  await owner.rows(
    `insert into security_events (user_id, kind, at)
     select $1, 'signed-in', now() - make_interval(days => n) from generate_series(178, 2190) n`,
    [eve],
  )
  expect(await removeExpired(database, keep)).toMatchObject({ emailTokens: 3, securityEvents: 2_011 })
  expect(await owner.rows('select from email_tokens')).toHaveLength(3)
  expect(await owner.rows('select from security_events')).toHaveLength(2)
})

test('expired sessions, verifications, tokens and codes go, and those that live stay, whatever the clock says', async () => {
  const ada = await owner.addUser('Ada')
  await owner.rows(
    `insert into sessions (user_id, token_hash, expires_at)
     select $1, encode(sha256(n::text::bytea), 'hex'), now() + make_interval(hours => n)
     from generate_series(-4999, 3) n`,
    [ada],
  )
  await owner.rows(
    `insert into verifications (identifier, value, expires_at)
     select n, n, now() + make_interval(hours => n) from generate_series(-2, 3) n`,
  )
  for (const [table, column] of [
    ['second_steps', 'token_hash'],
    ['trusted_devices', 'token_hash'],
    ['passkey_challenges', 'challenge_hash'],
  ]) {
    await owner.rows(
      `insert into ${table} (user_id, ${column}, expires_at)
       select $1, encode(sha256(n::text::bytea), 'hex'), now() + make_interval(hours => n) from generate_series(-3, 3) n`,
      [ada],
    )
  }
  await owner.rows(
    `insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at, created_at)
     select $1, 'x', encode(sha256(n::text::bytea), 'hex'), 'abcd', '{read}', now() + make_interval(hours => n),
       now() - interval '1 day'
     from generate_series(-1, 3) n`,
    [ada],
  )
  await owner.rows(
    `insert into device_codes (device_code_hash, user_code, status, expires_at)
     select encode(sha256(n::text::bytea), 'hex'), n, 'pending', now() + make_interval(hours => n)
     from generate_series(0, 3) n`,
  )
  const inTenYears = () => new Date(Date.now() + 3_650 * 86_400_000)
  expect(await removeExpired(database, keep, { now: inTenYears })).toMatchObject({
    secondSteps: 4,
    trustedDevices: 4,
    passkeyChallenges: 4,
    sessions: 5_000,
    verifications: 3,
    tokens: 2,
    deviceCodes: 1,
  })
  expect(await owner.rows('select from sessions where expires_at > now()')).toHaveLength(3)
  expect(await owner.rows('select from verifications')).toHaveLength(3)
  expect(await owner.rows('select from api_tokens')).toHaveLength(3)
  expect(await owner.rows('select from device_codes')).toHaveLength(3)
  const plan = await owner.rows<{ 'QUERY PLAN': string }>(
    `explain select id from sessions where expires_at <= least($1::timestamptz, now()) order by expires_at limit 2000`,
    [new Date()],
  )
  expect(JSON.stringify(plan)).toContain('sessions_expires_at_idx')
})

test('more than fits into a step goes in several, and after each the log has no gap', async () => {
  const ada = await userWithLog(40)
  await inTransaction(ada, async (scope) => {
    await sql`insert into tasks (user_id, title) select ${ada.userId}, 'x' from generate_series(1, 30)`.execute(
      scope.db,
    )
  })
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  const steps = []
  let after: string | null = '00000000-0000-0000-0000-000000000000'
  while (after !== null && steps.length < 100) {
    const { rows }: { rows: { last_user: string | null; removed_revisions: number }[] } = await sql<{
      last_user: string | null
      removed_revisions: number
    }>`select * from remove_expired(${after}, 10, now() - interval '400 days', now(), 10)`.execute(
      asAuth(database),
    )
    after = rows[0]?.last_user ?? null
    steps.push(rows[0]?.removed_revisions)
    const left = await logOf(ada.userId)
    expect(left).toEqual(Array.from({ length: left.length }, (_, at) => 42 - left.length + at))
  }
  // Each revision counts as itself and its one entry; the last is one of thirty, and goes whole.
  expect(steps).toEqual([5, 5, 5, 5, 5, 5, 5, 5, 1])
})

test('every account is looked at, in pages', async () => {
  await owner.rows(
    `insert into users (email, name) select 'user' || n || '@example.org', n from generate_series(1, 2500) n`,
  )
  await owner.rows(
    `insert into operations (user_id, op_id, procedure, input_hash, made_at)
     select id, gen_random_uuid(), 'account.update', sha256(''), now() - interval '8 days' from users`,
  )
  expect(await removeExpired(database, keep)).toMatchObject({ operations: 2_500 })
})

test('who serves requests may neither call it nor touch the log, and identity only what it may call', async () => {
  const ada = await userWithLog(3)
  const call = sql`select * from remove_expired(${ada.userId}, 10, now(), now(), 10)`
  await expect(call.execute(ada.db)).rejects.toMatchObject({ code: '42501' })
  for (const [role, db] of [
    ['ownlist_app', ada.db],
    ['ownlist_auth', asAuth(database)],
  ] as const) {
    for (const table of ['revisions', 'changes']) {
      const deletion = sql`delete from ${sql.table(table)}`
      await expect(deletion.execute(db), `${role} ${table}`).rejects.toMatchObject({ code: '42501' })
    }
  }
  // Called with moments in the future it still keeps the last day.
  await sql`select * from remove_expired('00000000-0000-0000-0000-000000000000', 1000,
    now() + interval '10 years', now() + interval '10 years', 1000)`.execute(asAuth(database))
  expect(await logOf(ada.userId)).toEqual([3])
})

test('one server at a time does it', async () => {
  const ada = await userWithLog(2)
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  await owner.rows('begin')
  await owner.rows('select pg_advisory_xact_lock(5771201123)')
  await expect(removeExpired(database, keep)).rejects.toThrow(UpkeepElsewhereError)
  await owner.rows('commit')
  expect(await logOf(ada.userId)).toHaveLength(2)
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => removeExpired(database, keep)))
  const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason)
  for (const reason of refused) expect(reason).toBeInstanceOf(UpkeepElsewhereError)
  expect(refused.length).toBeLessThan(5)
  expect(await logOf(ada.userId)).toEqual([])
})

test('nobody who writes waits for it, nor it for them', async () => {
  const ada = await userWithLog(3)
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  await inTransaction(ada, async (scope) => {
    // Holds the clock and a task until its end.
    await insert(scope)
    expect(await removeExpired(database, keep)).toMatchObject({ revisions: 3 })
  })
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  await asAuth(database)
    .transaction()
    .execute(async (db) => {
      await sql`select * from remove_expired('00000000-0000-0000-0000-000000000000', 10,
        now() - interval '1 day', now(), 100)`.execute(db)
      // Removed and not yet committed: the user goes on writing.
      await insert(ada)
    })
  expect(await logOf(ada.userId)).toEqual([5])
})

test('it ends between two steps where it is told to', async () => {
  const ada = await userWithLog(2)
  await owner.rows(`update revisions set made_at = made_at - interval '1000 days'`)
  await expect(removeExpired(database, keep, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  expect(await logOf(ada.userId)).toHaveLength(2)
})
