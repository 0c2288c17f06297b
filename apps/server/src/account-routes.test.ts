import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, vi } from 'vitest'
import { environment, password, test } from './server.fixture.ts'
import { startServer } from './start.ts'

const json = { 'content-type': 'application/json' }
const spooled = () => readdirSync(tmpdir()).filter((name) => /^ownlist-[0-9a-f-]{36}$/.test(name))

test('the export of an account comes as a file, and is the account’s of the session', async ({
  server,
  database,
  openSession,
}) => {
  const [ada, eve] = [await openSession('Ada'), await openSession('Eve')]
  for (const { userId } of [ada, eve]) {
    // What cannot be compressed, so that the file is longer than what is read of it at once.
    await database.query(
      `insert into tasks (user_id, title) select $1, md5(random()::text) || md5(random()::text) from generate_series(1, 2000)`,
      [userId],
    )
  }
  const sizes = []
  for (const { authorization } of [ada, eve]) {
    const response = await fetch(new URL('/api/account/export', server.url), { headers: { authorization } })
    const file = Buffer.from(await response.arrayBuffer())
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(file.length),
      'content-disposition': `attachment; filename="ownlist-${new Date().toISOString().slice(0, 10)}.zip"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    // A zip from its first entry to the end of its directory.
    expect(file.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    expect(file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))).toBe(file.length - 22)
    for (const name of ['README.txt', 'account.json', 'tasks.csv', 'history.csv'])
      expect(file.includes(name)).toBe(true)
    sizes.push(file.length)
  }
  expect(sizes[0]).not.toBe(sizes[1])
  expect(spooled()).toEqual([])
})

test('strangers, pages of other sites and other methods get no export', async ({
  server,
  request,
  openSession,
}) => {
  const { authorization } = await openSession()
  const ask = async (init: RequestInit, query = '') => {
    const { status, body } = await request(`/api/account/export${query}`, init)
    return [status, body.error?.data.reason]
  }
  const session = authorization.slice('Bearer '.length)
  const cookie = `ownlist.session_token=${encodeURIComponent(session)}`
  expect(await ask({})).toEqual([401, 'UNAUTHENTICATED'])
  expect(await ask({ headers: { authorization: `${authorization.slice(0, -4)}AAA=` } })).toEqual([
    401,
    'UNAUTHENTICATED',
  ])
  for (const [name, value] of [
    ['sec-fetch-site', 'cross-site'],
    ['sec-fetch-site', 'same-site'],
    ['origin', 'https://example.com'],
  ] as const) {
    expect(await ask({ headers: { cookie, [name]: value } })).toEqual([403, 'ORIGIN_REFUSED'])
  }
  expect(await ask({ headers: { cookie, 'sec-fetch-site': 'same-origin' } })).toEqual([200, undefined])
  const head = await fetch(new URL('/api/account/export', server.url), {
    method: 'HEAD',
    headers: { cookie },
  })
  expect(head.status).toBe(405)
  expect(await ask({ method: 'POST', headers: { cookie, origin: server.url, ...json }, body: '{}' })).toEqual(
    [404, 'PROCEDURE_NOT_FOUND'],
  )
  for (const query of ['?at=yesterday', '?user=someone', '?at=']) {
    expect(await ask({ headers: { cookie } }, query), query).toEqual([400, 'BAD_INPUT'])
  }
})

test('an export that fails is an error and not half a file, and leaves nothing behind', async ({
  request,
  database,
  openSession,
}) => {
  const { authorization, userId } = await openSession()
  for (let nth = 0; nth < 2; nth++)
    await database.query(`insert into tasks (user_id, title) values ($1, 'x')`, [userId])
  await database.query('delete from revisions where user_id = $1 and revision = 1', [userId])
  const { status, body } = await request('/api/account/export?at=2020-01-01T00:00:00Z', {
    headers: { authorization },
  })
  expect([status, body.error?.data.reason]).toEqual([412, 'HISTORY_TOO_OLD'])
  expect(spooled()).toEqual([])
})

test('who takes an export slowly keeps no connection to the database', async ({
  server,
  database,
  openSession,
}) => {
  const { authorization, userId } = await openSession()
  // Megabytes, more than fits into what the kernel takes for a socket; nobody will search for them.
  await database.query('alter table tasks disable trigger tasks_keep_new_texts')
  await database.query(
    `insert into tasks (user_id, title, description)
     select $1, 'x', (
       select string_agg(md5(random()::text || n || m), '') from generate_series(1, 31) m) from generate_series(1, 4000) n`,
    [userId],
  )
  await database.query('alter table tasks enable trigger tasks_keep_new_texts')
  const url = new URL('/api/account/export', server.url)
  const slow = await Promise.all(Array.from({ length: 3 }, () => fetch(url, { headers: { authorization } })))
  expect(slow.map(({ status }) => status)).toEqual([200, 200, 200])
  // The rest of the server asks for something now and then; an export that held on would be there each time.
  await vi.waitFor(async () => {
    const busy = await database.query(
      `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    )
    expect(busy).toEqual([])
  }, 15_000)
  for (const response of slow) await response.body?.cancel()
})

