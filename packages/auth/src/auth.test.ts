import { expect } from 'vitest'
import { browser, newEmail, password, test } from './testing.fixture.ts'

test('a program that signs up gets a signed token, which tells who it is', async ({ serve }) => {
  const server = serve()
  const email = newEmail()
  const { status, body, headers, token, text } = await server.post('sign-up/email', {
    email,
    password,
    name: 'Ada',
  })
  expect(status).toBe(200)
  expect(body).toMatchObject({ user: { email, name: 'Ada' } })
  expect(body).not.toHaveProperty('token')
  expect(text).not.toContain(token.split('.')[0])
  expect(headers.get('content-type')).toMatch('application/json')
  const checked = await server.checkBearer(token)
  expect(checked?.user).toEqual({
    id: body.user?.id,
    email,
    name: 'Ada',
    timeZone: 'UTC',
    weekStart: 1,
    locale: 'en',
    eraseAfter: null,
  })
})

test('whoever gives no name is called by the first part of the address', async ({ serve }) => {
  const server = serve()
  const suffix = newEmail()
  const { body } = await server.post('sign-up/email', { email: `Grace.${suffix}`, password })
  expect(body.user?.name).toBe(`grace.${suffix.split('@')[0]}`)
  const empty = await server.post('sign-up/email', { email: newEmail(), password, name: '   ' })
  expect(empty.body.user?.name).toMatch(/^[0-9a-f-]{36}$/)
})

test('signing in takes the right password and gives another session; signing out ends just that one', async ({
  serve,
}) => {
  const server = serve()
  const { email, token: first } = await server.signUp()
  const { status, token: second } = await server.post('sign-in/email', { email, password })
  expect(status).toBe(200)
  const [one, two] = [await server.checkBearer(first), await server.checkBearer(second)]
  expect(one?.user.id).toBe(two?.user.id)
  expect(one?.sessionId).not.toBe(two?.sessionId)

  expect((await server.post('sign-out', {}, { authorization: `Bearer ${second}` })).status).toBe(200)
  expect(await server.checkBearer(second)).toBeNull()
  expect(await server.checkBearer(first)).toEqual(one)
})

test('a wrong password, an unknown address and a deactivated account get the same answer', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { email, id } = await server.signUp()
  const answers = [
    await server.post('sign-in/email', { email, password: 'wrong password' }),
    await server.post('sign-in/email', { email: newEmail(), password }),
    await server.post('sign-in/email', { email, password: '' }),
    await server.post('sign-in/email', { email, password: 'x'.repeat(256) }),
  ]
  await database.query('update users set is_active = false where id = $1', [id])
  answers.push(await server.post('sign-in/email', { email, password }))
  for (const { status, text, headers } of answers) {
    expect(status, text).toBe(401)
    expect(text).toBe(answers[0]?.text)
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('set-auth-token')).toBeNull()
  }
  expect(await database.query('select from sessions where user_id = $1', [id])).toHaveLength(1)
})

test('a password of eight to 128 characters of any kind can be set and used', async ({ serve }) => {
  const server = serve()
  for (const chosen of [
    '1234568790',
    '😀'.repeat(8),
    '😀'.repeat(128),
    ' '.repeat(8),
    'пароль с пробелами',
    'x'.repeat(128),
  ]) {
    const email = newEmail()
    expect((await server.post('sign-up/email', { email, password: chosen })).status, chosen).toBe(200)
    expect((await server.post('sign-in/email', { email, password: chosen })).status, chosen).toBe(200)
  }
})

test('an address is one account however it is written', async ({ serve, database }) => {
  const server = serve()
  const email = newEmail()
  const { id } = await server.signUp(email.toUpperCase())
  const again = await server.post('sign-up/email', { email, password: 'another password' })
  expect(again.status).toBe(422)
  expect(again.body.code).toMatch(/^USER_ALREADY_EXISTS/)
  expect(again.headers.get('set-cookie')).toBeNull()
  expect(again.token).toBe('')
  const signedIn = await server.post('sign-in/email', { email: ` ${email}`.trim().toUpperCase(), password })
  expect(signedIn.body.user?.id).toBe(id)
  expect(await database.query('select email from users where id = $1', [id])).toEqual([{ email }])
})

test('of ten sign-ups with one address at once exactly one makes an account', async ({ serve, database }) => {
  const server = serve()
  const email = newEmail()
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.post('sign-up/email', { email, password })),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, text } of answers.filter((answer) => answer.status !== 200)) {
    expect(status, text).toBe(422)
    expect(text).not.toMatch(/users_email_key|duplicate|constraint/)
  }
  expect(await database.query('select from users where email = $1', [email])).toHaveLength(1)
  expect(
    await database.query('select from accounts a join users u on u.id = a.user_id where email = $1', [email]),
  ).toHaveLength(1)
})

test('a browser gets a cookie that scripts cannot read, and the token by no other way', async ({ serve }) => {
  const server = serve()
  const email = newEmail()
  for (const answer of [
    await server.post('sign-up/email', { email, password }, browser),
    await server.post('sign-in/email', { email, password }, { 'sec-fetch-site': 'same-origin' }),
  ]) {
    expect(answer.status).toBe(200)
    const cookie = answer.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^ownlist\.session_token=[^;]+;/)
    expect(cookie).toMatch(/; HttpOnly(;|$)/i)
    expect(cookie).toMatch(/; SameSite=Strict(;|$)/i)
    expect(cookie).toMatch(/; Path=\/(;|$)/i)
    expect(cookie).toMatch(/; Max-Age=7776000(;|$)/i)
    expect(cookie).not.toMatch(/Secure|Domain/i)
    const value = /=([^;]+)/.exec(cookie)?.[1] ?? ''
    const token = decodeURIComponent(value).split('.')[0] ?? ''
    expect(token.length).toBeGreaterThanOrEqual(32)
    expect(answer.text).not.toContain(token)
    expect(
      [...answer.headers].filter(([name, text]) => name !== 'set-cookie' && text.includes(token)),
    ).toEqual([])
    expect(answer.headers.has('set-auth-token')).toBe(false)
    expect(
      await server.check(new Headers({ cookie: `other=1; ownlist.session_token=${value}` })),
    ).toMatchObject({
      user: { email },
    })
  }
})

