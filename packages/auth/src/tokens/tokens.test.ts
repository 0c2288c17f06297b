import { hash } from 'node:crypto'
import { expect } from 'vitest'
import { newEmail, secret, test } from '../testing.fixture.ts'
import { signToken } from '../token.ts'

const cli = { name: 'cli', scopes: ['read' as const], expiresInDays: 30 }

test('the database has the hash of a token and its last four characters, and nothing to use', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { id } = await server.signUp()
  const made = await server.accounts.createToken(id, cli)
  expect(made?.token).toMatch(/^ol_[\w-]{43}$/)
  const rows = await database.query<{ text: string; hash: string }>(
    'select t::text as text, token_hash as hash from api_tokens t where user_id = $1',
    [id],
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]?.hash).toBe(hash('sha256', made?.token ?? ''))
  expect(rows[0]?.text).not.toContain(made?.token.slice(3, -4))
  // What a thief of the table has is no way in.
  expect(await server.checkBearer(rows[0]?.hash ?? '')).toBeNull()
  expect(await server.checkBearer(`ol_${rows[0]?.hash}`)).toBeNull()
  expect(await server.checkBearer(made?.token ?? '')).toMatchObject({
    via: 'token',
    tokenId: made?.id,
    scopes: ['read'],
    user: { id },
  })
})

test('tokens are random: 256 bits each', async ({ serve }) => {
  const server = serve()
  const { id } = await server.signUp()
  const made = await Promise.all(Array.from({ length: 20 }, () => server.accounts.createToken(id, cli)))
  const secrets = made.map((one) => Buffer.from(one?.token.slice(3) ?? '', 'base64url'))
  expect(secrets.map(({ length }) => length)).toEqual(secrets.map(() => 32))
  // No byte is the same in all of them.
  for (let at = 0; at < 32; at++) expect(new Set(secrets.map((bytes) => bytes[at])).size).toBeGreaterThan(1)
})

test('what is not exactly a living token is nobody', async ({ serve, database }) => {
  const server = serve()
  const { id, token: session } = await server.signUp()
  const made = await server.accounts.createToken(id, cli)
  const token = made?.token ?? ''
  for (const wrong of [
    'ol_',
    token.slice(0, -1),
    `${token}A`,
    `${token} `.repeat(2).trim(),
    token.toUpperCase(),
    `ol_${'a'.repeat(43)}`,
    `ol_${'%61'.repeat(43)}`,
    `ol_' or true --${'x'.repeat(28)}`,
    signToken(token, secret),
    `ol_${session}`,
    'ol_'.padEnd(5_000, 'x'),
  ]) {
    expect(await server.checkBearer(wrong), wrong.slice(0, 60)).toBeNull()
  }
  expect(await server.check(new Headers({ authorization: `Basic ${token}` }))).toBeNull()
  expect(await server.check(new Headers({ cookie: `ownlist.session_token=${token}` }))).toBeNull()
  expect(await server.check(new Headers({ authorization: `bearer  ${token}` }))).not.toBeNull()
  await database.query('delete from users where id = $1', [id])
  expect(await server.checkBearer(token)).toBeNull()
})

test('a token in Authorization counts, and no cookie beside it', async ({ serve }) => {
  const server = serve()
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const made = await server.accounts.createToken(eve.id, cli)
  const cookie = `ownlist.session_token=${encodeURIComponent(ada.token)}`
  expect(await server.check(new Headers({ cookie }))).toMatchObject({ via: 'session', user: { id: ada.id } })
  expect(await server.check(new Headers({ cookie, authorization: `Bearer ${made?.token}` }))).toMatchObject({
    via: 'token',
    user: { id: eve.id },
  })
  // Also one that is not valid: a program that believes it is limited must not turn out to be its user.
  expect(await server.check(new Headers({ cookie, authorization: `Bearer ol_${'x'.repeat(43)}` }))).toBeNull()
})

test('a token ends with its time, with its revocation, with its user, on every server at once', async ({
  serve,
  database,
}) => {
  let time = new Date()
  const [here, there] = [serve(), serve({ now: () => time })]
  const [ada, eve] = [await here.signUp(), await here.signUp()]
  const [one, two, three] = [
    await here.accounts.createToken(ada.id, cli),
    await here.accounts.createToken(ada.id, cli),
    await here.accounts.createToken(eve.id, cli),
  ]
  const ids = [one?.id ?? '', two?.id ?? '', three?.id ?? '']
  const living = async () => {
    const checks = await Promise.all([one, two, three].map((made) => there.checkBearer(made?.token ?? '')))
    const found = await there.findLivingSessions(ids)
    // Streams end by the same rule.
    expect(checks.map((checked) => checked !== null)).toEqual(ids.map((id) => found.has(id)))
    return checks.map((checked) => checked !== null)
  }
  expect(await living()).toEqual([true, true, true])
  expect(await here.accounts.revokeToken(eve.id, one?.id ?? '')).toBe(false)
  expect(await living()).toEqual([true, true, true])
  expect(await here.accounts.revokeToken(ada.id, one?.id ?? '')).toBe(true)
  expect(await living()).toEqual([false, true, true])
  await database.query('update users set is_active = false where id = $1', [eve.id])
  expect(await living()).toEqual([false, true, false])
  await database.query('update users set is_active = true where id = $1', [eve.id])
  const expiry = new Date(two?.expiresAt ?? '')
  time = new Date(expiry.getTime() - 1)
  expect(await living()).toEqual([false, true, true])
  time = new Date(expiry.getTime() + 60_000)
  expect((await living())[1]).toBe(false)
})