test('an account is erased after its days, with its password, and can be kept until then', async ({
  server,
  database,
  request,
  call,
}) => {
  const email = `${randomUUID()}@example.org`
  const enter = (route: string, given: object) =>
    request(`/api/auth/${route}`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email, password, ...given }),
    })
  const bearer = ({ headers }: { headers: Headers }) => ({
    authorization: `Bearer ${headers.get('set-auth-token')}`,
  })
  const first = bearer(await enter('sign-up/email', { name: 'Ada' }))
  const second = bearer(await enter('sign-in/email', {}))
  await call('tasks.create', { title: 'Mine' }, first)

  const reasonOf = async (input: object) =>
    (await call('account.erase', input, first)).body.error?.data.reason
  expect(await reasonOf({ password: 'wrong', confirm: email })).toBe('PASSWORD_WRONG')
  expect(await reasonOf({ password, confirm: 'other@example.org' })).toBe('BAD_INPUT')
  expect((await call('account.me', {}, second)).body.result?.data).toMatchObject({ eraseAfter: null })

  const asked = await call('account.erase', { password, confirm: email.toUpperCase() }, first)
  expect(asked.body.result?.data).toEqual({ eraseAfter: expect.any(String), receiptId: expect.any(String) })
  const { eraseAfter, receiptId } = (asked.body.result?.data ?? {}) as {
    eraseAfter: string
    receiptId: string
  }
  const days = (Date.parse(eraseAfter) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(13.99)
  expect(days).toBeLessThan(14.01)
  // Signed out everywhere; signed in again, everything is there, and the date.
  for (const session of [first, second]) expect((await call('account.me', {}, session)).status).toBe(401)
  const third = bearer(await enter('sign-in/email', {}))
  expect((await call('account.me', {}, third)).body.result?.data).toMatchObject({ email, eraseAfter })
  expect((await call('tasks.list', {}, third)).body.result?.data).toMatchObject({
    items: [{ title: 'Mine' }],
  })
  expect((await call('tasks.create', { title: 'Still mine' }, third)).status).toBe(200)
  expect((await request(`/api/erasures/${receiptId}`)).body.error?.data.reason).toBe('ERASURE_NOT_FOUND')

  expect((await call('account.keep', {}, third)).body.result?.data).toMatchObject({ email, eraseAfter: null })
  expect((await call('account.me', {}, third)).body.result?.data).toMatchObject({ eraseAfter: null })
  const again = await call('account.erase', { password, confirm: email }, third)
  const { receiptId: newReceipt } = (again.body.result?.data ?? {}) as { receiptId: string }
  expect(newReceipt).not.toBe(receiptId)

  // The days are over: a server that starts has its job do it.
  await database.query(
    `update users set erase_asked_at = now() - interval '15 days', erase_after = now() - interval '1 day' where email = $1`,
    [email],
  )
  const late = bearer(await enter('sign-in/email', {}))
  expect((await call('account.me', {}, late)).status).toBe(200)
  const other = await startServer(environment(database, { ERASE_GRACE_DAYS: '0' }))
  try {
    const eve = await fetch(new URL('/api/auth/sign-up/email', other.url), {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ email: `eve.${email}`, password }),
    })
    // Without days to wait it begins at once, and does what else is due.
    const gone = await fetch(new URL('/api/trpc/account.erase', other.url), {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${eve.headers.get('set-auth-token')}` },
      body: JSON.stringify({ password, confirm: `eve.${email}` }),
    })
    const { result } = (await gone.json()) as { result: { data: { receiptId: string; eraseAfter: string } } }
    for (const id of [result.data.receiptId, newReceipt]) {
      await expect
        .poll(async () => (await request(`/api/erasures/${id}`)).body, { timeout: 15_000 })
        .toMatchObject({
          id,
          erasedAt: expect.any(String),
          tables: { users: { removed: 1, withId: 0, withAddress: 0 } },
        })
    }
  } finally {
    await other.close()
  }
  expect((await call('account.me', {}, late)).status).toBe(401)
  expect((await enter('sign-in/email', {})).status).toBe(401)
  // The address is free for somebody new, who finds nothing.
  const anew = bearer(await enter('sign-up/email', { name: 'Ada again' }))
  expect((await call('tasks.list', {}, anew)).body.result?.data).toMatchObject({ items: [] })
  expect(server.url).toBeTruthy()
})

test('a receipt is found by its id alone', async ({ request }) => {
  for (const id of [randomUUID(), randomUUID().toUpperCase(), 'x', 'null']) {
    const { status, body } = await request(`/api/erasures/${id}`)
    expect([status, body.error?.data.reason]).toEqual([404, 'ERASURE_NOT_FOUND'])
  }
  // What is spelled as no id is, is no address of anything.
  for (const id of ['%00', `${randomUUID()}'`, `${randomUUID()}/`]) {
    const { status, body } = await request(`/api/erasures/${id}`)
    expect([id, status, body.error?.data.reason]).toEqual([id, 404, 'PROCEDURE_NOT_FOUND'])
  }
  expect((await request('/api/erasures')).status).toBe(404)
})
