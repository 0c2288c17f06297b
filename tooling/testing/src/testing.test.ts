import { Client } from 'pg'
import { expect, test } from 'vitest'

import { createTestDatabase } from './index.ts'

test('every file gets a migrated database of its own, and the login that serves has nothing by itself', async () => {
  const databases = await Promise.all(Array.from({ length: 8 }, () => createTestDatabase()))
  expect(new Set(databases.map(({ name }) => name)).size).toBe(8)
  const [one, two] = databases
  await query(one?.ownerUrl, `insert into users (email, name) values ('ada@example.org', 'Ada')`)
  expect(await query(one?.ownerUrl, 'select name from users')).toEqual([{ name: 'Ada' }])
  expect(await query(two?.ownerUrl, 'select name from users')).toEqual([])
  await expect(query(one?.url, 'select name from users')).rejects.toMatchObject({ code: '42501' })

  await Promise.all(databases.map((database) => database.drop()))
  await expect(query(one?.ownerUrl, 'select 1')).rejects.toMatchObject({ code: '3D000' })
})

test('tests of migrations begin with an empty database', async () => {
  const database = await createTestDatabase({ migrated: false })
  expect(await query(database.ownerUrl, `select from pg_tables where schemaname = 'public'`)).toEqual([])
  await database.drop()
})

async function query(url: string | undefined, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
