import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { main } from './cli.ts'
import { migrationFiles, migrationText } from './migrate.ts'
import { openOwner } from './owner.fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'ownlist-cli-'))
let empty: TestDatabase

beforeAll(async () => {
  empty = await createTestDatabase({ migrated: false })
})

afterAll(async () => {
  await empty.drop()
  rmSync(home, { recursive: true })
})

/** The command as a person runs it. */
function db(args: string[], env: NodeJS.ProcessEnv = {}) {
  const clean = { ...process.env, DATABASE_URL: '', DATABASE_URL_UNPOOLED: '', NODE_ENV: '', ...env }
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [fileURLToPath(new URL('./cli.ts', import.meta.url)), ...args],
      { env: clean },
      (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

const names = migrationFiles().map((file) => file.replace('.sql', ''))

test('db says what it can do, and 2 to what it cannot', async () => {
  expect(await db([])).toMatchObject({ code: 0, out: expect.stringContaining('pnpm db <command>') })
  expect(await db(['help'])).toMatchObject({ code: 0 })
  expect(await db(['migrat'])).toMatchObject({ code: 2, out: expect.stringContaining('pnpm db <command>') })
})

test('db migrate and db status bring the database up to date and show it', async () => {
  const login = new URL(empty.url).username
  const env = { DATABASE_URL: empty.url, DATABASE_URL_UNPOOLED: empty.ownerUrl }
  const pending = await db(['status'], env)
  expect(pending).toMatchObject({ code: 0, err: '' })
  expect(pending.out).toBe(names.map((name) => `pending                   ${name}\n`).join(''))

  expect(await db(['migrate'], env)).toEqual({ code: 0, out: `${names.join('\n')}\n`, err: '' })
  expect(await db(['migrate'], env)).toEqual({ code: 0, out: 'up to date\n', err: '' })
  expect((await db(['status'], env)).out).toMatch(/^(\d{4}-\d\d-\d\dT[\d:.]+Z {2}\d{4}_\w+\n)+$/)
  const owner = await openOwner(empty.ownerUrl)
  expect(
    await owner.rows(
      `select from pg_auth_members where member = $1::regrole and roleid = 'ownlist_app'::regrole`,
      [login],
    ),
  ).toHaveLength(1)

  expect(await db(['migrate', '--down'], env)).toEqual({ code: 0, out: `${names.at(-1)}\n`, err: '' })
  expect((await db(['sql'], env)).out).toBe(
    `-- ${names.at(-1)}.sql\n\n${migrationText(`${names.at(-1)}.sql`)}\n`,
  )
  expect(await db(['reset'], env)).toEqual({ code: 0, out: `${names.join('\n')}\n`, err: '' })
  expect(await owner.rows(`select to_regclass('tasks')::text as name`)).toEqual([{ name: 'tasks' }])
  await owner.end()
})

test('db sql prints every migration without a database, and what it prints makes the schema', async () => {
  const { code, out, err } = await db(['sql'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out.match(/^-- \d{4}_\w+\.sql$/gm)).toEqual(migrationFiles().map((file) => `-- ${file}`))

  const byHand = await createTestDatabase({ migrated: false })
  const client = new pg.Client({ connectionString: byHand.ownerUrl })
  await client.connect()
  await client.query(out)
  const { rows } = await client.query(`select to_regclass('tasks')::text as name`)
  await client.end()
  await byHand.drop()
  expect(rows).toEqual([{ name: 'tasks' }])
})

test('db new starts the next migration, and only under a name that can be one', async () => {
  const folder = pathToFileURL(`${home}/`)
  writeFileSync(join(home, '0001_first.sql'), '')
  const said: string[] = []
  const hear = (text: unknown) => said.push(String(text)) > 0
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(hear),
  )
  try {
    expect(await main(['new', 'add_lists'], {}, folder)).toBe(0)
    expect(await main(['new', 'Add lists'], {}, folder)).toBe(1)
    expect(await main(['new', '../escape'], {}, folder)).toBe(1)
    expect(await main(['new'], {}, folder)).toBe(1)
  } finally {
    for (const stream of streams) stream.mockRestore()
  }
  expect(said[0]).toBe(`${join(home, '0002_add_lists.sql')}\n`)
  expect(said.slice(1)).toEqual(Array(3).fill('Name the migration in snake_case: pnpm db new add_lists\n'))
  expect(readdirSync(home)).toEqual(['0001_first.sql', '0002_add_lists.sql'])
  expect(readFileSync(join(home, '0002_add_lists.sql'), 'utf8')).toBe(
    '-- Why this change, in whole sentences.\n\n',
  )
})

test('db reset refuses in production and on any machine but this', async () => {
  const before = await db(['status'], { DATABASE_URL: empty.ownerUrl })
  const production = await db(['reset'], { DATABASE_URL: empty.ownerUrl, NODE_ENV: 'production' })
  expect(production).toMatchObject({ code: 1, out: '' })
  expect(production.err).toMatch(
    /^reset deletes everything in "test_\w+" on 127\.0\.0\.1: it is for development/,
  )
  expect(await db(['status'], { DATABASE_URL: empty.ownerUrl })).toEqual(before)

  for (const host of ['db.example.org', 'localhost.example.org', '127.0.0.1.example.org', '10.0.0.1']) {
    const foreign = await db(['reset'], { DATABASE_URL: `postgresql://ada@${host}/ownlist` })
    expect(foreign).toMatchObject({ code: 1, err: expect.stringContaining(`in "ownlist" on ${host}`) })
  }
  // The owner's URL is the one that counts.
  const mixed = await db(['reset'], {
    DATABASE_URL: empty.url,
    DATABASE_URL_UNPOOLED: 'postgresql://ada@db.example.org/ownlist',
  })
  expect(mixed).toMatchObject({ code: 1, err: expect.stringContaining('db.example.org') })
})

test('db types --verify finds a column that the types do not know', async () => {
  const migrated = await createTestDatabase()
  const env = { DATABASE_URL: migrated.ownerUrl }
  const before = readFileSync(new URL('database.ts', import.meta.url), 'utf8')
  expect(await db(['types', '--verify'], env)).toMatchObject({ code: 0 })
  await migrated.query('alter table tasks add column unknown text')
  expect((await db(['types', '--verify'], env)).code).not.toBe(0)
  expect(readFileSync(new URL('database.ts', import.meta.url), 'utf8')).toBe(before)
  await migrated.drop()
})

test('what is wrong with the database is said in one line, without a stack or a password', async () => {
  const wrong = (change: (url: URL) => void) => {
    const url = new URL(empty.ownerUrl)
    change(url)
    return { DATABASE_URL: url.href }
  }
  const secret = 'hush-hush'
  const cases: [NodeJS.ProcessEnv, RegExp][] = [
    [{}, /^Set DATABASE_URL \(or DATABASE_URL_UNPOOLED\) to the database to work on\.\n$/],
    [
      { DATABASE_URL: `mysql://ada:${secret}@localhost/x` },
      /^DATABASE_URL must look like postgresql:\/\/.*\n$/,
    ],
    [
      wrong((url) => (url.password = secret)),
      /^PostgreSQL refuses the user or password of DATABASE_URL\.\n$/,
    ],
    [
      wrong((url) => (url.username = 'nobody')),
      /^PostgreSQL refuses the user or password of DATABASE_URL\.\n$/,
    ],
    [wrong((url) => (url.pathname = '/none')), /^The database "none" does not exist\.\n$/],
    [wrong((url) => (url.port = '1')), /^PostgreSQL at 127\.0\.0\.1:1 does not answer \(ECONNREFUSED\)\.\n$/],
    [
      wrong((url) => ((url.hostname = 'localhost'), (url.port = '1'))),
      /^PostgreSQL at localhost:1 does not answer \(ECONNREFUSED\)\.\n$/,
    ],
    [
      wrong((url) => (url.hostname = 'no-such-host.invalid')),
      /^PostgreSQL at no-such-host\.invalid:\d+ does not answer \((ENOTFOUND|EAI_AGAIN)\)\.\n$/,
    ],
    [wrong((url) => (url.search = '?sslmode=require')), /^PostgreSQL at 127\.0\.0\.1 does not speak TLS/],
  ]
  const answers = await Promise.all(cases.map(([env]) => db(['migrate'], env)))
  for (const [at, { code, out, err }] of answers.entries()) {
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(cases[at]?.[1] ?? /never/),
    })
    expect(err).not.toContain(secret)
  }
})

