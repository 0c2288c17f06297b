import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { beforeEach, describe, expect, test } from 'vitest'
import { tablesThatAre } from './catalogue.fixture.ts'
import { insertEveryKind } from './kinds.fixture.ts'
import { once } from './operations.ts'
import { openPeople } from './people.fixture.ts'
import { asAuth, asUser, inTransaction, type Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'
import { textValues } from './values.ts'

const { testDatabase, database, owner, newUser } = await openPeople()

/** Leaves a row in every table that requests touch. */
function live(scope: Scope, title: string) {
  const operation = { opId: randomUUID(), procedure: 'tasks.create', inputHash: Buffer.alloc(32) }
  return once(scope, operation, (within) => insertEveryKind(within, title))
}

/** Any text, as any user: what row-level security has to withstand when everything above it failed. */
function run(text: string, userId: string | null, values: unknown[] = []) {
  return database.run({ text, values, types: textValues, name: undefined }, 'ownlist_app', userId)
}

describe('row-level security alone', () => {
  let ada: Scope
  let eve: Scope

  beforeEach(async () => {
    ;[ada, eve] = [await newUser(), await newUser()]
    await Promise.all([live(ada, 'Secret'), live(eve, 'Mine')])
  })

  /** The connection is Eve's, and every where clause, by mistake, says Ada. */
  const mistaken = (): Scope => ({ db: eve.db, userId: ada.userId })

  test('statements that name the victim find nothing, change nothing and add nothing', async () => {
    const { db, userId } = mistaken()
    const before = await owner.contents('tasks')

    expect(await db.selectFrom('tasks').selectAll().where('userId', '=', userId).execute()).toEqual([])
    expect(
      await db.updateTable('tasks').set({ title: 'Hacked' }).where('userId', '=', userId).executeTakeFirst(),
    ).toMatchObject({ numUpdatedRows: 0n })
    expect(await db.deleteFrom('tasks').where('userId', '=', userId).executeTakeFirst()).toMatchObject({
      numDeletedRows: 0n,
    })
    await expect(insert(mistaken())).rejects.toMatchObject({ code: '42501' })

    expect(await owner.contents('tasks')).toEqual(before)
    expect(await ada.db.selectFrom('tasks').select('title').execute()).toEqual([
      { title: 'Secret' },
      { title: 'Secret' },
    ])
  })

  test('statements without any where clause reach the own rows only, on every table there is', async () => {
    const tables = await tablesThatAre(owner, 'touched')
    expect(tables).toEqual(expect.arrayContaining(['tasks', 'user_clocks', 'users']))
    for (const table of tables) {
      const key = table === 'users' ? 'id' : 'user_id'
      const name = pg.escapeIdentifier(table)
      // The proof means nothing unless Ada has a row there.
      expect(await owner.rows(`select from ${name} where ${key} = $1`, [ada.userId])).not.toEqual([])
      const { rows } = await run(`select ${key} as owner from ${name}`, eve.userId)
      const owners = new Set(rows.map((row: { owner: string }) => row.owner))
      expect({ table, owners }).toEqual({ table, owners: new Set([eve.userId]) })
    }
  })

  test("nothing of another user's is inserted, changed or deleted, on every table there is", async () => {
    for (const table of await tablesThatAre(owner, 'touched')) {
      const key = table === 'users' ? 'id' : 'user_id'
      const name = pg.escapeIdentifier(table)
      const hers = () => owner.rows(`select t::text from ${name} t where ${key} = $1`, [ada.userId])
      const before = await hers()
      const columns = await owner.rows<{ column: string }>(
        `select quote_ident(attname) as column from pg_attribute
         where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' `,
        [table],
      )
      const list = columns.map(({ column }) => column).join(', ')
      const [row] = await owner.rows<{ json: string }>(
        `select to_jsonb(t) || '{"id": "00000000-0000-4000-8000-000000000001", "number": 77}' as json
         from ${name} t where ${key} = $1`,
        [ada.userId],
      )
      const own = await owner.rows(`select from ${name} where ${key} = $1`, [eve.userId])
      const attempts: [string, unknown[]][] = [
        [
          `insert into ${name} (${list}) select ${list} from jsonb_populate_record(null::${name}, $1)`,
          [row?.json],
        ],
        [`update ${name} set ${key} = ${key} where ${key} = $1`, [ada.userId]],
        [`update ${name} set ${key} = $1`, [ada.userId]],
        [`delete from ${name} where ${key} = $1`, [ada.userId]],
        [`delete from ${name}`, []],
        [`truncate ${name}`, []],
      ]
      for (const [text, values] of attempts) {
        const answer = await run(text, eve.userId, values).then(
          ({ rowCount }) => `${rowCount} rows`,
          ({ code }: { code: string }) => code,
        )
        // Refused by privilege, by policy, or by the trigger that keeps a task with its owner.
        const harmless = ['42501', '23514', text === `delete from ${name}` ? `${own.length} rows` : '0 rows']
        expect({ text, harmless: harmless.includes(answer), answer }).toMatchObject({ harmless: true })
      }
      expect({ table, rows: await hers() }).toEqual({ table, rows: before })
    }
  })

  test('locking, upserting and returning are no way around', async () => {
    const [{ id } = { id: '' }] = await ada.db.selectFrom('tasks').select('id').execute()
    expect((await run('select * from tasks where id = $1 for update', eve.userId, [id])).rows).toEqual([])
    const upsert = `insert into tasks (user_id, id, title) values ($1, $2, 'Hacked')
      on conflict (user_id, id) do update set title = 'Hacked' returning *`
    await expect(run(upsert, eve.userId, [ada.userId, id])).rejects.toMatchObject({ code: '42501' })
    expect(await ada.db.selectFrom('tasks').select('title').where('id', '=', id).execute()).toEqual([
      { title: 'Secret' },
    ])
  })

  test('a write for somebody else is refused in the same words, whether they exist or not', async () => {
    const refusals = [ada.userId, crypto.randomUUID()].map((userId) =>
      run(`insert into tasks (user_id, title) values ($1, 'Hello?')`, eve.userId, [userId]).catch(
        ({ code, message }: pg.DatabaseError) => ({ code, message }),
      ),
    )
    const [exists, doesNot] = await Promise.all(refusals)
    expect(exists).toMatchObject({ code: '42501' })
    expect(doesNot).toEqual(exists)
  })

  test('identity is closed to requests, and what users own is closed to sign-in', async () => {
    const factors = ['totp_factors', 'recovery_codes', 'second_steps', 'trusted_devices', 'passkeys']
    for (const table of ['sessions', 'accounts', 'verifications', 'passkey_challenges', ...factors]) {
      await expect(run(`select from ${table}`, eve.userId)).rejects.toMatchObject({ code: '42501' })
    }
    await expect(run('select is_active from users', eve.userId)).rejects.toMatchObject({ code: '42501' })
    await expect(run(`update users set name = 'X'`, eve.userId)).rejects.toMatchObject({ code: '42501' })
    const auth = asAuth(database)
    for (const table of ['tasks', 'user_clocks'] as const) {
      await expect(sql`select from ${sql.table(table)}`.execute(auth)).rejects.toMatchObject({
        code: '42501',
      })
    }
  })
})

describe('without a scope', () => {
  test('no table shows a row and none takes one', async () => {
    const ada = await newUser()
    await live(ada, 'Secret')
    for (const table of await tablesThatAre(owner, 'touched')) {
      expect(await owner.contents(table)).not.toEqual([])
      const { rows } = await run(`select from ${pg.escapeIdentifier(table)}`, null)
      expect({ table, rows }).toEqual({ table, rows: [] })
    }
    await expect(
      run(`insert into tasks (user_id, title) values ($1, 'Nobody')`, null, [ada.userId]),
    ).rejects.toMatchObject({ code: '42501' })
    expect((await run('update tasks set title = title', null)).rowCount).toBe(0)
    expect((await run('delete from tasks', null)).rowCount).toBe(0)
  })

  test('the login itself has no rights, and as ownlist_app without a user it sees nothing', async () => {
    await insert(await newUser())
    const client = new pg.Client({ connectionString: testDatabase.url })
    await client.connect()
    try {
      await expect(client.query('select from tasks')).rejects.toMatchObject({ code: '42501' })
      await client.query('set role ownlist_app')
      expect((await client.query('select from tasks')).rowCount).toBe(0)
      for (const nonsense of ['', ' ', 'null', "' or true --"]) {
        await client.query(`select set_config('app.user_id', $1, false)`, [nonsense])
        const seen = await client.query('select from tasks').then(
          ({ rowCount }) => rowCount,
          (error: { code: string }) => error.code,
        )
        expect([0, '22P02']).toContain(seen)
      }
    } finally {
      await client.end()
    }
  })

  test('a user id that is no UUID makes no scope', () => {
    for (const wrong of [
      '',
      'ada',
      "' or true --",
      '00000000-0000-0000-0000-00000000000',
      `${crypto.randomUUID()} `,
    ]) {
      expect(() => asUser(database, wrong)).toThrow('a user id is a UUID')
    }
  })
})

describe('a transaction', () => {
  test('keeps its scope through savepoints, failures and nested work', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    await insert(ada, { title: 'Secret' })
    await inTransaction(eve, async (scope) => {
      const titles = async () =>
        (await scope.db.selectFrom('tasks').select('title').execute()).map((row) => row.title)
      await insert(scope, { title: 'Kept' })
      await sql`savepoint before`.execute(scope.db)
      await insert(scope, { title: 'Undone' })
      await expect(sql`select 1 / 0`.execute(scope.db)).rejects.toMatchObject({ code: '22012' })
      await sql`rollback to savepoint before`.execute(scope.db)
      expect(await titles()).toEqual(['Kept'])
    })
    expect(await eve.db.selectFrom('tasks').select('title').execute()).toEqual([{ title: 'Kept' }])
  })

  test('that failed in the middle cannot be committed by mistake', async () => {
    const ada = await newUser()
    const careless = inTransaction(ada, async (scope) => {
      await insert(scope)
      await insert(scope, { title: '' }).catch(() => {})
    })
    await expect(careless).rejects.toThrow('the transaction had failed and was rolled back')
    expect(await ada.db.selectFrom('tasks').select('id').execute()).toEqual([])
  })
})

