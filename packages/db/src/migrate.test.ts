import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startPostgres, type Postgres } from '@ownlist/postgres'
import { createTestDatabase, type TestDatabase, withDatabase } from '@ownlist/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import { migrate, migrateDown, migrationFiles, migrationsFolder, migrationStatus, reset } from './migrate.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asUser } from './scope.ts'
import { insert } from './tasks.fixture.ts'

const ours = migrationFiles().map((file) => file.replace('.sql', ''))

/** Everything that migrations make, in words. */
async function schemaOf(owner: Owner): Promise<string[]> {
  const found = await owner.rows<{ made: string }>(`
    select concat_ws(' ', c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl) as made
    from pg_class c where c.relnamespace = 'public'::regnamespace
    union all select concat_ws(' ', attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod),
      case when attnotnull then 'not null' else 'null' end, pg_get_expr(adbin, adrelid), attacl)
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attnum > 0 and not attisdropped
      and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
    union all select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    where connamespace = 'public'::regnamespace
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select pg_get_functiondef(oid) || coalesce(proacl::text, '') from pg_proc
    where pronamespace = 'public'::regnamespace
    union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select p::text from pg_policies p where schemaname = 'public'
    order by 1`)
  return found.map(({ made }) => made)
}

/** A copy of our migrations, to which a test adds its own. */
function copyOfMigrations(files = migrationFiles()): { url: URL; add: (file: string, text: string) => void } {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-migrations-'))
  homes.push(home)
  for (const file of files) copyFileSync(new URL(file, migrationsFolder), join(home, file))
  return {
    url: pathToFileURL(`${home}/`),
    add: (file, text) => writeFileSync(join(home, file), text),
  }
}

const homes: string[] = []

afterAll(() => homes.forEach((home) => rmSync(home, { recursive: true, force: true })))

describe('an empty database', () => {
  let empty: TestDatabase
  let owner: Owner

  beforeEach(async () => {
    empty = await createTestDatabase({ migrated: false })
    owner = await openOwner(empty.ownerUrl)
  })

  afterEach(async () => {
    await owner.end()
    await empty.drop()
  })

  test('is migrated, and what was done and when is kept', async () => {
    expect((await migrationStatus(empty.ownerUrl)).map(({ executedAt }) => executedAt)).toEqual(
      ours.map(() => undefined),
    )
    const login = new URL(empty.url).username
    expect(await migrate({ url: empty.ownerUrl, login })).toEqual(ours)

    const status = await migrationStatus(empty.ownerUrl)
    expect(status.map(({ name }) => name)).toEqual(ours)
    for (const { executedAt } of status) {
      expect(Math.abs(Date.now() - (executedAt?.getTime() ?? 0))).toBeLessThan(60_000)
    }
    // It serves: the login may become both roles, and a task finds its user.
    const database = await connect({ url: empty.url, max: 2 })
    const { number } = await insert(asUser(database, await owner.addUser('Ada')))
    await database.end()
    expect(number).toBe(1)
  })

  test('has the keys, the indexes and the defaults after that', async () => {
    await migrate({ url: empty.ownerUrl })
    const made = await schemaOf(owner)
    const expected = [
      /^tasks_user_id_fkey FOREIGN KEY \(user_id\) REFERENCES users\(id\) ON DELETE CASCADE$/,
      /^sessions_user_id_fkey FOREIGN KEY \(user_id\) REFERENCES users\(id\) ON DELETE CASCADE$/,
      /^accounts_user_id_fkey FOREIGN KEY \(user_id\) REFERENCES users\(id\) ON DELETE CASCADE$/,
      /^tasks_pkey PRIMARY KEY \(user_id, id\)$/,
      /^tasks_user_id_number_key UNIQUE \(user_id, number\)$/,
      /^CREATE UNIQUE INDEX users_email_key .* \(lower\(email\)\)$/,
      /^sessions_token_hash_key UNIQUE \(token_hash\)$/,
      /^CREATE INDEX tasks_user_id_created_at_idx .* \(user_id, created_at, id\)$/,
      /^CREATE INDEX tasks_user_id_pending_priority_idx .* WHERE \(NOT completed\)$/,
      /^tasks\.id uuid not null gen_random_uuid\(\)/,
      /^tasks\.status text not null 'pending'::text/,
      /^tasks\.priority text null 'medium'::text/,
      /^tasks\.created_at timestamp with time zone not null now\(\)/,
      /^CREATE TRIGGER tasks_stamp BEFORE INSERT OR UPDATE/,
    ]
    for (const one of expected) expect(made).toContainEqual(expect.stringMatching(one))
  })

  test('is migrated once by five servers that start at once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate({ url: empty.ownerUrl })))
    expect(results.flat()).toEqual(ours)
    expect(await owner.rows('select from migrations')).toHaveLength(ours.length)
  })

  test('stays empty when a migration fails', async () => {
    const { url: folder, add } = copyOfMigrations()
    add('0999_half.sql', 'create table half (id uuid);\n\nselekt;\n')
    await expect(migrate({ url: empty.ownerUrl, folder })).rejects.toThrow(
      '0999_half.sql, line 3: syntax error at or near "selekt"',
    )
    expect(await owner.rows(`select from pg_tables where tablename in ('tasks', 'half')`)).toEqual([])
    const status = await migrationStatus(empty.ownerUrl, folder)
    expect(status.filter(({ executedAt }) => executedAt)).toEqual([])

    expect(await migrate({ url: empty.ownerUrl })).toEqual(ours)
  })

  test('may be migrated file by file', async () => {
    const [first = ''] = migrationFiles()
    const { url: folder } = copyOfMigrations([first])
    expect(await migrate({ url: empty.ownerUrl, folder })).toEqual([first.replace('.sql', '')])
    expect(await migrate({ url: empty.ownerUrl })).toEqual(ours.slice(1))
  })

  test('has sessions that were last used when they were last renewed, and not at the upgrade', async () => {
    const before = migrationFiles().filter((file) => file < '0012')
    await migrate({ url: empty.ownerUrl, folder: copyOfMigrations(before).url })
    await owner.rows(`insert into users (email, name) values ('ada@example.org', 'Ada')`)
    await owner.rows(`
      insert into sessions (user_id, token_hash, expires_at, created_at, updated_at)
      select id, repeat('a', 64), now() + interval '1 day', now() - interval '9 days', now() - interval '2 days'
      from users`)
    await migrate({ url: empty.ownerUrl })
    const days = await owner.rows(`
      select round(extract(epoch from now() - last_used_at) / 86400)::integer as used,
        round(extract(epoch from now() - updated_at) / 86400)::integer as updated, began_at from sessions`)
    expect(days).toEqual([{ used: 2, updated: 2, began_at: null }])
  })
})

