import { expect } from 'vitest'
import list from './common-passwords.json' with { type: 'json' }
import { mailbox, newEmail, password, test } from './testing.fixture.ts'

const other = 'another horse battery staple'

test('a reset works once under fifty tries at once, ends every session and every other link', async ({
  serve,
}) => {
  const box = mailbox()
  const ended: string[] = []
  const server = serve({ ...box, onSessionsEnded: (userId) => ended.push(userId) })
  const { email, id, token: session } = await server.signUp()
  await server.post('request-password-reset', { email })
  const { token: first } = await box.next(email, 'new password')
  await server.post('request-password-reset', { email })
  await expect.poll(() => box.mails.filter(({ subject }) => subject.includes('new password'))).toHaveLength(2)
  const { token, text } = await box.next(email, 'new password')
  expect(text).toContain(`/reset#token=${token}`)

  const refused = await server.post('reset-password', { token: 'made up', newPassword: other })
  expect([refused.status, refused.body.code]).toEqual([400, 'TOKEN_INVALID'])
  const tries = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      server.post('reset-password', { token, newPassword: `${other} ${n}` }),
    ),
  )
  const won = tries.findIndex(({ status }) => status === 200)
  expect(tries.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, text: said } of tries.filter((answer) => answer.status !== 200)) {
    expect([status, said]).toEqual([refused.status, refused.text])
  }
  expect(tries[won]?.headers.get('set-cookie')).toBeNull()
  expect(tries[won]?.token).toBe('')
  expect(ended).toEqual([id])
  expect(await server.checkBearer(session)).toBeNull()
  expect((await server.post('reset-password', { token: first, newPassword: other })).text).toBe(refused.text)
  expect((await server.post('sign-in/email', { email, password })).status).toBe(401)
  const signedIn = await server.post('sign-in/email', { email, password: `${other} ${won}` })
  expect(signedIn.status).toBe(200)
  expect(await server.accounts.security(id)).toMatchObject({ isVerified: true, hasPassword: true })
  await box.next(email, 'password has changed')
  const [newest] = await server.accounts.events(id, { limit: 1 })
  expect(newest).toMatchObject({ kind: 'password-reset', ipAddress: '192.0.2.1' })
})

test('a link to a new password is over after an hour, and changes nobody who is deactivated', async ({
  serve,
  database,
}) => {
  const box = mailbox()
  const server = serve(box)
  const { email, id } = await server.signUp()
  await server.post('request-password-reset', { email })
  const { token } = await box.next(email, 'new password')
  const late = serve({ ...box, now: () => new Date(Date.now() + 3_600_000) })
  expect((await late.post('reset-password', { token, newPassword: other })).body.code).toBe('TOKEN_INVALID')
  await database.query('update users set is_active = false where id = $1', [id])
  expect((await server.post('reset-password', { token, newPassword: other })).body.code).toBe('TOKEN_INVALID')
})

test('changing the password takes the old one and ends all other sessions', async ({ serve }) => {
  const ended: string[] = []
  const server = serve({ onSessionsEnded: (userId) => ended.push(userId) })
  const { email, id, token } = await server.signUp()
  const second = await server.post('sign-in/email', { email, password })
  const headers = { authorization: `Bearer ${token}` }
  const change = { currentPassword: password, newPassword: other }
  expect((await server.post('change-password', change)).status).toBe(401)
  for (const [given, code] of [
    [{}, 'PASSWORD_NEEDED'],
    [{ currentPassword: other }, 'PASSWORD_WRONG'],
  ] as const) {
    const { status, body } = await server.post('change-password', { newPassword: other, ...given }, headers)
    expect([status, body.code]).toEqual([403, code])
  }
  expect(await server.checkBearer(second.token)).not.toBeNull()
  expect(ended).toEqual([])

  const done = await server.post('change-password', change, headers)
  expect([done.status, done.text]).toEqual([200, '{"status":"changed"}'])
  expect(await server.checkBearer(token)).not.toBeNull()
  expect(await server.checkBearer(second.token)).toBeNull()
  expect(ended).toEqual([id])
  expect((await server.post('sign-in/email', { email, password })).status).toBe(401)
  expect((await server.post('sign-in/email', { email, password: other })).status).toBe(200)
})

test('an account without a password gets one in a session of the last ten minutes, and in no older one', async ({
  serve,
  database,
}) => {
  const { email, id, token } = await serve().signUp()
  await database.query('delete from accounts where user_id = $1', [id])
  const headers = { authorization: `Bearer ${token}` }
  const old = serve({ now: () => new Date(Date.now() + 601_000) })
  const stale = await old.post('change-password', { newPassword: other }, headers)
  expect([stale.status, stale.body.code]).toEqual([403, 'PASSWORD_NEEDED'])
  expect((await serve().post('change-password', { newPassword: other }, headers)).status).toBe(200)
  expect((await serve().post('sign-in/email', { email, password: other })).status).toBe(200)
})

test('of two changes at once the one whose session the other has ended changes nothing', async ({
  serve,
}) => {
  const server = serve()
  const { email, token } = await server.signUp()
  const { token: second } = await server.post('sign-in/email', { email, password })
  const answers = await Promise.all(
    [token, second].map((one, n) =>
      server.post(
        'change-password',
        { currentPassword: password, newPassword: `${other} ${n}` },
        { authorization: `Bearer ${one}` },
      ),
    ),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401])
  const won = answers.findIndex(({ status }) => status === 200)
  expect((await server.post('sign-in/email', { email, password: `${other} ${won}` })).status).toBe(200)
})

test('ten thousand common passwords of eight characters and more are refused wherever one is set', async ({
  serve,
}) => {
  expect(new Set(list.passwords).size).toBe(10_000)
  expect(list.passwords.filter((one) => one !== one.toLowerCase() || one.length < 8)).toEqual([])
  const server = serve()
  const { token, email } = await server.signUp()
  const headers = { authorization: `Bearer ${token}` }
  for (const common of [
    'password',
    'PassWord1',
    '12345678',
    'ｐａｓｓｗｏｒｄ',
    list.passwords.at(-1) ?? '',
  ]) {
    for (const [route, field, rest] of [
      ['sign-up/email', 'password', { email: newEmail() }],
      ['change-password', 'newPassword', { currentPassword: password }],
      ['reset-password', 'newPassword', { token: 'x' }],
    ] as const) {
      const { status, body } = await server.post(route, { ...rest, [field]: common }, headers)
      expect([status, body], `${route} ${common}`).toEqual([
        400,
        expect.objectContaining({ code: 'BAD_INPUT', issues: [expect.objectContaining({ path: field })] }),
      ])
    }
  }
  // Who has one from before still gets in, and learns of it when changing it.
  expect((await server.post('sign-in/email', { email, password: 'password' })).status).toBe(401)
})
