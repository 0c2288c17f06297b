import { expect } from 'vitest'
import { password } from '../testing.fixture.ts'
import { counted, test, wrongCode } from './factors.fixture.ts'

const verify = 'two-factor/verify-totp'

test('of 100 wrong codes at once for one sign-in five are looked at', async ({ clocked }) => {
  const server = clocked()
  const { email, secret } = await server.signUpWithTotp()
  const { token } = await server.begin(email)
  const code = server.codeFor(secret)
  const wrong = wrongCode(code)
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => server.post(verify, { token, code: wrong })),
  )
  expect(counted(answers)).toEqual({ '403 CODE_WRONG': 5, '401 SECOND_STEP_OVER': 95 })
  // The right one comes too late for this sign-in, and in time for another.
  expect((await server.post(verify, { token, code })).data.code).toBe('SECOND_STEP_OVER')
  expect((await server.post(verify, { token: (await server.begin(email)).token, code })).status).toBe(200)
})

test('of 100 wrong codes at once for many sign-ins ten are looked at, and the account waits 15 minutes', async ({
  clocked,
}) => {
  const server = clocked()
  const { email, secret, recoveryCodes } = await server.signUpWithTotp()
  const tokens: string[] = []
  for (let n = 0; n < 8; n++) tokens.push((await server.begin(email)).token)
  const code = server.codeFor(secret)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      server.post(verify, { token: tokens[n % tokens.length], code: wrongCode(code) }),
    ),
  )
  expect(counted(answers)).toEqual({
    '403 CODE_WRONG': 10,
    '429 TOO_MANY_TRIES': 30,
    '401 SECOND_STEP_OVER': 60,
  })
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.headers.get('retry-after')).toBe('900')
  expect(refused?.headers.get('ratelimit-policy')).toBe('"identity";q=10;w=900')
  expect(refused?.headers.get('ratelimit')).toBe('"identity";r=0;t=900')

  // The lock is the account's: neither another sign-in nor the other kind of code passes it, also on another server.
  const { token } = await server.begin(email)
  expect((await server.post(verify, { token, code })).status).toBe(429)
  const recovery = await server.post('two-factor/verify-backup-code', { token, code: recoveryCodes[0] })
  expect(recovery.status).toBe(429)
  server.pass(901)
  const later = await server.begin(email)
  expect((await server.post(verify, { token: later.token, code: server.codeFor(secret) })).status).toBe(200)
})

test('tries are counted although the sign-in fails, and a success begins anew', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email, secret } = await server.signUpWithTotp()
  const tries = async () => {
    const [row] = await database.query<{ tries: number }>(
      'select tries from totp_factors where user_id = $1',
      [id],
    )
    return row?.tries
  }
  const { token } = await server.begin(email)
  for (const expected of [1, 2, 3]) {
    await server.post(verify, { token, code: wrongCode(server.codeFor(secret)) })
    expect(await tries()).toBe(expected)
  }
  expect((await server.post(verify, { token, code: server.codeFor(secret) })).status).toBe(200)
  expect(await tries()).toBe(0)
})

test('a recovery code redeemed 50 times at once signs in once', async ({ clocked, database }) => {
  const server = clocked()
  const { id, email, recoveryCodes } = await server.signUpWithTotp()
  const tokens: string[] = []
  for (let n = 0; n < 10; n++) tokens.push((await server.begin(email)).token)
  await database.query('delete from sessions where user_id = $1', [id])
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      server.post('two-factor/verify-backup-code', { token: tokens[n % 10], code: recoveryCodes[0] }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ token }) => token !== '')).toHaveLength(1)
  expect(await database.query('select from sessions where user_id = $1', [id])).toHaveLength(1)
  expect(await database.query('select from recovery_codes where user_id = $1', [id])).toHaveLength(9)
})

test('a code of another account is wrong, and stays good for its own', async ({ clocked }) => {
  const server = clocked()
  const [ada, eve] = [await server.signUpWithTotp(), await server.signUpWithTotp()]
  const [code] = ada.recoveryCodes
  const forEve = await server.begin(eve.email)
  const recovery = await server.post('two-factor/verify-backup-code', { token: forEve.token, code })
  expect(recovery.data.code).toBe('CODE_WRONG')
  const app = await server.post(verify, { token: forEve.token, code: server.codeFor(ada.secret) })
  expect(app.data.code).toBe('CODE_WRONG')
  const forAda = await server.begin(ada.email)
  const own = await server.post('two-factor/verify-backup-code', { token: forAda.token, code })
  expect(await server.checkBearer(own.token)).toMatchObject({ user: { id: ada.id } })
})

// RFC 6238, 5.2: the verifier must not accept the second attempt of a code that was accepted.
test('a code is taken once, however many come with it at once and by whichever sign-in', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email, secret } = await server.signUpWithTotp()
  const tokens: string[] = []
  for (let n = 0; n < 9; n++) tokens.push((await server.begin(email)).token)
  await database.query('delete from sessions where user_id = $1', [id])
  const code = server.codeFor(secret)
  const answers = await Promise.all(tokens.map((token) => server.post(verify, { token, code })))
  expect(counted(answers)).toEqual({ '200': 1, '403 CODE_WRONG': 8 })
  expect(await database.query('select from sessions where user_id = $1', [id])).toHaveLength(1)

  const { token } = await server.begin(email)
  for (const used of [code, server.codeFor(secret, -1)]) {
    expect((await server.post(verify, { token, code: used })).data.code).toBe('CODE_WRONG')
  }
  server.pass(30)
  expect((await server.post(verify, { token, code: server.codeFor(secret) })).status).toBe(200)
})

