import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { migrate, migrationStatus } from './migrate.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { pgBouncerIsPresent, startPgBouncer, type PgBouncer } from './pgbouncer.fixture.ts'
import { asAuth, asUser, inTransaction, type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

// Hosted databases (Neon, Supabase) put PgBouncer in transaction mode in front: each transaction may get
// another connection, so nothing may rely on what an earlier one left there.

if (!pgBouncerIsPresent) process.stdout.write('SKIPPED: no test through PgBouncer, it is not installed.\n')

describe.skipIf(!pgBouncerIsPresent)('through PgBouncer in transaction mode', () => {
  let testDatabase: TestDatabase
  let owner: Owner
  let bouncer: PgBouncer
  let url: string
  let database: Database

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    owner = await openOwner(testDatabase.ownerUrl)
    bouncer = await startPgBouncer(testDatabase)
    url = bouncer.through(testDatabase.url)
    database = await connect({ url, max: 9, acquireTimeout: 60_000 })
  })

  afterAll(async () => {
    bouncer.stop()
    await Promise.all([database.end(), owner.end()])
    await testDatabase.drop()
  })

  let people = 0

  async function newUser(): Promise<Scope> {
    people += 1
    return asUser(database, await owner.addUser(`Person${people}`))
  }

  test('named statements are found not to last, again and again, and directly to last', async () => {
    expect(database.named).toBe(false)
    // The probe leaves nothing behind that the next start would fall over.
    for (let start = 0; start < 6; start += 1) {
      const again = await connect({ url, max: 1 })
      expect(again.named).toBe(false)
      await again.end()
    }
    await Promise.all(Array.from({ length: 12 }, async () => (await connect({ url, max: 1 })).end()))
    const direct = await connect({ url: testDatabase.url, max: 1 })
    expect(direct.named).toBe(true)
    await direct.end()
  })

  test('named statements may be insisted on or done without, whatever the probe says', async () => {
    const off = await connect({ url: testDatabase.url, max: 1, prepared: 'off' })
    expect(off.named).toBe(false)
    expect(await sql`select 1 as one`.execute(asAuth(off))).toMatchObject({ rows: [{ one: 1 }] })
    const on = await connect({ url: testDatabase.url, max: 1, prepared: 'on' })
    expect(on.named).toBe(true)
    await Promise.all([off.end(), on.end()])
  })

  test('statements, transactions and failures work as they do directly', async () => {
    const ada = await newUser()
    const { id } = await insert(ada, { title: 'First' })
    await expect(insert(ada, { title: '' })).rejects.toMatchObject({ constraint: 'tasks_title_check' })
    const numbers = await inTransaction(ada, async (scope) => [
      (await insert(scope)).number,
      (await insert(scope)).number,
    ])
    expect(numbers).toEqual([2, 3])
    const undone = inTransaction(ada, async ({ db }) => {
      await db.deleteFrom('tasks').execute()
      throw new Error('changed my mind')
    })
    await expect(undone).rejects.toThrow('changed my mind')
    expect(await ada.db.selectFrom('tasks').select('id').execute()).toHaveLength(3)
    await ada.db.deleteFrom('tasks').where('userId', '=', ada.userId).where('id', '=', id).execute()
    expect(await asAuth(database).selectFrom('users').select('id').execute()).not.toEqual([])
  })

  test('limits of time hold, and end with their statement', async () => {
    const impatient = await connect({ url, max: 1, statementTimeout: 50 })
    const ada = asUser(impatient, await owner.addUser('Impatient'))
    await expect(sql`select pg_sleep(10)`.execute(ada.db)).rejects.toMatchObject({ code: '57014' })
    await impatient.end()
    const { rows } = await sql<{
      limit: string
    }>`select current_setting('statement_timeout') as limit`.execute((await newUser()).db)
    expect(rows).toEqual([{ limit: '10s' }])
  })

  test('1,000 statements of 20 users on four connections never meet', async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, () => newUser()))
    await Promise.all(crowd.map((scope) => insert(scope, { title: scope.userId })))
    const seen = await Promise.all(
      crowd.flatMap((scope) =>
        Array.from({ length: 50 }, async (_, nth) => {
          if (nth % 5 === 0)
            return sql`select 1 / 0`.execute(scope.db).then(
              () => 'crossed',
              () => 'failed',
            )
          const read = ({ db }: Scope) => db.selectFrom('tasks').select('userId').execute()
          const rows = await (nth % 5 === 1 ? inTransaction(scope, read) : read(scope))
          return rows.length === 1 && rows[0]?.userId === scope.userId ? 'own' : 'crossed'
        }),
      ),
    )
    expect(seen.filter((one) => one === 'crossed')).toEqual([])
    expect(seen.filter((one) => one === 'own')).toHaveLength(800)
  })

  test('no connection behind it keeps a user, a role or a limit', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => insert(await newUser())))
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    for (let look = 0; look < 20; look += 1) {
      const { rows } = await client.query(
        `select current_user = session_user as itself, coalesce(current_setting('app.user_id', true), '') as user_id,
           current_setting('statement_timeout') as limit`,
      )
      expect(rows).toEqual([{ itself: true, user_id: '', limit: '0' }])
    }
    await client.end()
  })

  test('migrations take the direct URL, and are safe even through the pooler', async () => {
    expect(await migrate({ url: testDatabase.ownerUrl })).toEqual([])
    expect(await migrate({ url: bouncer.through(testDatabase.ownerUrl) })).toEqual([])
    expect(
      (await migrationStatus(bouncer.through(testDatabase.ownerUrl))).every(({ executedAt }) => executedAt),
    ).toBe(true)
  })
})
