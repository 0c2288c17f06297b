import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { broken, every, type Rule, tablesThatAre } from './catalogue.fixture.ts'
import { openOwner, type Owner } from './owner.fixture.ts'

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

test.each(every)('%s', async (rule) => {
  expect(await broken(owner, rule)).toEqual([])
})

test('the rules see the tables they are about', async () => {
  expect(await tablesThatAre(owner, 'owned')).toEqual(
    expect.arrayContaining(['accounts', 'comments', 'sessions', 'tasks', 'user_clocks']),
  )
  expect(await tablesThatAre(owner, 'touched')).toEqual(expect.arrayContaining(['tasks', 'users']))
  expect(await tablesThatAre(owner, 'writable')).toContain('tasks')
})

describe('a mistake is found:', () => {
  /** What somebody might add without thinking, and what the rules then say of it. */
  const mistakes: [what: string, sql: string, rule: Rule, wrong: string][] = [
    [
      'a table of users’ rows without protection',
      `create table notes (user_id uuid not null, id uuid not null, constraint notes_pkey primary key (user_id, id))`,
      'every table with user_id has row-level security, forced, and a policy',
      'notes',
    ],
    [
      'a table of users’ rows that an erasure would not see',
      `create table notes (user_id uuid not null, id uuid not null, constraint notes_pkey primary key (user_id, id));
       alter table notes enable row level security;
       alter table notes force row level security;
       create policy notes_owner on notes to ownlist_app using (user_id = (select current_user_id()))`,
      'every table may be searched by its owner, and what is a user’s be erased',
      'notes',
    ],
    [
      'protection that does not bind the owner',
      'alter table tasks no force row level security',
      'every table with user_id has row-level security, forced, and a policy',
      'tasks',
    ],
    [
      'a table without user_id that requests write',
      `create table notes (id uuid not null, constraint notes_pkey primary key (id));
       grant select, insert on notes to ownlist_app`,
      'every table at all has row-level security, forced, unless requests cannot touch it',
      'notes',
    ],
    [
      'a table without user_id that requests read',
      `create table notes (id uuid not null, constraint notes_pkey primary key (id));
       grant select on notes to ownlist_app`,
      'every table that ownlist_app touches at all has user_id, except users',
      'notes',
    ],
    [
      'one column of a table without user_id',
      `create table notes (id uuid not null, constraint notes_pkey primary key (id));
       grant select (id) on notes to ownlist_app`,
      'every table that ownlist_app touches at all has user_id, except users',
      'notes',
    ],
    [
      'a policy that lets everybody read',
      'drop policy tasks_owner on tasks; create policy tasks_owner on tasks to ownlist_app using (true)',
      'every policy for ownlist_app binds reading and writing to the current user',
      'tasks: tasks_owner',
    ],
    [
      'a policy that lets everybody write',
      `drop policy tasks_owner on tasks;
       create policy tasks_owner on tasks to ownlist_app
         using (user_id = (select current_user_id())) with check (true)`,
      'every policy for ownlist_app binds reading and writing to the current user',
      'tasks: tasks_owner',
    ],
    [
      'a policy for all roles',
      'create policy tasks_all on tasks for select using (true)',
      'every policy for ownlist_app binds reading and writing to the current user',
      'tasks: tasks_all',
    ],
    [
      'a second policy beside the first',
      `create policy tasks_more on tasks to ownlist_app
         using (user_id = (select current_user_id()) or title = 'Shared')`,
      'no second policy for ownlist_app widens the first',
      'tasks: tasks_more, tasks_owner',
    ],
    [
      'a key by id alone',
      'alter table views drop constraint views_pkey, add constraint views_pkey primary key (id)',
      'every table that ownlist_app writes has a primary key that starts with user_id',
      'views',
    ],
    [
      'a reference by id alone',
      `alter table tasks add constraint tasks_id_key unique (id), add origin_id uuid,
         add constraint tasks_origin_id_fkey foreign key (origin_id) references tasks (id)`,
      'every foreign key between owned tables carries user_id',
      'tasks_origin_id_fkey',
    ],
    [
      'a reference whose user_id points elsewhere',
      `create table notes (user_id uuid not null, other uuid not null, task_id uuid not null,
         constraint notes_task_fkey foreign key (other, task_id) references tasks (user_id, id))`,
      'every foreign key between owned tables carries user_id',
      'notes_task_fkey',
    ],
    [
      'a title that is unique among all users',
      'alter table tasks add constraint tasks_title_key unique (title)',
      'every unique index on a table that ownlist_app touches starts with user_id',
      'tasks_title_key',
    ],
    [
      'an index over all users',
      'create index tasks_created_at_idx on tasks (created_at)',
      'every index on a table that ownlist_app touches starts with user_id',
      'tasks_created_at_idx',
    ],
    [
      'a view that reads as its owner',
      'create view open_tasks as select * from tasks where not completed',
      'every view runs with the rights of whoever reads it',
      'open_tasks',
    ],
    [
      'a materialised view that requests read',
      'create materialized view counts as select count(*) from tasks; grant select on counts to ownlist_app',
      'every view runs with the rights of whoever reads it',
      'counts',
    ],
    [
      'a function that runs as its owner, by whatever search path',
      `create function peek() returns bigint language sql security definer return (select count(*) from tasks)`,
      'every function that runs as its owner has a pinned search path with pg_temp last',
      'peek()',
    ],
    [
      'a function that runs as its owner, for everybody',
      `create function peek() returns bigint language sql security definer
         set search_path = pg_catalog, public, pg_temp return (select count(*) from tasks)`,
      'no function that runs as its owner may be called by everybody',
      'peek()',
    ],
    [
      'a look at the sessions',
      'grant select (token_hash) on sessions to ownlist_app',
      'ownlist_app has no privilege on what belongs to identity',
      'sessions: SELECT',
    ],
    [
      'a user who changes their own row',
      'grant update (is_active) on users to ownlist_app',
      'ownlist_app reads six columns of users and writes none',
      'is_active: UPDATE',
    ],
    [
      'sign-in that reads tasks',
      'grant select (title) on tasks to ownlist_auth',
      'ownlist_auth has no privilege beyond the identity tables, except to see the migrations and keep operations',
      'tasks: SELECT',
    ],
    [
      'requests that may empty a table, past all policies',
      'grant truncate on tasks to ownlist_app',
      'no table may be emptied, referred to or given triggers by a role that serves requests',
      'tasks: TRUNCATE for ownlist_app',
    ],
    [
      'a role that makes tables',
      'grant create on schema public to ownlist_app',
      'neither role can log in, make anything, copy the database or get around row-level security',
      'ownlist_app',
    ],
    [
      'a role that owns a table',
      'create table notes (id uuid); alter table notes owner to ownlist_app',
      'neither role owns anything',
      expect.stringMatching(/^pg_class /),
    ],
    [
      'a time without a zone',
      'alter table tasks add remind_at timestamp',
      'every time is a timestamptz, and created_at and updated_at are never null and have a default',
      'tasks.remind_at',
    ],
    [
      'a created_at that may be missing',
      'create table notes (created_at timestamptz)',
      'every time is a timestamptz, and created_at and updated_at are never null and have a default',
      'notes.created_at',
    ],
    [
      'a created_at that may be changed',
      'alter table tasks disable trigger tasks_stamp',
      'created_at is kept by a trigger on every table that has it',
      'tasks',
    ],
    [
      'rows that outlive their user',
      `create table notes (user_id uuid, constraint notes_user_id_fkey foreign key (user_id) references users (id))`,
      'every foreign key to users deletes with the user',
      'notes_user_id_fkey',
    ],
    [
      'a name that says nothing',
      'alter table tasks add constraint short check (char_length(title) < 100)',
      'every constraint and index is named after its table',
      'short',
    ],
  ]

  test.each(mistakes)('%s', async (_what, mistake, rule, wrong) => {
    await owner.rows('begin')
    try {
      for (const statement of mistake.split(/;\s*(?=create|alter|grant|drop)/)) await owner.rows(statement)
      expect(await broken(owner, rule)).toContainEqual(wrong)
    } finally {
      await owner.rows('rollback')
    }
    expect(await broken(owner, rule)).toEqual([])
  })

  test('a role that may log in or get around row-level security', async () => {
    const rule = 'neither role can log in, make anything, copy the database or get around row-level security'
    for (const attribute of ['login', 'bypassrls', 'createrole', 'superuser']) {
      // Roles belong to the whole server: nobody else ever sees what is not committed.
      await owner.rows('begin')
      try {
        await owner.rows(`alter role ownlist_auth ${attribute}`)
        expect(await broken(owner, rule)).toEqual(['ownlist_auth'])
      } finally {
        await owner.rows('rollback')
      }
    }
  })

  test('every rule has been seen to find something', () => {
    const alone: Rule[] = [
      'neither role can log in, make anything, copy the database or get around row-level security',
      'neither role is a member of another',
    ]
    const tried = new Set([...mistakes.map(([, , rule]) => rule), ...alone])
    expect(every.filter((rule) => !tried.has(rule))).toEqual([])
  })

  test('a role that is a member of another', async () => {
    await owner.rows('begin')
    try {
      await owner.rows('grant pg_read_all_data to ownlist_app')
      expect(await broken(owner, 'neither role is a member of another')).toEqual([
        'pg_read_all_data has ownlist_app',
      ])
    } finally {
      await owner.rows('rollback')
    }
  })
})