test('a user who may not change the database is told what PostgreSQL says, without a stack', async () => {
  const login = new URL(empty.ownerUrl)
  const owner = await openOwner(empty.ownerUrl)
  const role = `plain_${empty.name}`
  await owner.rows(`create role ${role} login password 'x'`)
  login.username = role
  login.password = 'x'
  const { code, err } = await db(['migrate', '--down'], { DATABASE_URL: login.href })
  await owner.rows(`drop role ${role}`)
  await owner.end()
  expect(code).toBe(1)
  expect(err).toMatch(/^PostgreSQL: (no schema has been selected|permission denied)/)
  expect(err).not.toMatch(/ {4}at /)
})

test('db clean removes what is too old, and says how much', async () => {
  const migrated = await createTestDatabase()
  const env = { DATABASE_URL: migrated.url, DATABASE_URL_UNPOOLED: migrated.ownerUrl }
  const [ada] = await migrated.query<{ id: string }>(
    `insert into users (email, name) values ('ada@example.org', 'Ada') returning id`,
  )
  await migrated.query(`insert into tasks (user_id, title) values ($1, 'x')`, [ada?.id])
  await migrated.query(`update revisions set made_at = now() - interval '20 days'`)
  await migrated.query(
    `insert into sessions (user_id, token_hash, expires_at) values ($1, encode(sha256('x'), 'hex'), now() - interval '1 day')`,
    [ada?.id],
  )
  const clean = async (more = {}) => {
    const { code, out, err } = await db(['clean'], { ...env, ...more })
    return code === 0 ? (JSON.parse(out) as unknown) : err
  }
  const none = {
    revisions: 0,
    operations: 0,
    sessions: 0,
    verifications: 0,
    limits: 0,
    secondSteps: 0,
    trustedDevices: 0,
    passkeyChallenges: 0,
    tokens: 0,
    deviceCodes: 0,
    emailTokens: 0,
    securityEvents: 0,
  }
  expect(await clean()).toEqual({ ...none, sessions: 1 })
  expect(await clean({ LOG_RETENTION_DAYS: '30' })).toEqual(none)
  expect(await clean({ LOG_RETENTION_DAYS: '10' })).toEqual({ ...none, revisions: 1 })
  for (const [name, value] of [
    ['LOG_RETENTION_DAYS', '-1'],
    ['LOG_RETENTION_DAYS', 'all'],
    ['OPERATION_RETENTION_DAYS', '0'],
  ] as const) {
    expect(await clean({ [name]: value })).toMatch(new RegExp(`^${name} must be a whole number of days`))
  }
  await migrated.drop()
})

test('db erase erases one account and prints the receipt', async () => {
  const migrated = await createTestDatabase()
  const env = { DATABASE_URL: migrated.url, DATABASE_URL_UNPOOLED: migrated.ownerUrl }
  await migrated.query(
    `insert into users (email, name) values ('ada@example.org', 'Ada'), ('eve@example.org', 'Eve')`,
  )
  expect(await db(['erase'], env)).toMatchObject({
    code: 1,
    err: 'Say whose account: pnpm db erase <e-mail>\n',
  })
  expect(await db(['erase', 'bob@example.org'], env)).toMatchObject({
    code: 1,
    err: 'There is no account of bob@example.org.\n',
  })
  const { code, out } = await db(['erase', 'Ada@Example.org'], env)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    erasedAt: expect.any(String),
    tables: { users: { removed: 1, withId: 0 } },
  })
  expect(await migrated.query('select name from users')).toEqual([{ name: 'Eve' }])
  await migrated.drop()
})
