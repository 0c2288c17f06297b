import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Database } from './connect.ts'
import { openErasures, traces } from './erasure.fixture.ts'
import { askErasure, eraseDue, findReceipt } from './erasure.ts'
import type { Owner } from './owner.fixture.ts'
import { asAuth, inTransaction } from './scope.ts'
import { insert, update } from './tasks.fixture.ts'
import { UpkeepElsewhereError } from './upkeep.ts'

let erasures: Awaited<ReturnType<typeof openErasures>>
let admin: Owner
let database: Database
const person = (tasks: number) => erasures.person(tasks)
const everything = () => erasures.everything()

beforeAll(async () => {
  erasures = await openErasures()
  ;({ admin, database } = erasures)
})

afterAll(() => erasures.end())

beforeEach(async () => {
  await admin.rows('delete from users')
  await admin.rows('delete from erasures')
})

test('after it no row of any table knows the account, and the receipt says what was done', async () => {
  const [ada, eve] = [await person(30), await person(3)]
  // The search means something: before it everything is there.
  expect(traces(await everything(), ada)).toHaveLength(10)

  const receiptId = (await askErasure(database, ada.email.toUpperCase())) ?? ''
  expect(await eraseDue(database)).toEqual([receiptId])
  const after = await everything()
  expect(traces(after, ada)).toEqual([])
  expect(traces(after, eve)).toHaveLength(10)

  const receipt = await findReceipt(database, receiptId)
  expect(receipt).toMatchObject({
    id: receiptId,
    requestedAt: expect.any(String),
    erasedAt: expect.any(String),
  })
  const removed = Object.entries(receipt?.tables ?? {}).map(([table, rows]) => [table, rows.removed])
  expect(Object.fromEntries(removed)).toEqual({
    accounts: 1,
    api_tokens: 1,
    // Thirty made, six of every kind, one made, changed and deleted; and what their removal wrote.
    changes: 30 + 6 + 3 + 36,
    comments: 1,
    device_codes: 1,
    // Before anything else, because they may stand at nobody.
    email_tokens: 0,
    erasures: 0,
    limits: 0,
    lists: 1,
    migrations: 0,
    migrations_lock: 0,
    operations: 1,
    passkey_challenges: 1,
    passkeys: 1,
    recovery_codes: 2,
    second_steps: 1,
    totp_factors: 1,
    trusted_devices: 1,
    // A step of the removal for each of five tables.
    revisions: 1 + 6 + 3 + 5,
    security_events: 1,
    sessions: 3,
    tags: 1,
    // They go with their tasks.
    task_texts: 0,
    tasks: 30 + 2,
    user_clocks: 1,
    users: 1,
    verifications: 2,
    views: 1,
  })
  for (const { withId, withAddress } of Object.values(receipt?.tables ?? {})) {
    expect({ withId, withAddress }).toEqual({ withId: 0, withAddress: 0 })
  }
  // What was searched is what is there: Eve's rows, and whatever else the table holds.
  for (const table of ['tasks', 'changes', 'operations', 'sessions', 'users', 'migrations']) {
    expect(receipt?.tables[table]?.searched, table).toBe((await admin.contents(table)).length)
  }
  expect(traces(JSON.stringify(receipt), ada)).toEqual([])
  expect(await eraseDue(database)).toEqual([])
})

test('a dump knows nothing of it either', async ({ skip }) => {
  const major = inject('postgres').version.split('.')[0]
  const dump = [
    `/usr/lib/postgresql/${major}/bin/pg_dump`,
    `/opt/homebrew/opt/postgresql@${major}/bin/pg_dump`,
  ].find(existsSync)
  if (!dump) return skip(`no pg_dump ${major}`)
  const read = () =>
    execFileSync(dump, [erasures.ownerUrl], { encoding: 'utf8', maxBuffer: 2 ** 28 }).toLowerCase()
  const [ada, eve] = [await person(5), await person(2)]
  expect(traces(read(), ada)).toHaveLength(10)
  await askErasure(database, ada.email)
  await eraseDue(database)
  expect(traces(read(), ada)).toEqual([])
  expect(traces(read(), eve)).toHaveLength(10)
})

