import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOwner, type Owner } from './owner.fixture.ts'
import {
  columnRights,
  columnRightsOf,
  definerRights,
  definerRightsOf,
  tableRights,
  tableRightsOf,
} from './privileges.fixture.ts'

let testDatabase: TestDatabase
let owner: Owner
let login: pg.Client

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
  login = new pg.Client({ connectionString: testDatabase.url })
  await login.connect()
})

afterAll(async () => {
  await Promise.all([owner.end(), login.end()])
  await testDatabase.drop()
})

test('ownlist_app and ownlist_auth may do with every table what its line says, and nothing else', async () => {
  expect(await tableRightsOf(owner)).toEqual(tableRights)
})

test('columns are granted one by one only where their line says so', async () => {
  expect(await columnRightsOf(owner)).toEqual(columnRights)
})

test('every function that runs as its owner may be called by whom its line says', async () => {
  expect(await definerRightsOf(owner)).toEqual(definerRights)
})

test('a table, a column and a function that nobody gave a line are found', async () => {
  await owner.rows('begin')
  try {
    await owner.rows('create table notes (id uuid)')
    await owner.rows('grant truncate on notes to ownlist_app')
    await owner.rows('grant update (is_active) on users to ownlist_app')
    await owner.rows(`create function peek() returns int language sql security definer return 1`)
    expect(await tableRightsOf(owner)).toEqual({ ...tableRights, notes: { app: 'truncate', auth: '' } })
    expect(await columnRightsOf(owner)).toEqual({
      ...columnRights,
      'users.is_active': { app: 'update', auth: '' },
    })
    expect(await definerRightsOf(owner)).toEqual({ ...definerRights, peek: 'app and auth' })
  } finally {
    await owner.rows('rollback')
  }
})

/** What leads out of the tables: to files, to programs, to other roles, to what everybody shares. */
const forbidden: [what: string, statement: string][] = [
  ['read a file', `select pg_read_file('/etc/hostname')`],
  ['read a file as bytes', `select pg_read_binary_file('/etc/hostname')`],
  ['list a folder', `select pg_ls_dir('/')`],
  ['look at a file', `select pg_stat_file('/etc/hostname')`],
  ['read a file as a large object', `select lo_import('/etc/hostname')`],
  ['copy from a file', `copy tasks from '/etc/hostname'`],
  ['copy to a file', `copy (select 1) to '/tmp/ownlist'`],
  ['run a program', `copy (select 1) to program 'true'`],
  ['make a table', 'create table mine (id int)'],
  ['make a schema', 'create schema mine'],
  ['make a sequence', 'create sequence mine'],
  ['make a function', 'create function mine() returns int language sql return 1'],
  ['make an extension', 'create extension dblink'],
  ['make a language', 'create language plperlu'],
  ['make a role', 'create role mine'],
  ['make a database', 'create database mine'],
  ['make a publication', 'create publication mine'],
  ['make an event trigger', 'create event trigger mine on ddl_command_end execute function mine()'],
  ['give rights away', 'grant ownlist_app to pg_monitor'],
  ['alter a table', 'alter table tasks disable row level security'],
  ['make a trigger', 'create trigger mine before insert on tasks execute function stamp_task()'],
  ['make a policy', 'create policy mine on tasks using (true)'],
  ['drop a table', 'drop table tasks'],
  ['empty a table', 'truncate tasks'],
  ['replace a function', `create or replace function current_user_id() returns uuid return null::uuid`],
  ['read passwords of roles', 'select * from pg_authid'],
  ['read settings of the server’s login', 'select * from pg_hba_file_rules'],
  ['change the server', `alter system set log_statement = 'all'`],
  ['turn row-level security off and read on', 'set row_security = off; select * from tasks'],
  ['stop replication of triggers', `set session_replication_role = 'replica'`],
  ['reload the configuration', 'select pg_reload_conf()'],
  ['read the log', 'select * from pg_read_file(pg_current_logfile())'],
]

describe.each(['ownlist_app', 'ownlist_auth'])('%s', (role) => {
  /** Within a transaction that never ends well, or without one where PostgreSQL insists. */
  async function attempt(statement: string, enter = 'begin; set local role', leave = 'rollback') {
    await login.query(`${enter} ${role}`)
    try {
      await login.query(statement)
      return 'done'
    } catch (error) {
      return error instanceof pg.DatabaseError ? String(error.code) : String(error)
    } finally {
      await login.query(leave)
    }
  }

  test.each(forbidden)('may not %s', async (_what, statement) => {
    const within = await attempt(statement)
    const needsNone = within === '25001'
    // insufficient_privilege, or a language and an extension that are not even there.
    expect(needsNone ? await attempt(statement, 'set role', 'reset role') : within).toMatch(/^(42501|0A000)$/)
  })

  test('may become nobody that the login may not become', async () => {
    const names = await owner.rows<{ name: string }>(
      `select rolname as name from pg_roles where rolname not in ('ownlist_app', 'ownlist_auth')
       and not pg_has_role($1, oid, 'member')`,
      [new URL(testDatabase.url).username],
    )
    expect(names.length).toBeGreaterThan(5)
    for (const { name } of names)
      expect([name, await attempt(`set role ${pg.escapeIdentifier(name)}`)]).toEqual([name, '42501'])
  })

  test('owns no sequence and may use none', async () => {
    const [found] = await owner.rows<{ usable: string }>(
      `select count(*) as usable from pg_class c
       where case when c.relkind = 'S' then has_sequence_privilege($1, c.oid, 'usage, select, update') end`,
      [role],
    )
    expect(Number(found?.usable)).toBe(0)
  })

  test('may do nothing in other schemas than public', async () => {
    const found = await owner.rows<{ name: string }>(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
       and has_schema_privilege($1, oid, 'usage')`,
      [role],
    )
    expect(found).toEqual([{ name: 'public' }])
  })
})