describe('what only the database may do', () => {
  test('a clock cannot be advanced or set by a request', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    await insert(ada)
    for (const userId of [ada.userId, eve.userId]) {
      await expect(run('select tick($1)', eve.userId, [userId])).rejects.toMatchObject({ code: '42501' })
    }
    await expect(run('update user_clocks set revision = 0', ada.userId)).rejects.toMatchObject({
      code: '42501',
    })
    for (const trigger of ['remember_task_numbers', 'log_changes', 'stamp_task']) {
      await expect(run(`select ${trigger}()`, eve.userId)).rejects.toThrow(
        /permission denied|only be called as trigger/,
      )
    }
  })

  test('a temporary table cannot stand in for one of ours inside functions that run as the owner', async () => {
    const ada = await newUser()
    await inTransaction(ada, async (scope) => {
      await sql`create temporary table user_clocks (like public.user_clocks)`.execute(scope.db)
      await sql`insert into pg_temp.user_clocks values (${ada.userId}, 900, 900, pg_current_xact_id(), now(), '')`.execute(
        scope.db,
      )
      expect(await insert(scope)).toMatchObject({ revision: 1, number: 1 })
    })
  })

  test('a forged count of task numbers reaches nobody else, and gives no number twice', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    await insert(ada)
    await inTransaction(eve, async (scope) => {
      for (const forged of [
        `${ada.userId} 1 500`,
        `${eve.userId} 2 500`,
        `${eve.userId} 1 -5`,
        'nonsense',
        '',
      ]) {
        await sql`select set_config('app.task_numbers', ${forged}, true)`.execute(scope.db)
        await insert(scope)
      }
    })
    const numbers = await eve.db.selectFrom('tasks').select('number').orderBy('number').execute()
    expect(numbers.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    expect((await insert(ada)).number).toBe(2)
  })
})

