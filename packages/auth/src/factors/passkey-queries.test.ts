import { asAuth } from '@ownlist/db'
import pg from 'pg'
import { expect } from 'vitest'
import { test as base } from '../testing.fixture.ts'
import { countUse, deletePasskey, findPasskey, insertPasskey } from './passkey-queries.ts'

/** An account without a password, with so many passkeys. */
const test = base.extend('passkeys', ({ serve, connection, database }) => async (count: number) => {
  const { id: userId } = await serve().signUp()
  await database.query('delete from accounts where user_id = $1', [userId])
  const db = asAuth(connection)
  const add = async () => {
    const added = await insertPasskey(db, {
      userId,
      name: 'Laptop',
      credentialId: crypto.randomUUID(),
      publicKey: Buffer.alloc(1),
      counter: 0,
      transports: [],
      backedUp: false,
      aaguid: '00000000-0000-0000-0000-000000000000',
    })
    return typeof added === 'string' ? added : added.id
  }
  const ids = []
  for (let n = 0; n < count; n++) ids.push(await add())
  return { db, userId, ids, add }
})

test('of two who delete the last two passkeys of an account without a password one succeeds', async ({
  database,
  passkeys,
}) => {
  const { db, userId, ids } = await passkeys(2)
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  try {
    // Both come as far as they get before either is done.
    await owner.query('begin')
    await owner.query('select from passkeys where user_id = $1 for update', [userId])
    const deleting = Promise.all(ids.map((id) => deletePasskey(db, { userId, id })))
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await database.query(waiting)).length).toBe(2)
    await owner.query('commit')
    expect((await deleting).toSorted()).toEqual(['deleted', 'last'])
  } finally {
    await owner.end()
  }
})

test('an account has at most 20 passkeys, however many come at once', async ({ passkeys }) => {
  const { add } = await passkeys(18)
  const added = await Promise.all(Array.from({ length: 10 }, add))
  expect(added.filter((outcome) => outcome === 'too many')).toHaveLength(8)
})

test('of two signatures with one counter at once one counts', async ({ database, passkeys }) => {
  const { db, ids } = await passkeys(1)
  const [id = ''] = ids
  const time = new Date()
  const use = (counter: number) => countUse(db, { id, counter, backedUp: false }, time)
  expect(await use(0)).toBe(true)
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => use(5)))
  expect(outcomes.filter(Boolean)).toHaveLength(1)
  expect([await use(4), await use(0), await use(6)]).toEqual([false, false, true])
  const [row] = await database.query<{ credential: string }>(
    'select credential_id as credential from passkeys where id = $1',
    [id],
  )
  expect(await findPasskey(db, row?.credential ?? '')).toMatchObject({ id, counter: 6 })
})