test('nothing is erased before its time, nor what was taken back', async () => {
  const [ada, eve] = [await person(2), await person(2)]
  const ask = (userId: string, when: string) =>
    admin.rows(
      `update users set erase_asked_at = now() - interval '20 days', erase_after = now() + $2::interval,
         erasure_id = gen_random_uuid() where id = $1`,
      [userId, when],
    )
  await ask(ada.userId, '1 minute')
  expect(await eraseDue(database)).toEqual([])
  // Nor by whoever calls the functions themselves.
  const auth = asAuth(database)
  for (const userId of [ada.userId, eve.userId]) {
    const removal = sql`select * from erase_rows(${userId}, 10)`.execute(auth)
    await expect(removal).rejects.toThrow('this account is not to be erased')
    const found = sql`select * from search_for_erased('tasks', 0, 10, array[${userId}::uuid])`
    expect((await found.execute(auth)).rows).toEqual([])
    const finish = sql`select finish_erasure(${userId}, gen_random_uuid(), '{}')`.execute(auth)
    await expect(finish).rejects.toThrow('the account is not empty')
  }
  expect(traces(await everything(), ada)).toHaveLength(10)
  await ask(ada.userId, '-1 minute')
  expect(await eraseDue(database)).toHaveLength(1)
  expect(traces(await everything(), ada)).toEqual([])
})

test('those who serve requests may call none of it', async () => {
  const { scope, userId } = await person(1)
  for (const call of [
    sql`select * from erase_rows(${userId}, 10)`,
    sql`select * from search_for_erased('tasks', 0, 10, array[${userId}::uuid])`,
    sql`select finish_erasure(${userId}, ${userId}, '{}')`,
    sql`select * from find_erasure(${userId})`,
    sql`select * from erasures`,
  ]) {
    await expect(call.execute(scope.db)).rejects.toMatchObject({ code: '42501' })
  }
  // Receipts are found by their id, and not leafed through.
  await expect(sql`select * from erasures`.execute(asAuth(database))).rejects.toMatchObject({ code: '42501' })
})

test('while others write, an account of many rows goes and nothing of theirs does', async () => {
  const ada = await person(2_000)
  const others = [await person(1), await person(1)]
  await askErasure(database, ada.email)

  let going = true
  const acknowledged = others.map((): string[] => [])
  const slowest = others.map(() => 0)
  const writers = others.map(async ({ scope }, at) => {
    while (going) {
      const start = performance.now()
      const { id } = await inTransaction(scope, (within) => insert(within, { title: ada.email }))
      slowest[at] = Math.max(slowest[at] ?? 0, performance.now() - start)
      acknowledged[at]?.push(id)
    }
  })
  const [receiptId = ''] = await eraseDue(database).finally(() => (going = false))
  await Promise.all(writers)

  for (const [at, { userId }] of others.entries()) {
    const mine = acknowledged[at] ?? []
    expect(mine.length).toBeGreaterThan(10)
    const kept = await admin.rows<{ id: string }>('select id from tasks where user_id = $1', [userId])
    expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(mine))
    const logged = await admin.rows<{ revision: string }>(
      'select revision from revisions where user_id = $1 order by revision',
      [userId],
    )
    expect(logged.map(({ revision }) => Number(revision))).toEqual(logged.map((_, index) => index + 1))
    // A lock of the erasure would have to be waited for until one of its steps ends.
    expect(slowest[at]).toBeLessThan(2_000)
  }
  // They wrote the address into their own tasks, which are theirs: the receipt says so, and nothing else.
  const receipt = await findReceipt(database, receiptId)
  expect(receipt?.erasedAt).not.toBeNull()
  const found = Object.entries(receipt?.tables ?? {}).filter(([, { withAddress }]) => withAddress > 0)
  expect(found.map(([table]) => table)).toEqual(['changes', 'task_texts', 'tasks'])
  expect(await admin.rows('select from tasks where user_id = $1', [ada.userId])).toEqual([])
  expect(await admin.rows('select from users where id = $1', [ada.userId])).toEqual([])
})