test('a sign-in that waits for its code becomes one session, be the right code sent fifty times at once', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email, secret } = await server.signUpWithTotp()
  const { token } = await server.begin(email)
  await database.query('delete from sessions where user_id = $1', [id])
  const code = server.codeFor(secret)
  const answers = await Promise.all(Array.from({ length: 50 }, () => server.post(verify, { token, code })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ token: session }) => session !== '')).toHaveLength(1)
  expect(await database.query('select from sessions where user_id = $1', [id])).toHaveLength(1)
})

test('the code that set the app up signs nobody in', async ({ clocked }) => {
  const server = clocked()
  const { email, secret } = await server.signUpWithTotp()
  server.pass(-60)
  const { token } = await server.begin(email)
  expect((await server.post(verify, { token, code: server.codeFor(secret) })).data.code).toBe('CODE_WRONG')
})

test('a sign-in waits ten minutes for one code, and ends when the password changes', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email, secret } = await server.signUpWithTotp()
  const over = async (token: string) => {
    const { status, data } = await server.post(verify, { token, code: server.codeFor(secret) })
    return `${status} ${data.code ?? ''}`
  }
  const first = await server.begin(email)
  server.pass(601)
  expect(await over(first.token)).toBe('401 SECOND_STEP_OVER')
  const second = await server.begin(email)
  server.pass(590)
  expect(await over(second.token)).toBe('200 ')
  server.pass(30)
  expect(await over(second.token)).toBe('401 SECOND_STEP_OVER')

  const third = await server.begin(email)
  await database.query(`update accounts set password_hash = password_hash || 'A' where user_id = $1`, [id])
  expect(await over(third.token)).toBe('401 SECOND_STEP_OVER')
  expect(await over('no such token')).toBe('401 SECOND_STEP_OVER')
})

test('neither a deactivated account nor a deleted one gets a session by the second step', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email, secret } = await server.signUpWithTotp()
  const [first, second] = [await server.begin(email), await server.begin(email)]
  await database.query('update users set is_active = false where id = $1', [id])
  const inactive = await server.post(verify, { token: first.token, code: server.codeFor(secret) })
  expect([inactive.status, inactive.token]).toEqual([401, ''])
  server.pass(30)
  // GHSA-2vg6-77g8-24mp: what was begun before an account was deleted outlived it.
  await database.query('delete from users where id = $1', [id])
  const deleted = await server.post(verify, { token: second.token, code: server.codeFor(secret) })
  expect([deleted.status, deleted.data.code, deleted.token]).toEqual([401, 'SECOND_STEP_OVER', ''])
})

test('what is no code is refused without costing a try', async ({ clocked }) => {
  const server = clocked()
  const { email, secret } = await server.signUpWithTotp()
  const { token } = await server.begin(email)
  for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６', null, 123_456, '12345\u0000']) {
    expect((await server.post(verify, { token, code })).status).toBe(400)
  }
  for (const body of [{ token }, { code: '123456' }, { token, code: '123456', userId: 'x' }, []]) {
    expect((await server.post(verify, body)).status).toBe(400)
  }
  for (const code of ['', 'ü', 'a'.repeat(41), 7]) {
    expect((await server.post('two-factor/verify-backup-code', { token, code })).status).toBe(400)
  }
  expect((await server.post(verify, { token, code: server.codeFor(secret) })).status).toBe(200)
})

test('a trusted browser is asked for the password alone, for 30 days and for its own account', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const [ada, eve] = [await server.signUpWithTotp(), await server.signUpWithTotp()]
  const browser = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }
  const trust = async () => {
    server.pass(30)
    const { token } = await server.begin(ada.email, browser)
    const code = server.codeFor(ada.secret)
    const { headers } = await server.post(verify, { token, code, trustDevice: true }, browser)
    const set = headers.getSetCookie().find((line) => line.startsWith('ownlist.trusted_device=')) ?? ''
    expect(set).toMatch(/; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
    return { ...browser, cookie: set.split(';')[0] ?? '' }
  }
  const signIn = async (email: string, headers: Record<string, string>) =>
    (await server.post('sign-in/email', { email, password }, headers)).status

  const trusted = await trust()
  expect(await signIn(ada.email, trusted)).toBe(200)
  expect(await signIn(ada.email, browser)).toBe(202)
  expect(await signIn(eve.email, trusted)).toBe(202)
  expect(await signIn(ada.email, { ...browser, cookie: `${trusted.cookie}x` })).toBe(202)
  expect(
    (await server.post('sign-in/email', { email: ada.email, password: 'wrong password' }, trusted)).status,
  ).toBe(401)
  expect((await server.post('two-factor/status', {}, ada.bearer)).data).toMatchObject({ trustedDevices: 1 })

  expect((await server.post('two-factor/forget-devices', {}, ada.bearer)).data).toEqual({ forgotten: 1 })
  expect(await signIn(ada.email, trusted)).toBe(202)

  const again = await trust()
  server.pass(30 * 86_400 + 1)
  expect(await signIn(ada.email, again)).toBe(202)

  const third = await trust()
  await database.query(
    `update accounts set password_hash = (select password_hash from accounts where user_id = $2) where user_id = $1`,
    [ada.id, eve.id],
  )
  expect(await signIn(ada.email, third)).toBe(202)
})
