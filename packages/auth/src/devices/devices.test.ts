import { createAuth } from '../auth.ts'
import { expect } from 'vitest'
import { createLimits } from '../limits.ts'
import { browser, mailbox, newEmail, password, secret, test as base } from '../testing.fixture.ts'
import { client, grant, terminalOf, type Asked } from './terminal.fixture.ts'

const test = base.extend('device', ({ serve, connection, database }) => {
  const limits = createLimits({ database: connection, secret, identityPerMinute: 1_000_000 })
  const server = serve({ limits })
  const { post, ask, poll } = terminalOf(server)
  const as = (token: string) => ({ authorization: `Bearer ${token}` })
  return {
    server,
    post,
    as,
    ask,
    poll,
    look: (userCode: string, token: string) => post('device', { userCode }, as(token)),
    approve: (userCode: string, token: string) => post('device/approve', { userCode }, as(token)),
    deny: (userCode: string, token: string) => post('device/deny', { userCode }, as(token)),
    /** As if the interval between two polls had passed. */
    wait: () => database.query(`update device_codes set last_polled_at = now() - interval '6 seconds'`),
  }
})

test('a terminal asks, a browser looks and approves, and the terminal is signed in', async ({ device }) => {
  const { server, ask, poll, look, approve, wait } = device
  const ada = await server.signUp()
  const asked = await ask()
  expect(asked).toEqual({
    device_code: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
    user_code: expect.stringMatching(/^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/),
    verification_uri: 'http://localhost:3000/device',
    // Behind #, so that no server's log has it.
    verification_uri_complete: `http://localhost:3000/device#code=${asked.user_code}`,
    expires_in: 600,
    interval: 5,
  })
  expect(await poll(asked.device_code)).toMatchObject({
    status: 400,
    body: { error: 'authorization_pending', code: 'AUTHORIZATION_PENDING' },
  })
  expect((await look(asked.user_code.toLowerCase().replace('-', ' '), ada.token)).body).toEqual({
    userCode: asked.user_code,
    status: 'pending',
    clientId: 'ownlist-cli',
    ipAddress: '192.0.2.1',
    userAgent: null,
    askedAt: expect.stringMatching(/^2\d{3}-.*Z$/),
  })
  expect((await approve(asked.user_code, ada.token)).status).toBe(200)
  await wait()
  const { status, body, headers } = await poll(asked.device_code)
  expect(status).toBe(200)
  expect(body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: expect.any(Number),
  })
  expect(headers.get('set-cookie')).toBeNull()
  const checked = await server.checkBearer(body.access_token ?? '')
  expect(checked).toMatchObject({ via: 'session', user: { id: ada.id } })
  expect(checked?.sessionId).not.toBe((await server.checkBearer(ada.token))?.sessionId)
  expect(await poll(asked.device_code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
})

test('who polls too soon is told to slow down, whoever was denied is told so, and an old code has expired', async ({
  device,
  database,
}) => {
  const { server, ask, poll, look, deny, wait } = device
  const ada = await server.signUp()
  const [hasty, denied, old] = [await ask(), await ask(), await ask()]
  const errorOf = async (asked: Asked) => (await poll(asked.device_code)).body.error
  expect(await errorOf(hasty)).toBe('authorization_pending')
  expect(await errorOf(hasty)).toBe('slow_down')

  await look(denied.user_code, ada.token)
  expect((await deny(denied.user_code, ada.token)).status).toBe(200)
  await wait()
  expect(await errorOf(denied)).toBe('access_denied')
  expect(await errorOf(denied)).toBe('invalid_grant')

  await look(old.user_code, ada.token)
  await device.approve(old.user_code, ada.token)
  await database.query(
    `update device_codes set expires_at = now() - interval '1 second' where user_code = $1`,
    [old.user_code.replace('-', '')],
  )
  expect(await errorOf(old)).toBe('expired_token')
})

test('the database has no device code by which anybody could be signed in', async ({ device, database }) => {
  const asked = await device.ask()
  const [row] = await database.query<{ text: string; hash: string }>(
    'select d::text as text, device_code_hash as hash from device_codes d where user_code = $1',
    [asked.user_code.replace('-', '')],
  )
  expect(row?.text).not.toContain(asked.device_code)
  expect((await device.poll(row?.hash ?? '')).body.error).toBe('invalid_grant')
})

test('fifty who redeem one code at once are one session', async ({ device, database }) => {
  const { server, ask, poll, look, approve } = device
  const ada = await server.signUp()
  const asked = await ask()
  await look(asked.user_code, ada.token)
  await approve(asked.user_code, ada.token)
  const sessions = () => database.query('select id from sessions where user_id = $1', [ada.id])
  const before = (await sessions()).length
  const answers = await Promise.all(Array.from({ length: 50 }, () => poll(asked.device_code)))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, body } of answers)
    if (status !== 200) expect(['invalid_grant', 'slow_down']).toContain(body.error)
  expect(await sessions()).toHaveLength(before + 1)
})

