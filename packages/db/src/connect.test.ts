import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type DatabaseOptions } from './connect.ts'
import { DatabaseUnavailableError } from './connection.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asAuth, asUser, inTransaction, type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

let testDatabase: TestDatabase
let owner: Owner

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
})

afterAll(async () => {
  await owner.end()
  await testDatabase.drop()
})

let people = 0

/** A database opened for one test, under a name of its own by which its connections are counted. */
async function open(options: Partial<DatabaseOptions> = {}) {
  people += 1
  const application = `connect_test_${people}`
  const url = new URL(options.url ?? testDatabase.url)
  url.searchParams.set('application_name', application)
  const errors: Error[] = []
  const database = await connect({ onError: (error) => errors.push(error), ...options, url: url.href })
  const scope = asUser(database, await owner.addUser(`Person${people}`))
  return { database, scope, errors, application, [Symbol.asyncDispose]: () => database.end() }
}

function connectionsOf(application: string) {
  return owner.rows<{ pid: number }>(
    'select pid from pg_stat_activity where application_name = $1 order by pid',
    [application],
  )
}

async function backend({ db }: Scope): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? 0
}

const count = async ({ db }: Scope) => (await db.selectFrom('tasks').select('id').execute()).length

describe('connections', () => {
  test('are as many as asked for, a third of them shared by single statements', async () => {
    await using opened = await open({ max: 9 })
    const { database, scope, application } = opened
    // The first connection, which asked who it is, is gone.
    await expect.poll(() => connectionsOf(application)).toEqual([])
    const sleepers = Array.from({ length: 60 }, () => sql`select pg_sleep(0.05)`.execute(scope.db))
    const transactions = Array.from({ length: 30 }, () =>
      inTransaction(scope, ({ db }) => sql`select pg_sleep(0.05)`.execute(db)),
    )
    await expect.poll(() => database.usage()).toMatchObject({ lanes: 3, pool: 6, max: 9 })
    expect(database.usage().waiting).toBeGreaterThan(0)
    // Those that are only just being made count too.
    await expect.poll(() => connectionsOf(application)).toHaveLength(9)
    await Promise.all([...sleepers, ...transactions])
    expect(database.usage()).toEqual({ lanes: 3, pool: 6, idle: 6, waiting: 0, max: 9 })
    await database.end()
    await expect.poll(() => connectionsOf(application)).toEqual([])
  })

  test('that nobody uses are closed', async () => {
    await using opened = await open({ max: 6, idleTimeout: 20 })
    const { database, scope } = opened
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const holders = Array.from({ length: 4 }, () => inTransaction(scope, () => held))
    await expect.poll(() => database.usage().pool).toBe(4)
    letGo()
    await Promise.all(holders)
    await expect.poll(() => database.usage().pool).toBe(0)
  })

  test('are replaced when their time is over, and nothing fails meanwhile', async () => {
    await using opened = await open({ max: 3, lifetime: 100 })
    const { scope } = opened
    const [first, second] = [await backend(scope), await inTransaction(scope, backend)]
    await expect.poll(() => backend(scope), { timeout: 5000 }).not.toBe(first)
    // The pool counts whole seconds.
    await expect.poll(() => inTransaction(scope, backend), { timeout: 5000 }).not.toBe(second)
  })

  test('that are all taken make the next transaction wait, and then say that the database is unavailable', async () => {
    await using opened = await open({ max: 3, acquireTimeout: 100 })
    const { scope } = opened
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    const holders = [0, 1].map(() => inTransaction(scope, () => held))
    await expect(inTransaction(scope, count)).rejects.toThrow(DatabaseUnavailableError)
    // Single statements have connections of their own.
    expect(await count(scope)).toBe(0)
    letGo()
    await Promise.all(holders)
    expect(await inTransaction(scope, count)).toBe(0)
  })
})

