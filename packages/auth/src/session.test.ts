import { connect } from '@ownlist/db'
import { createHash, createHmac } from 'node:crypto'
import { expect } from 'vitest'
import { newEmail, password, secret, test } from './testing.fixture.ts'

const day = 86_400_000

test('no column of no table holds a session’s token or a password', async ({ serve, database }) => {
  const server = serve()
  const { email, token } = await server.signUp()
  const { token: second } = await server.post('sign-in/email', { email, password })
  const tables = await database.query<{ table: string }>(
    `select relname as "table" from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  expect(tables.length).toBeGreaterThan(10)
  const raw = (signed: string) => signed.split('.')[0] ?? ''
  const holding = async (text: string) => {
    const found = []
    for (const { table } of tables) {
      const columns = await database.query<{ column: string }>(
        `select distinct f.key as column from "${table}" t, jsonb_each_text(to_jsonb(t)) f where strpos(f.value, $1) > 0`,
        [text],
      )
      found.push(...columns.map(({ column }) => `${table}.${column}`))
    }
    return found
  }
  for (const signed of [token, second]) {
    expect(await holding(raw(signed))).toEqual([])
    expect(await holding(decodeURIComponent(signed).split('.')[1] ?? '')).toEqual([])
    // The search would find it: the hash of the same token is there.
    expect(await holding(createHash('sha256').update(raw(signed)).digest('hex'))).toEqual([
      'sessions.token_hash',
    ])
  }
  expect(await holding(password)).toEqual([])
})

test('a stolen hash, signed or not, is no login', async ({ serve, database }) => {
  const server = serve()
  const { id } = await server.signUp()
  const [row] = await database.query<{ token_hash: string; id: string }>(
    'select token_hash, id from sessions where user_id = $1',
    [id],
  )
  const sign = (value: string, key: string) =>
    `${value}.${createHmac('sha256', key).update(value).digest('base64')}`
  for (const stolen of [row?.token_hash ?? '', row?.id ?? '']) {
    for (const token of [stolen, sign(stolen, secret), sign(stolen, 'another secret that is long enough')]) {
      expect(await server.checkBearer(token)).toBeNull()
      expect(await server.checkBearer(encodeURIComponent(token))).toBeNull()
      const cookie = `ownlist.session_token=${encodeURIComponent(token)}`
      expect(await server.check(new Headers({ cookie }))).toBeNull()
    }
  }
})

test('a token with another signature, a changed token and no token at all are nobody', async ({ serve }) => {
  const server = serve()
  const { token } = await server.signUp()
  const clear = decodeURIComponent(token)
  const [value = '', signature = ''] = clear.split('.')
  expect(await server.checkBearer(clear)).not.toBeNull()

  const flip = (text: string, at: number) =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  for (const wrong of [
    value,
    `${value}.`,
    `.${signature}`,
    '.',
    flip(clear, 0),
    flip(clear, value.length + 1),
    `${value}.${signature.slice(0, -4)}`,
    `${value}x.${signature}`,
    `${value}.${createHmac('sha256', 'another secret').update(value).digest('base64')}`,
    `${value}.${Buffer.alloc(32).toString('base64')}`,
    'x'.repeat(100_000),
    '%',
    '%E0%A4%A',
    '\u00ff',
  ]) {
    expect(await server.checkBearer(wrong), wrong.slice(0, 100)).toBeNull()
  }
  for (const authorization of ['', 'Bearer', `Basic ${clear}`, `Bearer ${clear} x`, `Token ${clear}`]) {
    expect(await server.check(new Headers({ authorization })), authorization).toBeNull()
  }
  expect(await server.check(new Headers())).toBeNull()
  expect(await server.check(new Headers({ cookie: 'ownlist.session_token' }))).toBeNull()
  expect(await server.check(new Headers({ cookie: `xownlist.session_token=${token}` }))).toBeNull()
  // Another secret, as after a leak: every session is over.
  expect(await serve({ secret: 'a new secret that is also long enough' }).checkBearer(clear)).toBeNull()
})

test('a session ends when it expires, thirty days after it was last used', async ({ serve }) => {
  const { token } = await serve().signUp()
  const at = (time: number) => serve({ now: () => new Date(time) })
  const signedUp = Date.now()
  expect(await at(signedUp + 31 * day).checkBearer(token)).toBeNull()
  expect(await at(signedUp + 29 * day).checkBearer(token)).not.toBeNull()
})

test('use renews a session, once a day', async ({ serve, database }) => {
  const { token, id } = await serve().signUp()
  const expiry = async () => {
    const rows = await database.query<{ expires_at: Date }>(
      'select expires_at from sessions where user_id = $1',
      [id],
    )
    return rows[0]?.expires_at.getTime() ?? 0
  }
  const first = await expiry()
  const begin = first - 30 * day
  const soon = serve({ now: () => new Date(begin + day - 60_000) })
  expect(await soon.checkBearer(token)).not.toBeNull()
  const later = serve({ now: () => new Date(begin + 2 * day) })
  expect(await later.checkBearer(token)).not.toBeNull()
  await expect.poll(expiry).toBe(first + 2 * day)
  const again = serve({ now: () => new Date(begin + 2 * day + 3_600_000) })
  expect(await again.checkBearer(token)).not.toBeNull()
  expect(await expiry()).toBe(first + 2 * day)
})

test('a deactivated user is out with the next request, and back when activated', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { token, id, email } = await server.signUp()
  await database.query('update users set is_active = false where id = $1', [id])
  expect(await server.checkBearer(token)).toBeNull()
  expect((await server.post('sign-in/email', { email, password })).status).toBe(401)
  await database.query('update users set is_active = true where id = $1', [id])
  expect(await server.checkBearer(token)).not.toBeNull()
})

test('a revoked session is out at once on every server', async ({ serve, database }) => {
  const other = await connect({ url: database.url, max: 3 })
  try {
    const [here, there] = [serve(), serve({ database: other })]
    const { email, token, id } = await here.signUp()
    const { token: second } = await there.post('sign-in/email', { email, password })
    const session = await there.checkBearer(token)
    expect(await here.checkBearer(second)).not.toBeNull()

    expect(await here.accounts.revokeSession(id, session?.sessionId ?? '')).toBe(true)
    expect(await there.checkBearer(token)).toBeNull()
    expect(await here.accounts.revokeSession(id, session?.sessionId ?? '')).toBe(false)

    const { token: third } = await here.post('sign-in/email', { email, password })
    const kept = await here.checkBearer(second)
    expect(await there.accounts.revokeOtherSessions(id, kept?.sessionId ?? '')).toBe(1)
    expect(await here.checkBearer(third)).toBeNull()
    expect(await here.checkBearer(second)).not.toBeNull()
  } finally {
    await other.end()
  }
})

test('nobody revokes or sees another user’s sessions', async ({ serve }) => {
  const server = serve()
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const session = await server.checkBearer(ada.token)
  expect(await server.accounts.revokeSession(eve.id, session?.sessionId ?? '')).toBe(false)
  const own = await server.checkBearer(eve.token)
  expect(await server.accounts.revokeOtherSessions(eve.id, own?.sessionId ?? '')).toBe(0)
  expect(await server.accounts.sessions(eve.id)).toMatchObject([
    { id: own?.sessionId, ipAddress: '192.0.2.1' },
  ])
  expect(await server.checkBearer(ada.token)).toEqual(session)
})

test('with its user a session is gone', async ({ serve, database }) => {
  const server = serve()
  const { token, id } = await server.signUp()
  await database.query('delete from users where id = $1', [id])
  expect(await server.checkBearer(token)).toBeNull()
  expect(await database.query('select from accounts where user_id = $1', [id])).toEqual([])
})

test('the check of a session is one statement, and none without a signature of ours', async ({
  serve,
  counted,
}) => {
  const { token } = await serve().signUp()
  const { database, statements } = counted()
  const server = serve({ database })
  expect(await server.checkBearer(token)).not.toBeNull()
  expect(statements).toHaveLength(1)
  await server.checkBearer('forged.signature')
  await server.check(new Headers())
  expect(statements).toHaveLength(1)
})

test('the check of a session reads two index entries, however many sessions there are', async ({
  serve,
  counted,
  database,
}) => {
  const { token } = await serve().signUp()
  await database.query(
    `with made as (insert into users (email, name) select n || '@many.example', 'x' from generate_series(1, 3000) n returning id)
     insert into sessions (user_id, token_hash, expires_at)
     select id, encode(sha256((id::text || n)::bytea), 'hex'), now() + interval '1 day' from made, generate_series(1, 3) n`,
  )
  await database.query('analyze users')
  await database.query('analyze sessions')
  const { database: watched, statements } = counted()
  await serve({ database: watched }).checkBearer(token)
  const [statement] = statements
  const [row] = await database.query<{ 'QUERY PLAN': unknown }>(
    `explain (format json, analyze, timing off) ${statement?.text}`,
    [...(statement?.values ?? [])],
  )
  const plan = JSON.stringify(row)
  expect(plan).toContain('sessions_token_hash_key')
  expect(plan).toContain('users_pkey')
  expect(plan).not.toContain('Seq Scan')
})

test('the name comes from the account and changes with it at once', async ({ serve }) => {
  const server = serve()
  const { id, token } = await server.signUp(newEmail())
  const change = { name: 'Ada', timeZone: 'Europe/Paris', weekStart: 7, locale: 'fr' }
  expect(await server.accounts.update(id, change)).toMatchObject(change)
  expect((await server.checkBearer(token))?.user).toMatchObject({ id, ...change })
  expect(await server.accounts.update(id, { name: 'Augusta' })).toMatchObject({ ...change, name: 'Augusta' })
})

test('a session ends ninety days after it began, however much it is used, and sooner where that is set', async ({
  serve,
  database,
}) => {
  const { token, id } = await serve().signUp()
  const begin = Date.now()
  const at = (days: number, more = {}) => serve({ now: () => new Date(begin + days * day), ...more })
  const ends = async () => {
    const [row] = await database.query<{ expires_at: Date }>(
      'select expires_at from sessions where user_id = $1',
      [id],
    )
    return Math.round(((row?.expires_at.getTime() ?? 0) - begin) / day)
  }
  for (const [days, until] of [
    [25, 55],
    [50, 80],
    [75, 90],
    [89, 90],
  ] as const) {
    expect(await at(days).checkBearer(token)).not.toBeNull()
    await expect.poll(ends).toBe(until)
  }
  const session = await at(89).checkBearer(token)
  const ids = [session?.sessionId ?? '']
  expect(await at(91).checkBearer(token)).toBeNull()
  expect(await at(89).findLivingSessions(ids)).toEqual(new Set(ids))
  expect(await at(89, { sessionMaxDays: 88 }).checkBearer(token)).toBeNull()
  expect(await at(89, { sessionMaxDays: 88 }).findLivingSessions(ids)).toEqual(new Set())

  // One that may last a week is made for a week.
  const short = await serve({ sessionMaxDays: 7 }).signUp()
  const [row] = await database.query<{ days: number }>(
    `select round(extract(epoch from expires_at - created_at) / 86400)::integer as days from sessions where user_id = $1`,
    [short.id],
  )
  expect(row?.days).toBe(7)
})

test('when a session was last used is written down, at most every ten minutes', async ({
  serve,
  database,
  counted,
}) => {
  const { token, id } = await serve().signUp()
  const begin = Date.now()
  const used = async () => (await serve().accounts.sessions(id))[0]?.lastUsedAt
  const first = await used()
  const { database: watched, statements } = counted()
  const at = (minutes: number) =>
    serve({ database: watched, now: () => new Date(begin + minutes * 60_000) }).checkBearer(token)
  await at(9)
  expect(statements).toHaveLength(1)
  expect(await used()).toBe(first)
  await at(11)
  await expect.poll(used).toBe(new Date(begin + 11 * 60_000).toISOString())
  statements.length = 0
  await at(12)
  await at(20)
  expect(statements).toHaveLength(2)
  const [row] = await database.query<{ days: number }>(
    `select round(extract(epoch from expires_at - created_at) / 86400)::integer as days from sessions where user_id = $1`,
    [id],
  )
  expect(row?.days).toBe(30)
})

test('a session is fresh for ten minutes', async ({ serve }) => {
  const { token } = await serve().signUp()
  const at = (seconds: number) =>
    serve({ now: () => new Date(Date.now() + seconds * 1000) }).checkBearer(token)
  expect(await at(590)).toMatchObject({ isFresh: true })
  expect(await at(610)).toMatchObject({ isFresh: false })
})