test('who asks for an erasure has no token any more, and a device that was approved no code', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { id } = await server.signUp()
  const made = await server.accounts.createToken(id, cli)
  await database.query(
    `insert into device_codes (device_code_hash, user_code, user_id, status, expires_at)
     values (repeat('a', 64), 'ABCDEFGH', $1, 'approved', now() + interval '1 hour')`,
    [id],
  )
  await server.accounts.erase(id)
  expect(await server.checkBearer(made?.token ?? '')).toBeNull()
  expect(await server.accounts.tokens(id)).toEqual([])
  expect(await database.query('select from device_codes where user_id = $1', [id])).toEqual([])
})

test('its use is noted every ten minutes and no oftener', async ({ serve, database }) => {
  let time = new Date('2026-11-21T12:00:00Z')
  const server = serve({ now: () => time })
  const { id } = await server.signUp()
  const made = await server.accounts.createToken(id, { ...cli, expiresInDays: 300 })
  const used = async () => {
    await Promise.all(Array.from({ length: 5 }, () => server.checkBearer(made?.token ?? '')))
    return (await server.accounts.tokens(id))[0]?.lastUsedAt
  }
  await expect.poll(used).toBe('2026-11-21T12:00:00.000Z')
  time = new Date('2026-11-21T12:09:59.999Z')
  const [before] = await database.query('select xmin from api_tokens where user_id = $1', [id])
  expect(await used()).toBe('2026-11-21T12:00:00.000Z')
  expect(await database.query('select xmin from api_tokens where user_id = $1', [id])).toEqual([before])
  time = new Date('2026-11-21T12:10:00Z')
  await expect.poll(used).toBe('2026-11-21T12:10:00.000Z')
})

test('a hundred tokens and no more, also of many that are asked for at once', async ({ serve, database }) => {
  const server = serve()
  const { id } = await server.signUp()
  await database.query(
    `insert into api_tokens (user_id, name, token_hash, last_four, scopes, expires_at)
     select $1::uuid, 'x', encode(sha256(convert_to('hundred' || n, 'UTF8')), 'hex'), 'abcd', '{read}', now() + interval '1 day'
     from generate_series(1, 95) n`,
    [id],
  )
  const made = await Promise.all(Array.from({ length: 20 }, () => server.accounts.createToken(id, cli)))
  expect(made.filter((one) => one !== undefined)).toHaveLength(5)
  expect(await server.accounts.tokens(id)).toHaveLength(100)
  // What has expired is in nobody's way.
  await database.query(
    `with old as (select id from api_tokens where user_id = $1 limit 1)
     update api_tokens t set expires_at = t.created_at + interval '1 microsecond' from old where t.id = old.id`,
    [id],
  )
  expect(await server.accounts.createToken(id, cli)).toBeDefined()
})

test('a session that has ended meanwhile makes no token', async ({ serve }) => {
  const server = serve()
  const { id, token } = await server.signUp()
  const by = { sessionId: (await server.checkBearer(token))?.sessionId ?? '' }
  expect(await server.accounts.createToken(id, cli, by)).toMatchObject({ name: cli.name })
  await server.accounts.revokeOtherSessions(id, null)
  expect(await server.accounts.createToken(id, cli, by)).toBeUndefined()
})

test('no route of identity takes an API token, not even beside a session’s cookie', async ({ serve }) => {
  const server = serve()
  const { id, token } = await server.signUp()
  const made = await server.accounts.createToken(id, { ...cli, scopes: ['account', 'read', 'write'] })
  const cookie = `ownlist.session_token=${encodeURIComponent(token)}`
  for (const route of ['sign-out', 'sign-up/email', 'sign-in/email', 'device/approve', 'device/code']) {
    for (const authorization of [`Bearer ${made?.token}`, `Bearer ol_${'x'.repeat(43)}`]) {
      const answer = await server.post(route, { email: newEmail() }, { authorization, cookie })
      expect(answer, route).toMatchObject({ status: 403, body: { code: 'SESSION_NEEDED' } })
    }
  }
  expect(await server.checkBearer(token)).not.toBeNull()
})