describe('a migrated database', () => {
  let migrated: TestDatabase
  let owner: Owner

  beforeEach(async () => {
    migrated = await createTestDatabase()
    owner = await openOwner(migrated.ownerUrl)
  })

  afterEach(async () => {
    await owner.end()
    await migrated.drop()
  })

  test('is left as it is by a second migrate', async () => {
    await owner.addUser('Ada')
    const before = await schemaOf(owner)
    expect(await migrate({ url: migrated.ownerUrl })).toEqual([])
    expect(await schemaOf(owner)).toEqual(before)
    expect(await owner.rows('select from users')).toHaveLength(1)
  })

  test('keeps its rows when a later migration fails, and takes it when it is put right', async () => {
    await owner.addUser('Ada')
    const before = await schemaOf(owner)
    const { url: folder, add } = copyOfMigrations()
    add('0999_note.sql', `alter table users add note text not null;`)
    await expect(migrate({ url: migrated.ownerUrl, folder })).rejects.toThrow(
      /^0999_note\.sql: column "note"/,
    )
    expect(await schemaOf(owner)).toEqual(before)
    expect(await owner.rows('select name from users')).toEqual([{ name: 'Ada' }])

    add('0999_note.sql', `alter table users add note text not null default '';`)
    expect(await migrate({ url: migrated.ownerUrl, folder })).toEqual(['0999_note'])
    expect(await owner.rows('select name, note from users')).toEqual([{ name: 'Ada', note: '' }])
  })

  test('goes down by its newest migration and up again to the same schema', async () => {
    const before = await schemaOf(owner)
    expect(await migrateDown(migrated.ownerUrl)).toEqual(ours.slice(-1))

    // What is left is what the older migrations alone make.
    const older = await createTestDatabase({ migrated: false })
    const olderOwner = await openOwner(older.ownerUrl)
    const { url: folder } = copyOfMigrations(migrationFiles().slice(0, -1))
    await migrate({ url: older.ownerUrl, folder })
    expect(await schemaOf(owner)).toEqual(await schemaOf(olderOwner))
    await olderOwner.end()
    await older.drop()

    expect(await migrate({ url: migrated.ownerUrl })).toEqual(ours.slice(-1))
    expect(await schemaOf(owner)).toEqual(before)
  })

  test('of a later version is refused in words', async () => {
    const { url: folder, add } = copyOfMigrations()
    add('0999_later.sql', 'create table later (id uuid);')
    await migrate({ url: migrated.ownerUrl, folder })
    await expect(migrate({ url: migrated.ownerUrl })).rejects.toThrow(
      /^The database was migrated by another version of Ownlist .*0999_later/,
    )
  })

  test('is emptied and migrated anew by reset', async () => {
    const before = await schemaOf(owner)
    await owner.addUser('Ada')
    await owner.rows('create table stray (id uuid)')
    expect(await reset({ url: migrated.ownerUrl })).toEqual(ours)
    expect(await schemaOf(owner)).toEqual(before)
    expect(await owner.rows('select from users')).toEqual([])
  })

  test('is refused by the server while it is not migrated, in words', async () => {
    // The roles are the whole server's, and other tests need them: one that is not migrated has no login for them.
    await owner.rows(`create role ${migrated.name} login noinherit password 'x'`)
    const url = new URL(migrated.url)
    url.username = migrated.name
    url.password = 'x'
    await expect(connect({ url: url.href })).rejects.toThrow(
      /^The user of DATABASE_URL may not become ownlist_(app|auth): grant ownlist_\w+ to it\.$/,
    )
    await owner.rows(`drop role ${migrated.name}`)
  })
})