test('only who has looked at a code may approve or deny it, and nobody who comes second (CVE-2026-45337)', async ({
  device,
}) => {
  const { server, ask, poll, look, approve, deny, wait } = device
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const asked = await ask()
  // Not without a look.
  expect((await approve(asked.user_code, eve.token)).status).toBe(400)
  expect((await deny(asked.user_code, eve.token)).status).toBe(400)
  await look(asked.user_code, ada.token)
  // To everybody else it is a code that never was, now and afterwards.
  for (const act of [look, approve, deny]) {
    const foreign = await act(asked.user_code, eve.token)
    expect(foreign).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } })
    expect(foreign.body).toEqual((await act('ABCD-2345', eve.token)).body)
  }
  expect((await poll(asked.device_code)).body.error).toBe('authorization_pending')
  expect((await approve(asked.user_code, ada.token)).status).toBe(200)
  expect((await deny(asked.user_code, ada.token)).status).toBe(400)
  await wait()
  const { body } = await poll(asked.device_code)
  expect(await server.checkBearer(body.access_token ?? '')).toMatchObject({ user: { id: ada.id } })
})

test('that a terminal was let in, and from where it asked, is in the record of the account', async ({
  device,
}) => {
  const { server, ask, look, approve, as } = device
  const ada = await server.signUp()
  const terminal = { 'user-agent': `ownlist-cli/1.0 ${'x'.repeat(600)}` }
  const asked = await ask(terminal)
  const seen = (await look(asked.user_code, ada.token)).body
  expect(seen).toMatchObject({ ipAddress: '192.0.2.1', userAgent: terminal['user-agent'].slice(0, 512) })
  const approved = async () =>
    (await server.accounts.events(ada.id, { limit: 10 })).filter(({ kind }) => kind === 'device-approved')
  await approve('ABCD-2345', ada.token)
  expect(await approved()).toEqual([])
  await server.post(
    'device/approve',
    { userCode: asked.user_code },
    { ...as(ada.token), 'user-agent': 'Hers' },
  )
  await approve(asked.user_code, ada.token)
  expect(await approved()).toEqual([
    expect.objectContaining({
      ipAddress: '192.0.2.1',
      userAgent: 'Hers',
      detail: { ipAddress: '192.0.2.1', userAgent: seen.userAgent },
    }),
  ])
})

test('strangers, API tokens and pages get nowhere, and nobody binds a code to somebody else', async ({
  device,
}) => {
  const { server, ask, post, as } = device
  const ada = await server.signUp()
  const { user_code: userCode, device_code } = await ask()
  const made = await server.accounts.createToken(ada.id, { name: 'x', scopes: ['account'], expiresInDays: 1 })
  for (const route of ['device', 'device/approve', 'device/deny']) {
    expect(await post(route, { userCode }), route).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    })
    expect(await post(route, { userCode }, as(made?.token ?? '')), route).toMatchObject({ status: 403 })
    for (const bad of [{}, { userCode: 'ABCD-234' }, { userCode: 'ABCD-2340' }, { userCode, userId: ada.id }])
      expect(await post(route, bad, as(ada.token)), route).toMatchObject({ status: 400 })
  }
  // A page could show its scripts a session that is theirs to keep: its own is in a cookie that they cannot read.
  expect(await post('device/code', client, browser)).toMatchObject({ status: 403 })
  expect(await post('device/token', { ...grant, device_code }, browser)).toMatchObject({ status: 403 })
  // A code may not be born as somebody's.
  expect(await post('device/code', { ...client, user_id: ada.id })).toMatchObject({ status: 400 })
  expect(await post('device/code', { client_id: 'Your bank' })).toMatchObject({
    body: { error: 'invalid_client' },
  })
  expect(await post('device/token', { ...grant, device_code, client_id: 'another' })).toMatchObject({
    body: { error: 'invalid_grant' },
  })
})