/** What must be the same whether single statements share pipelines or have plain transactions. */
describe.each([true, false])('with pipelining: %s', (pipelining) => {
  test('statements and transactions do what they say', async () => {
    await using opened = await open({ pipelining })
    const { scope, database } = opened
    expect(database.usage().lanes).toBe(0)
    expect(await insert(scope)).toMatchObject({ number: 1, revision: 1 })
    await expect(insert(scope, { title: '' })).rejects.toMatchObject({ constraint: 'tasks_title_check' })
    expect(
      await inTransaction(scope, async (inner) => [await insert(inner), await count(inner)]),
    ).toMatchObject([{ number: 2 }, 2])
    const changed = await scope.db.updateTable('tasks').set({ status: 'completed' }).executeTakeFirst()
    expect(changed.numUpdatedRows).toBe(2n)
    expect(await sql`select 1 where false`.execute(asAuth(database))).toMatchObject({ rows: [] })
    expect(database.usage().lanes > 0).toBe(pipelining)
  })

  test('a statement and a wait for a lock that take too long are ended, and the next one works', async () => {
    await using opened = await open({ pipelining, statementTimeout: 300, lockTimeout: 100 })
    const { scope } = opened
    const { id } = await insert(scope)
    await expect(sql`select pg_sleep(60)`.execute(scope.db)).rejects.toMatchObject({ code: '57014' })
    await expect(
      inTransaction(scope, ({ db }) => sql`select pg_sleep(60)`.execute(db)),
    ).rejects.toMatchObject({ code: '57014' })

    await owner.rows('begin')
    await owner.rows('select from tasks where id = $1 for update', [id])
    const rename = scope.db.updateTable('tasks').set({ title: 'Waiting' })
    await expect(rename.execute()).rejects.toMatchObject({ code: '55P03' })
    await expect(
      inTransaction(scope, ({ db }) => db.updateTable('tasks').set({ title: 'Waiting' }).execute()),
    ).rejects.toMatchObject({ code: '55P03' })
    await owner.rows('rollback')
    expect(await rename.executeTakeFirst()).toMatchObject({ numUpdatedRows: 1n })
    expect(await inTransaction(scope, count)).toBe(1)
  })

  test('connections that are ended from outside are replaced, and their errors crash nobody', async () => {
    await using opened = await open({ pipelining, max: 6 })
    const { scope, application, errors } = opened
    await insert(scope)
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([...Array.from({ length: 8 }, () => count(scope)), inTransaction(scope, count)])
      await owner.rows('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
        application,
      ])
      await expect.poll(() => connectionsOf(application)).toEqual([])
      await expect.poll(() => count(scope).catch(() => 'not yet')).toBe(1)
    }
    expect(errors.length).toBeGreaterThan(0)
  })

  test('a statement in flight when its connection ends is reported as unavailable, never sent twice', async () => {
    await using opened = await open({ pipelining, max: 3 })
    const { scope, application } = opened
    const sleeping =
      sql`with added as (insert into tasks (user_id, title) values (${scope.userId}, 'Once') returning 1)
      select pg_sleep(60) from added`
        .execute(scope.db)
        .catch((error: unknown) => error)
    await expect
      .poll(() =>
        owner.rows(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = $1 and state = 'active' and wait_event = 'PgSleep'`,
          [application],
        ),
      )
      .toHaveLength(1)
    expect(await sleeping).toBeInstanceOf(DatabaseUnavailableError)
    await expect.poll(() => count(scope).catch(() => 'not yet')).toBe(0)
  })

  test('statements that the server forgot are prepared anew, on every connection', async () => {
    await using opened = await open({ pipelining, max: 9 })
    const { scope } = opened
    await insert(scope)
    const everything = () => scope.db.selectFrom('tasks').selectAll().execute()
    await Promise.all(Array.from({ length: 40 }, everything))

    // DISCARD, as a pooler or an administrator may send it.
    await sql`deallocate all`.execute(scope.db)
    expect(await everything()).toHaveLength(1)

    // A migration, under running servers: "cached plan must not change result type".
    for (const change of ['add note text', 'drop note']) {
      await owner.rows(`alter table tasks ${change}`)
      const answers = await Promise.all(Array.from({ length: 40 }, everything))
      expect(answers.map((rows) => rows.length)).toEqual(Array(40).fill(1))
      for (const [row] of answers) expect('note' in (row ?? {})).toBe(change.startsWith('add'))
    }
  })

  test('a transaction that meets a forgotten statement says "try again", and trying again works', async () => {
    await using opened = await open({ pipelining, max: 6 })
    const { scope } = opened
    const everything = (one: Scope) => one.db.selectFrom('tasks').selectAll().execute()
    await Promise.all(Array.from({ length: 8 }, () => inTransaction(scope, everything)))
    for (const change of ['add note text', 'drop note']) {
      await owner.rows(`alter table tasks ${change}`)
      await expect(inTransaction(scope, everything)).rejects.toThrow(DatabaseUnavailableError)
      for (let again = 0; again < 8; again += 1) expect(await inTransaction(scope, everything)).toEqual([])
    }
  })
})

test.each([true, false])(
  'statements can be watched, without their values (pipelining: %s)',
  async (pipelining) => {
    const seen: string[] = []
    const watched = await connect({
      url: testDatabase.url,
      pipelining,
      onStatement: (text) => seen.push(text),
    })
    try {
      const scope = asUser(watched, await owner.addUser(`Watched${pipelining}`))
      await scope.db.selectFrom('tasks').select('id').where('title', '=', 'a secret').execute()
      await inTransaction(scope, ({ db }) => db.selectFrom('tasks').select('title').execute())
      expect(seen).toEqual(['select "id" from "tasks" where "title" = $1', 'select "title" from "tasks"'])
    } finally {
      await watched.end()
    }
  },
)

describe('lanes', () => {
  test('a slow statement does not hold up the others', async () => {
    await using opened = await open({ max: 6 })
    const { scope } = opened
    let ended = false
    const slow = sql`select pg_sleep(60)`.execute(scope.db).catch((error: unknown) => {
      ended = true
      return error
    })
    await expect
      .poll(() =>
        owner.rows(
          `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        ),
      )
      .toHaveLength(1)
    for (let at = 0; at < 20; at += 1) expect(await count(scope)).toBe(0)
    expect(ended).toBe(false)
    await owner.rows(
      `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
    )
    expect(await slow).toMatchObject({ code: '57014' })
  })

  test('names are given to a thousand statements and no more', async () => {
    await using opened = await open({ max: 1 })
    const { scope } = opened
    const texts = Array.from(
      { length: 1100 },
      (_, at) =>
        sql<{ n: number }>`select ${sql.id(`c${at}`)} as n from (select 1) as t(${sql.id(`c${at}`)})`,
    )
    const answers = await Promise.all(texts.map((text) => text.execute(scope.db)))
    expect(answers.every(({ rows }) => rows[0]?.n === 1)).toBe(true)
    const { rows } = await sql<{
      names: number
    }>`select count(*)::int as names from pg_prepared_statements`.execute(scope.db)
    expect(rows[0]?.names).toBeLessThanOrEqual(1001)
    expect(rows[0]?.names).toBeGreaterThan(10)
  })
})

test('the wrong password is a mistake of the configuration, and is not told', async () => {
  const url = new URL(testDatabase.url)
  url.password = 'hush-hush'
  const refusal = await connect({ url: url.href }).catch((error: unknown) => error)
  expect(refusal).toMatchObject({
    name: 'ConfigurationError',
    message: 'PostgreSQL refuses the user or password of DATABASE_URL.',
  })
  expect(JSON.stringify(refusal)).not.toContain('hush-hush')
})