test(
  '4,000 good and failing statements of 20 users on shared connections never meet',
  { timeout: 60_000 },
  async () => {
    const crowd = await Promise.all(Array.from({ length: 20 }, () => newUser()))
    await Promise.all(crowd.map((scope) => insert(scope, { title: scope.userId })))
    let crossed = 0
    let failed = 0

    /** What each kind of statement must answer; whoever it answers about must be the one who asked. */
    const kinds: ((scope: Scope) => Promise<{ userId: string }[]>)[] = [
      ({ db }) => db.selectFrom('tasks').select('userId').execute(),
      ({ db }) => db.selectFrom('users').select('id as userId').execute(),
      async ({ db }) => (await sql<{ userId: string }>`select current_user_id() as user_id`.execute(db)).rows,
      async ({ db }) => (await sql<{ userId: string }>`select 1 / 0`.execute(db)).rows,
      async ({ db }) => (await sql<{ userId: string }>`selekt`.execute(db)).rows,
      async (scope) => [await insert(scope, { title: '' })],
      async (scope) => [await insert(scope, { number: 1 })],
      ({ db }) => db.updateTable('tasks').set({ status: 'in_progress' }).returning('userId').execute(),
      (scope) => inTransaction(scope, ({ db }) => db.selectFrom('tasks').select('userId').execute()),
      (scope) =>
        inTransaction(scope, async ({ db }) => {
          await db.deleteFrom('tasks').execute()
          throw new Error('rolled back')
        }),
    ]
    await Promise.all(
      crowd.flatMap((scope, person) =>
        Array.from({ length: 200 }, async (_, at) => {
          const kind = kinds[(at * 7 + person) % kinds.length]
          try {
            const rows = (await kind?.(scope)) ?? []
            if (rows.length !== 1 || rows[0]?.userId !== scope.userId) crossed += 1
          } catch {
            failed += 1
          }
        }),
      ),
    )
    expect({ crossed, failed }).toEqual({ crossed: 0, failed: 2_000 })
  },
)