test('of a hundred codes that a user guesses at once, twenty are looked at', async ({ device, database }) => {
  const { server, ask, look } = device
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const guesses = Array.from(
    { length: 100 },
    (_, n) => `AAAA-${String(n).padStart(4, 'A').replace(/[01]/g, 'Z')}`,
  )
  const answers = await Promise.all(guesses.map((guess) => look(guess, eve.token)))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 400)).toHaveLength(20)
  expect(statuses.filter((status) => status === 429)).toHaveLength(80)
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('45')
  expect(refused?.headers.get('ratelimit-policy')).toBe('"identity";q=20;w=900')
  // Also the right one is not looked at any more, by any of the three ways; other users are not concerned.
  const { user_code: code } = await ask()
  expect((await look(code, eve.token)).status).toBe(429)
  expect((await device.approve(code, eve.token)).status).toBe(429)
  // One that is right costs nothing.
  for (let looked = 0; looked < 25; looked++) expect((await look(code, ada.token)).status).toBe(200)
  await database.query(`update limits set free_at = free_at - interval '46 seconds'`)
  expect((await look((await ask()).user_code, eve.token)).status).toBe(200)
})

test('who is deactivated meanwhile is not signed in, and the code is gone', async ({ device, database }) => {
  const { server, ask, poll, look, approve } = device
  const ada = await server.signUp()
  const asked = await ask()
  await look(asked.user_code, ada.token)
  await approve(asked.user_code, ada.token)
  await database.query('update users set is_active = false where id = $1', [ada.id])
  expect((await poll(asked.device_code)).status).toBe(401)
  expect((await poll(asked.device_code)).body.error).toBe('invalid_grant')
})

test('a device that was let in gets no session where what let it in has ended meanwhile', async ({
  device,
  serve,
}) => {
  const { ask, poll, look, approve } = device
  const box = mailbox()
  const server = serve(box)
  const next = 'another horse battery staple'
  const ended: Record<string, (account: { id: string; email: string; token: string }) => Promise<unknown>> = {
    'password changed': ({ token }) =>
      server.post(
        'change-password',
        { currentPassword: password, newPassword: next },
        { authorization: `Bearer ${token}` },
      ),
    'password reset': async ({ email }) => {
      await server.post('request-password-reset', { email })
      const { token } = await box.next(email, 'new password')
      await server.post('reset-password', { token, newPassword: next })
    },
    'all other sessions ended': async ({ id, token }) => {
      const kept = await server.checkBearer(token)
      await server.accounts.revokeOtherSessions(id, kept?.sessionId ?? null)
    },
    'its session ended': async ({ id, token }) => {
      const one = await server.checkBearer(token)
      await server.accounts.revokeSession(id, one?.sessionId ?? '')
    },
    'erasure asked for': ({ id }) => server.accounts.erase(id),
  }
  for (const [how, end] of Object.entries(ended)) {
    const ada = await server.signUp()
    const asked = await ask()
    await look(asked.user_code, ada.token)
    expect((await approve(asked.user_code, ada.token)).status).toBe(200)
    await end(ada)
    const { status, body } = await poll(asked.device_code)
    expect([status, body.error], how).toEqual([400, 'invalid_grant'])
  }
})

test('a code lives ten minutes', async ({ device, database }) => {
  const { server, ask, poll, look } = device
  const ada = await server.signUp()
  const pass = (seconds: number, code: string) =>
    database.query(
      `update device_codes set expires_at = expires_at - make_interval(secs => $1) where user_code = $2`,
      [seconds, code.replace('-', '')],
    )
  const [young, old] = [await ask(), await ask()]
  expect([young.expires_in, old.expires_in]).toEqual([600, 600])
  await pass(590, young.user_code)
  expect((await look(young.user_code, ada.token)).status).toBe(200)
  expect((await poll(young.device_code)).body.error).toBe('authorization_pending')
  await pass(601, old.user_code)
  expect((await look(old.user_code, ada.token)).body.error).toBe('expired_token')
  expect((await poll(old.device_code)).body.error).toBe('expired_token')
})

test('a path in another spelling is no route (GHSA-x732-6j76-qmhm)', async ({ connection }) => {
  const server = createAuth({ database: connection, secret, baseUrl: 'http://localhost:3000' })
  const body = JSON.stringify({ email: newEmail(), password })
  for (const path of [
    '/api/auth//device/code',
    '/api/auth/device//code',
    '/api/auth/device/code/',
    '/api//auth/device/code',
    '/api/auth/%64evice/code',
    '/api/auth/device%2Fcode',
    '/api/auth/DEVICE/code',
    '/api/auth/device/code;a',
    '/api/auth/device\\code/',
    '/api/auth/api-key/create',
    '/api/auth/update-user',
  ]) {
    const request = new Request(new URL(`http://localhost:3000${path}`), { method: 'POST', body })
    expect((await server.handle(request, '192.0.2.1')).status, path).toBe(404)
  }
})