describe('a server of its own, where nobody made the roles', () => {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-migrate-'))
  let postgres: Postgres
  let admin: Owner

  beforeAll(async () => {
    // Root's PostgreSQL runs as another user, which has to reach its data.
    chmodSync(home, 0o755)
    postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
    admin = await openOwner(postgres.url)
    await admin.rows(`create role plain login password 'x'`)
    await admin.rows(`create role maker login createrole password 'x'`)
    await admin.rows(`create role serving login noinherit password 'x'`)
    await admin.rows('create database plain owner plain')
    for (const at of [1, 2, 3]) await admin.rows(`create database maker${at} owner maker`)
  })

  afterAll(async () => {
    await admin.end()
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const urlOf = (user: string, database = user) => {
    const url = new URL(withDatabase(postgres.url, database))
    url.username = user
    url.password = 'x'
    return url.href
  }

  test('tells the server that it is not migrated', async () => {
    await expect(connect({ url: urlOf('plain') })).rejects.toThrow(
      'The database is not migrated: run "pnpm db migrate".',
    )
  })

  test('tells an owner who may not create roles what an administrator has to run', async () => {
    await expect(migrate({ url: urlOf('plain') })).rejects.toThrow(
      'The role ownlist_app is missing and plain may not create it.\n' +
        'As an administrator run: create role ownlist_app nologin; grant ownlist_app to plain;',
    )
  })

  test('is migrated by an owner who may only create roles, three databases at once, and lets the login in', async () => {
    const done = await Promise.all(
      [1, 2, 3].map((at) => migrate({ url: urlOf('maker', `maker${at}`), login: 'serving' })),
    )
    expect(done).toEqual([ours, ours, ours])
    for (const at of [1, 2, 3]) {
      const database = await connect({ url: urlOf('serving', `maker${at}`), max: 2 })
      const owner = await openOwner(withDatabase(postgres.url, `maker${at}`))
      const ada = asUser(database, await owner.addUser('Ada'))
      expect((await insert(ada)).number).toBe(1)
      await ada.db.deleteFrom('tasks').execute()
      await Promise.all([database.end(), owner.end()])
    }
  })

  test('is migrated by an owner without rights over roles, once the roles are there and theirs', async () => {
    await expect(migrate({ url: urlOf('plain') })).rejects.toThrow(
      /As an administrator run: grant ownlist_app, ownlist_auth to "plain";$/,
    )
    await admin.rows('grant ownlist_app, ownlist_auth to plain')
    await migrate({ url: urlOf('plain') })

    // One login that owns everything and serves: what a hosted database gives. Forced policies bind it all the same.
    const database = await connect({ url: urlOf('plain'), max: 2 })
    const owner = await openOwner(withDatabase(postgres.url, 'plain'))
    const [ada, eve] = [
      asUser(database, await owner.addUser('Ada')),
      asUser(database, await owner.addUser('Eve')),
    ]
    expect((await insert(ada)).number).toBe(1)
    expect(await eve.db.selectFrom('tasks').select('id').execute()).toEqual([])
    await Promise.all([database.end(), owner.end()])
  })

  test('is refused by the server when a role could get around row-level security, or owns a table', async () => {
    await admin.rows('alter role ownlist_app bypassrls')
    await expect(connect({ url: urlOf('plain') })).rejects.toThrow(/^The role ownlist_app could bypass/)
    await admin.rows('alter role ownlist_app nobypassrls')

    const owner = await openOwner(withDatabase(postgres.url, 'plain'))
    await owner.rows('create table stray (id uuid)')
    await owner.rows('alter table stray owner to ownlist_auth')
    await expect(connect({ url: urlOf('plain') })).rejects.toThrow('The role ownlist_auth owns tables')
    await owner.rows('drop table stray')
    await owner.end()
  })

  test('and a database in another encoding is refused in words', async () => {
    await admin.rows(`create database latin encoding 'LATIN1' locale 'C' template template0`)
    await expect(migrate({ url: withDatabase(postgres.url, 'latin') })).rejects.toThrow(
      /Ownlist needs a database in UTF8, this one is LATIN1\.\nCreate it anew/,
    )
  })
})
