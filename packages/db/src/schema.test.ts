import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOwner, type Owner } from './owner.fixture.ts'

// What the specifications want of each table, asked of the migrated database. Later migrations may add to it.

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

const ofUser = 'FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE'
const timestamp = 'timestamp with time zone not null default now()'

const fields: Record<string, Record<string, string>> = {
  users: {
    id: 'uuid not null default gen_random_uuid()',
    email: 'text not null',
    name: 'text not null',
    is_active: 'boolean not null default true',
    is_verified: 'boolean not null default false',
    created_at: timestamp,
    updated_at: timestamp,
  },
  accounts: { user_id: 'uuid not null', password_hash: 'text' },
  sessions: {
    id: 'uuid not null default gen_random_uuid()',
    user_id: 'uuid not null',
    token_hash: 'text not null',
    expires_at: 'timestamp with time zone not null',
    created_at: timestamp,
  },
  tasks: {
    id: 'uuid not null default gen_random_uuid()',
    user_id: 'uuid not null',
    number: 'integer not null default 0',
    title: 'text not null',
    description: 'text',
    status: `text not null default 'pending'::text`,
    completed: `boolean not null generated (status = 'completed'::text)`,
    completed_at: 'timestamp with time zone',
    priority: `text default 'medium'::text`,
    due_date: 'timestamp with time zone',
    created_at: timestamp,
    updated_at: timestamp,
    revision: 'bigint not null default 0',
  },
}

test.each(Object.entries(fields))('%s has its columns, with types and defaults', async (table, expected) => {
  const found = await owner.rows<{ name: string; definition: string }>(
    `select attname as name, concat_ws(' ', format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
       case attgenerated when '' then 'default' else 'generated' end || ' ' || pg_get_expr(adbin, adrelid)) as definition
     from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [table],
  )
  expect(Object.fromEntries(found.map(({ name, definition }) => [name, definition]))).toMatchObject(expected)
})

const keys: Record<string, Record<string, string>> = {
  users: { users_pkey: 'PRIMARY KEY (id)' },
  accounts: { accounts_user_id_fkey: ofUser },
  sessions: {
    sessions_pkey: 'PRIMARY KEY (id)',
    sessions_user_id_fkey: ofUser,
    sessions_token_hash_key: 'UNIQUE (token_hash)',
  },
  tasks: {
    tasks_pkey: 'PRIMARY KEY (user_id, id)',
    tasks_user_id_fkey: ofUser,
    tasks_user_id_number_key: 'UNIQUE (user_id, number)',
  },
}

test.each(Object.entries(keys))('%s has its keys', async (table, expected) => {
  const found = await owner.rows<{ name: string; definition: string }>(
    'select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = $1::regclass',
    [table],
  )
  expect(Object.fromEntries(found.map(({ name, definition }) => [name, definition]))).toMatchObject(expected)
})

test('every index that stands for one of the specifications is there', async () => {
  const found = await owner.rows<{ name: string; columns: string }>(
    `select indexname as name, substring(indexdef from 'USING btree (.*)$') as columns from pg_indexes
     where schemaname = 'public'`,
  )
  expect(Object.fromEntries(found.map(({ name, columns }) => [name, columns]))).toMatchObject({
    users_email_key: '(lower(email))',
    users_created_at_idx: '(created_at)',
    sessions_token_hash_key: '(token_hash)',
    sessions_expires_at_idx: '(expires_at)',
    tasks_pkey: '(user_id, id)',
    tasks_user_id_created_at_idx: '(user_id, created_at, id)',
    tasks_user_id_status_idx: '(user_id, status, created_at, id)',
    tasks_user_id_priority_rank_idx: '(user_id, priority_rank, id)',
    tasks_user_id_due_order_idx: '(user_id, due_order, id)',
    tasks_user_id_pending_priority_idx:
      '(user_id, completed, priority_rank DESC, id DESC) WHERE (NOT completed)',
  })
})

describe('identity', () => {
  const insertUser = (email: string | null, name: string | null = 'Ada') =>
    owner.rows<{ id: string }>('insert into users (email, name) values ($1, $2) returning id', [email, name])

  const hash = 'a'.repeat(64)
  const insertSession = (userId: string, tokenHash: string | null, expires: string | null = 'tomorrow') =>
    owner.rows(
      'insert into sessions (user_id, token_hash, expires_at) values ($1, $2, $3::text::timestamptz)',
      [userId, tokenHash, expires],
    )

  test('takes addresses and names of 255 characters, and none that are longer or missing', async () => {
    const longest = `${'x'.repeat(243)}@example.org`
    expect(longest).toHaveLength(255)
    expect(await insertUser(longest, 'n'.repeat(255))).toHaveLength(1)
    await expect(insertUser(`x${longest}`)).rejects.toMatchObject({ constraint: 'users_email_check' })
    await expect(insertUser('n@example.org', 'n'.repeat(256))).rejects.toMatchObject({
      constraint: 'users_name_check',
    })
    await expect(insertUser(null)).rejects.toMatchObject({ code: '23502', column: 'email' })
    await expect(insertUser('n@example.org', null)).rejects.toMatchObject({ code: '23502', column: 'name' })
  })

  test('takes a session of a user who exists, with an end and a hash that nobody else has', async () => {
    const [{ id } = { id: '' }] = await insertUser('session@example.org')
    await insertSession(id, hash)
    await expect(insertSession(id, hash)).rejects.toMatchObject({ constraint: 'sessions_token_hash_key' })
    await expect(insertSession(id, null)).rejects.toMatchObject({ code: '23502', column: 'token_hash' })
    await expect(insertSession(id, 'in clear')).rejects.toMatchObject({
      constraint: 'sessions_token_hash_check',
    })
    await expect(insertSession(id, 'b'.repeat(64), null)).rejects.toMatchObject({
      code: '23502',
      column: 'expires_at',
    })
    await expect(insertSession(crypto.randomUUID(), 'c'.repeat(64))).rejects.toMatchObject({
      constraint: 'sessions_user_id_fkey',
    })
  })

  test('takes no password that is not hashed by argon2id', async () => {
    const [{ id } = { id: '' }] = await insertUser('password@example.org')
    for (const wrong of ['correct horse', '$2b$12$abcdefghijklmnopqrstuu']) {
      await expect(
        owner.rows(
          `insert into accounts (user_id, account_id, provider_id, password_hash) values ($1::text::uuid, $1::text, 'credential', $2)`,
          [id, wrong],
        ),
      ).rejects.toMatchObject({ constraint: 'accounts_password_hash_check' })
    }
  })
})