test('under https the cookie is Secure and its name says so', async ({ serve }) => {
  const baseUrl = 'https://tasks.example.org'
  const server = serve({ baseUrl })
  const { answer, email } = await server.signUp(newEmail(), { origin: baseUrl })
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^__Host-ownlist\.session_token=/)
  expect(cookie).toMatch(/; Secure(;|$)/i)
  expect(cookie).toMatch(/; HttpOnly(;|$)/i)
  const value = /=([^;]+)/.exec(cookie)?.[1] ?? ''
  expect(await server.check(new Headers({ cookie: `__Host-ownlist.session_token=${value}` }))).toMatchObject({
    user: { email },
  })
  // A page under plain http could set the name without the prefix: it does not count.
  expect(await server.check(new Headers({ cookie: `ownlist.session_token=${value}` }))).toBeNull()
})

test('signing out as a browser ends the session and takes the cookie back', async ({ serve }) => {
  const server = serve()
  const { answer } = await server.signUp(newEmail(), browser)
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect(await server.check(new Headers({ cookie }))).not.toBeNull()
  const out = await server.post('sign-out', {}, { ...browser, cookie })
  expect(out.status).toBe(200)
  expect(out.headers.get('set-cookie')).toMatch(/ownlist\.session_token=;.*Max-Age=0/i)
  expect(await server.check(new Headers({ cookie }))).toBeNull()
})

test('what is no address, no password or no known field is refused, with the field that is wrong', async ({
  serve,
  database,
}) => {
  const server = serve()
  const email = newEmail()
  const count = () => database.query('select count(*) from users')
  const before = await count()
  for (const [path, change] of [
    ['email', { email: 'no address' }],
    ['email', { email: '' }],
    ['email', { email: null }],
    ['email', { email: `${'x'.repeat(250)}@example.org` }],
    ['email', { email: 'a\u0000@example.org' }],
    ['email', { email: '\ud800@example.org' }],
    ['password', { password: 'seven77' }],
    ['password', { password: '😀'.repeat(7) }],
    ['password', { password: 'x'.repeat(129) }],
    ['password', { password: 'x'.repeat(1_000_000) }],
    ['password', { password: 'with a \u0000 inside' }],
    ['password', { password: 12_345_678 }],
    ['name', { name: 'x'.repeat(256) }],
    ['name', { name: '\udc00' }],
    ['', { isActive: true }],
    ['', { is_verified: true, emailVerified: true }],
    ['', { id: 'mine', image: 'x', callbackURL: 'https://evil.example' }],
    ['', { rememberMe: false }],
  ] as const) {
    const { status, body } = await server.post('sign-up/email', { email, password, ...change })
    const named = JSON.stringify(change).slice(0, 80)
    expect(status, named).toBe(400)
    expect(body, named).toMatchObject({ code: 'BAD_INPUT', issues: [{ path }] })
  }
  expect(await count()).toEqual(before)
  for (const body of ['', '{', 'null', '[]', '"text"', '{"email":}', '['.repeat(100_000)]) {
    const { status, body: answer } = await server.post('sign-up/email', body)
    expect(status, body.slice(0, 20)).toBe(400)
    expect(answer.code).toMatch(/^BAD_(JSON|INPUT)$/)
  }
  for (const [route, body] of [
    ['sign-in/email', { email, password, callbackURL: '/' }],
    ['sign-out', { all: true }],
  ] as const) {
    expect((await server.post(route, body)).status).toBe(400)
  }
})

test('routes of better-auth that are not open do not exist', async ({ serve }) => {
  const server = serve()
  const { token } = await server.signUp()
  for (const route of [
    '',
    'ok',
    'error',
    'get-session',
    'list-sessions',
    'update-user',
    'delete-user',
    'set-password',
    'verify-password',
    'revoke-sessions',
    'forget-password',
    'reset-password/token',
    'delete-user/callback',
    'sign-in/social',
    'sign-up/email/',
    'sign-up/EMAIL',
    'sign-up%2Femail',
    '__proto__',
    'constructor',
    'toString',
  ]) {
    const { status, body } = await server.post(route, {}, { authorization: `Bearer ${token}` })
    expect([status, body.code], route).toEqual([404, 'NOT_FOUND'])
  }
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const request = new Request('http://localhost:3000/api/auth/sign-out', { method })
    expect((await server.handle(request, '192.0.2.1')).status, method).toBe(405)
  }
})

test('the address of a session is that of the connection, whatever the client claims', async ({
  serve,
  database,
}) => {
  const server = serve()
  const forged = '203.0.113.9'
  const { id } = await server.signUp(newEmail(), {
    'x-forwarded-for': forged,
    'x-real-ip': forged,
    'x-ownlist-client-address': forged,
    'user-agent': 'test agent',
  })
  expect(
    await database.query('select ip_address, user_agent from sessions where user_id = $1', [id]),
  ).toEqual([{ ip_address: '192.0.2.1', user_agent: 'test agent' }])
})
