import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { enterScope, enterScopeName, scopeValues, ScopedQuery, type Identity } from './scoped-query.ts'
import { textValues } from './values.ts'

const ada = '00000000-0000-4000-8000-000000000001'
const identity: Identity = { role: 'ownlist_app', userId: ada, statementTimeout: 0, lockTimeout: 0 }

const outside = `select current_user = session_user as itself, coalesce(current_setting('app.user_id', true), '') as "user",
  coalesce(current_setting('app.task_numbers', true), '') as numbers, current_setting('statement_timeout') as "limit"`
const nothing = { itself: true, user: '', numbers: '', limit: '0' }

let testDatabase: TestDatabase
let client: pg.Client

beforeAll(async () => {
  testDatabase = await createTestDatabase()
})

afterAll(() => testDatabase.drop())

beforeEach(async () => {
  client = new pg.Client({ connectionString: testDatabase.url, pipeline: true })
  client.on('error', () => {})
  await client.connect()
  await client.query({
    name: enterScopeName,
    text: enterScope,
    values: scopeValues({ ...identity, userId: null }),
  })
})

afterEach(() => client.end())

function run(
  text: string,
  { name, ...own }: Partial<Identity> & { name?: string } = {},
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const statement = { text, name, values: [], types: textValues }
    client.query(
      new ScopedQuery({ ...identity, ...own }, statement, (error, result) =>
        error ? reject(error) : resolve(result),
      ),
    )
  })
}

/** What the connection is between statements. */
async function seenOutside() {
  return (await client.query(outside)).rows[0]
}

describe("pg's inner methods", () => {
  test('are those that a scoped query writes to and is told by', () => {
    const connection = (client as unknown as { connection: Record<string, unknown> }).connection
    for (const method of ['parse', 'bind', 'execute', 'describe', 'sync']) {
      expect(connection[method]).toBeTypeOf('function')
    }
    const query = pg.Query.prototype as unknown as Record<string, unknown>
    for (const method of ['submit', 'prepare', 'handleDataRow', 'handleCommandComplete', 'handleError']) {
      expect(query[method]).toBeTypeOf('function')
    }
  })

  test.each([undefined, 'a_name'])(
    'send the scope and the statement under one Sync (name: %s)',
    async (name) => {
      const written: string[] = []
      const connection = (client as unknown as { connection: Record<string, (message?: Message) => void> })
        .connection
      for (const method of ['parse', 'bind', 'describe', 'execute', 'sync', 'flush', 'query', 'close']) {
        const original = connection[method]?.bind(connection)
        connection[method] = (message) => {
          written.push([method, message?.statement ?? message?.name ?? ''].join(' ').trim())
          original?.(message)
        }
      }
      await run('select 1', { name })
      const scope = name ? [`bind ${enterScopeName}`] : ['parse', 'bind']
      const statement = name ? [`parse ${name}`, `bind ${name}`] : ['parse', 'bind']
      expect(written).toEqual([...scope, 'execute', ...statement, 'describe', 'execute', 'sync'])

      // Once parsed, a named statement is only bound.
      written.length = 0
      await run('select 1', { name })
      expect(written.filter((one) => one.startsWith('parse'))).toEqual(name ? [] : ['parse', 'parse'])
    },
  )
})

interface Message {
  name?: string
  statement?: string
}

describe('a scoped query', () => {
  test.each([undefined, 'a_name'])(
    'runs inside its scope and answers its own rows only (name: %s)',
    async (name) => {
      const result = await run(
        `select current_user::text as role, current_setting('app.user_id') as "user", current_setting('statement_timeout') as "limit",
         current_setting('lock_timeout') as lock`,
        { name, statementTimeout: 1500, lockTimeout: 700 },
      )
      expect(result.rows).toEqual([{ role: 'ownlist_app', user: ada, limit: '1500ms', lock: '700ms' }])
      expect(result.fields.map((field) => field.name)).toEqual(['role', 'user', 'limit', 'lock'])
      expect(result).toMatchObject({ command: 'SELECT', rowCount: 1 })
    },
  )

  test('answers with the count of a statement without rows', async () => {
    expect(await run('update tasks set title = title')).toMatchObject({
      command: 'UPDATE',
      rowCount: 0,
      rows: [],
    })
  })

  const failures: [what: string, text: string, code: string][] = [
    ['that cannot be parsed', 'selekt', '42601'],
    ['that fails while it runs', 'select 1 / 0', '22012'],
    [
      'that the policies refuse',
      `insert into tasks (user_id, title) values (gen_random_uuid(), 'x')`,
      '42501',
    ],
    ['that takes too long', 'select pg_sleep(60)', '57014'],
  ]
  test.each(failures)('%s leaves nothing behind, and the connection goes on', async (_what, text, code) => {
    for (const name of [undefined, 'failing']) {
      const options = { name, statementTimeout: 100 }
      await expect(run(text, options)).rejects.toMatchObject({ code })
      expect(await seenOutside()).toEqual(nothing)
      expect((await run(`select current_setting('app.user_id') as "user"`)).rows).toEqual([{ user: ada }])
    }
  })

  test('that succeeds leaves nothing behind either', async () => {
    await run('select 1', { statementTimeout: 1000 })
    expect(await seenOutside()).toEqual(nothing)
  })

  test('that somebody cancels leaves nothing behind', async () => {
    const admin = new pg.Client({ connectionString: testDatabase.ownerUrl })
    await admin.connect()
    const running = run('select pg_sleep(60)')
    const failed = running.then(
      () => 'finished',
      ({ code }: { code: string }) => code,
    )
    await expect
      .poll(async () => {
        const { rowCount } = await admin.query(
          `select pg_cancel_backend(pid) from pg_stat_activity
           where datname = current_database() and state = 'active' and query = 'select pg_sleep(60)'`,
        )
        return rowCount
      })
      .toBe(1)
    expect(await failed).toBe('57014')
    await admin.end()
    expect(await seenOutside()).toEqual(nothing)
  })

  test('that fails takes nobody behind it on the pipeline along, and none sees another’s scope', async () => {
    const users = Array.from(
      { length: 60 },
      (_, at) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    )
    const answers = await Promise.all(
      users.flatMap((userId, at) => [
        run(at % 3 === 0 ? 'select 1 / 0' : `select current_setting('app.user_id') as "user"`, {
          userId,
          ...(at % 2 === 0 && { name: `kind_${at % 3 === 0}` }),
        }).then(
          ({ rows }) => rows[0].user === userId,
          ({ code }) => code === '22012',
        ),
        client.query(outside).then(({ rows }) => JSON.stringify(rows[0]) === JSON.stringify(nothing)),
      ]),
    )
    expect(answers).toEqual(Array(120).fill(true))
  })

  test('of another role than the two is refused by the database, and runs nothing', async () => {
    await expect(run('select 1', { role: 'postgres' as never })).rejects.toMatchObject({
      code: expect.stringMatching(/^(22023|42501)$/),
    })
    expect(await seenOutside()).toEqual(nothing)
  })
})