describe('interrupted', () => {
  test('at any step, it goes on where it was', async () => {
    const ada = await person(3_500)
    await askErasure(database, ada.email)
    let interruptions = 0
    for (let receipts: string[] = []; receipts.length === 0;) {
      // Each attempt is cut off, and the next a little later.
      const cut = new AbortController()
      const attempt = eraseDue(database, { signal: cut.signal })
      setTimeout(() => cut.abort(), 20 + interruptions * 5)
      receipts = await attempt.catch((error: Error) => {
        expect(error.name).toBe('AbortError')
        interruptions++
        return []
      })
      // Nobody gets in between.
      if (receipts.length === 0) {
        expect(await admin.rows('select is_active from users where id = $1', [ada.userId])).toEqual([
          { is_active: false },
        ])
      }
    }
    expect(interruptions).toBeGreaterThan(1)
    expect(traces(await everything(), ada)).toEqual([])
    const [receipt] = await admin.rows<{ removed: Record<string, number> }>('select removed from erasures')
    expect(receipt?.removed).toMatchObject({ tasks: 3_502, comments: 1, sessions: 3, users: 1 })
  })

  test('by a server that is killed in the middle of a step, that step did not happen', async () => {
    const ada = await person(2_500)
    await askErasure(database, ada.email)
    await admin.rows(`
      create function cut() returns trigger language plpgsql security definer as $$ begin
        perform pg_terminate_backend(pg_backend_pid()); return null; end $$;
      create trigger cut after delete on user_clocks for each statement execute function cut()`)
    await expect(eraseDue(database)).rejects.toThrow('PostgreSQL does not answer')
    await admin.rows('drop trigger cut on user_clocks; drop function cut()')
    expect(await admin.rows('select from user_clocks where user_id = $1', [ada.userId])).toHaveLength(1)
    expect(await eraseDue(database)).toHaveLength(1)
    expect(traces(await everything(), ada)).toEqual([])
  })

  test('by another server that is at it, both come to the same end', async () => {
    const people = await Promise.all([person(1_500), person(800), person(10)])
    for (const { email } of people) await askErasure(database, email)
    for (;;) {
      const results = await Promise.allSettled([eraseDue(database), eraseDue(database), eraseDue(database)])
      const refusals = results.flatMap((result) =>
        result.status === 'rejected' ? [result.reason as Error] : [],
      )
      for (const refusal of refusals) expect(refusal).toBeInstanceOf(UpkeepElsewhereError)
      if (refusals.length < results.length) break
    }
    const after = await everything()
    for (const one of people) expect(traces(after, one)).toEqual([])
    const receipts = await admin.rows<{ tasks: number }>(
      `select (removed -> 'tasks')::integer as tasks from erasures where erased_at is not null order by 1`,
    )
    expect(receipts.map(({ tasks }) => tasks)).toEqual([12, 802, 1_502])
  })
})

test('a trace that nobody foresaw keeps the account and the receipt open until it is gone', async () => {
  const ada = await person(2)
  const receiptId = (await askErasure(database, ada.email)) ?? ''
  await admin.rows('create table visits (of text, note jsonb)')
  await admin.rows(`alter table visits owner to ${erasures.keeper}`)
  try {
    for (const [of, note] of [
      [ada.userId, '{}'],
      ['somebody', JSON.stringify({ by: ada.email.toUpperCase() })],
    ]) {
      await admin.rows('insert into visits values ($1, $2)', [of, note])
      await expect(eraseDue(database)).rejects.toThrow(`erasure ${receiptId} left traces in visits`)
      expect(await admin.rows('select from users where id = $1', [ada.userId])).toHaveLength(1)
      expect(await findReceipt(database, receiptId)).toMatchObject({ erasedAt: null })
      await admin.rows('delete from visits')
    }
    expect(await eraseDue(database)).toEqual([receiptId])
  } finally {
    await admin.rows('drop table visits')
  }
  expect(traces(await everything(), ada)).toEqual([])
})

test('requests of the account that are still under way leave nothing', async () => {
  const ada = await person(1_000)
  await askErasure(database, ada.email)
  const writer = async () => {
    const { id } = await insert(ada.scope)
    for (let nth = 1; nth <= 20; nth++) await update(ada.scope, id, { title: `Late ${nth}` })
  }
  const writers = Array.from({ length: 4 }, () => writer().catch(() => {}))
  const erasing = eraseDue(database).catch((error: Error) => {
    // Only what came after its table was emptied is an error, and the next run sees to it.
    expect(error.message).toContain('left traces in')
  })
  await Promise.all([erasing, ...writers])
  await eraseDue(database)
  expect(traces(await everything(), ada)).toEqual([])
})

test('an address is found as such, and not as a part of another', async () => {
  const found = async (line: string, address = 'ada@example.org') => {
    const [row] = await admin.rows<{ found: boolean }>('select mentions($1, $2) as found', [line, address])
    return row?.found
  }
  for (const line of [
    'ada@example.org',
    '(1,ada@example.org,2)',
    '{"to": "ada@example.org"}',
    'write to ada@example.org.',
    'otp:ada@example.org:x',
  ])
    expect(await found(line), line).toBe(true)
  for (const line of [
    '',
    'ada',
    'lady.ada@example.org',
    'x-ada@example.org',
    'ada@example.organic',
    'ada@example.org.uk',
    'adaxexample.org',
  ])
    expect(await found(line), line).toBe(false)
  expect(await found('(a.b+c{d}|e@x.org)', 'a.b+c{d}|e@x.org')).toBe(true)
  expect(await found('(a_b+c{d}|e@x.org)', 'a.b+c{d}|e@x.org')).toBe(false)
})
