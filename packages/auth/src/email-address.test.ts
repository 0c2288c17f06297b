import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { mailbox, newEmail, password, test } from './testing.fixture.ts'

const other = 'another horse battery staple'
const confirm = 'Confirm your address for Ownlist'

test('an account begins when its address is confirmed, and not before', async ({ serve, database }) => {
  const box = mailbox()
  const server = serve({ ...box, requireEmailVerification: true })
  const email = newEmail()
  const asked = await server.post('sign-up/email', { email, password })
  expect([asked.status, asked.text, asked.token, asked.headers.get('set-cookie')]).toEqual([
    200,
    '{"status":"sent"}',
    '',
    null,
  ])
  expect(await database.query('select from users where email = $1', [email])).toEqual([])
  expect((await server.post('sign-in/email', { email, password })).status).toBe(401)

  const { token, text } = await box.next(email, confirm)
  expect(text).toContain(`http://localhost:3000/verify#token=${token}`)
  const done = await server.post('verify-email', { token, password })
  expect([done.status, done.body]).toEqual([200, { status: 'signed-up', email }])
  // The link signs nobody in: whoever reads the mail need not know the password.
  expect(done.token).toBe('')
  expect((await server.post('sign-in/email', { email, password })).status).toBe(200)
  expect(await database.query('select is_verified from users where email = $1', [email])).toEqual([
    { is_verified: true },
  ])
})

test('a sign-up answers one and the same whether there is an account or not, with as many statements', async ({
  serve,
  counted,
}) => {
  const box = mailbox()
  const known = await serve().signUp()
  const { database, statements } = counted()
  const server = serve({ ...box, database, requireEmailVerification: true })
  const answers = []
  for (const email of [newEmail(), known.email, known.email.toUpperCase()]) {
    statements.length = 0
    const { status, text, headers } = await server.post('sign-up/email', { email, password: other })
    answers.push({ status, text, headers: [...headers], statements: statements.map(({ text: sql }) => sql) })
  }
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  expect((await box.next(known.email, 'already')).token).toBe('')
  // Nothing has happened to the account.
  expect((await server.post('sign-in/email', { email: known.email, password: other })).status).toBe(401)
})

test('of several sign-ups with one address each link brings the password chosen with it, and one counts', async ({
  serve,
}) => {
  const box = mailbox()
  const server = serve({ ...box, requireEmailVerification: true })
  const email = newEmail()
  await server.post('sign-up/email', { email, password })
  const { token: mine } = await box.next(email, confirm)
  await server.post('sign-up/email', { email, password: other, name: 'Mallory' })
  await expect.poll(() => box.mails).toHaveLength(2)
  const { token: theirs } = await box.next(email, confirm)
  expect(theirs).not.toBe(mine)
  expect((await server.post('verify-email', { token: mine, password })).status).toBe(200)
  expect((await server.post('verify-email', { token: theirs, password: other })).body.code).toBe(
    'TOKEN_INVALID',
  )
  expect((await server.post('sign-in/email', { email, password: other })).status).toBe(401)
  expect((await server.post('sign-in/email', { email, password })).status).toBe(200)
})

test('links are kept hashed, work once under fifty tries at once, and not when they are old', async ({
  serve,
  database,
}) => {
  const box = mailbox()
  const server = serve({ ...box, requireEmailVerification: true })
  const email = newEmail()
  await server.post('sign-up/email', { email, password })
  const { token } = await box.next(email, confirm)
  const rows = await database.query('select * from email_tokens where email = $1', [email])
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(token)

  const tomorrow = serve({ now: () => new Date(Date.now() + 86_400_000) })
  const late = await tomorrow.post('verify-email', { token, password })
  expect([late.status, late.body.code]).toEqual([400, 'TOKEN_INVALID'])
  const tries = await Promise.all(
    Array.from({ length: 50 }, () => server.post('verify-email', { token, password })),
  )
  expect(tries.filter(({ status }) => status === 200)).toHaveLength(1)
  // Used up, expired and made up look alike.
  const refused = tries.filter(({ status }) => status !== 200)
  for (const { status, text } of [...refused, await server.post('verify-email', { token: 'x' })]) {
    expect([status, text]).toEqual([late.status, late.text])
  }
  expect(await database.query('select from users where email = $1', [email])).toHaveLength(1)
})

test('an account that is there unconfirmed gets its link on asking and on signing in, and is let in after it', async ({
  serve,
}) => {
  const box = mailbox()
  const { email } = await serve().signUp()
  const server = serve({ ...box, requireEmailVerification: true })
  const unconfirmed = await server.post('sign-in/email', { email, password })
  expect([unconfirmed.status, unconfirmed.body.code]).toEqual([403, 'EMAIL_NOT_VERIFIED'])
  await box.next(email, confirm)
  // A wrong password is a wrong password.
  expect((await server.post('sign-in/email', { email, password: other })).status).toBe(401)

  const answers = [
    await server.post('send-verification-email', { email }),
    await server.post('send-verification-email', { email: newEmail() }),
  ]
  for (const { status, text } of answers) expect([status, text]).toEqual([200, '{"status":"sent"}'])
  await expect.poll(() => box.mails).toHaveLength(2)
  const { token } = await box.next(email, confirm)
  expect((await server.post('verify-email', { token })).body).toMatchObject({ status: 'email-verified' })
  await server.post('send-verification-email', { email })
  const phone = { 'user-agent': 'Phone' }
  expect((await server.post('sign-in/email', { email, password }, phone)).status).toBe(200)
  await box.next(email, /device/)
  expect(box.mails.filter(({ subject }) => subject === confirm)).toHaveLength(2)
})

test('an address changes when the new one confirms, with the password, and the old one is told', async ({
  serve,
}) => {
  const box = mailbox()
  const server = serve(box)
  const { email, token, id } = await server.signUp()
  const headers = { authorization: `Bearer ${token}` }
  const newAddress = newEmail()
  expect((await server.post('change-email', { newEmail: newAddress, password })).status).toBe(401)
  for (const [given, code] of [
    [{}, 'PASSWORD_NEEDED'],
    [{ password: other }, 'PASSWORD_WRONG'],
  ] as const) {
    const refused = await server.post('change-email', { newEmail: newAddress, ...given }, headers)
    expect([refused.status, refused.body.code]).toEqual([403, code])
  }
  await server.post('request-password-reset', { email })
  const reset = await box.next(email, 'new password')

  const asked = await server.post('change-email', { newEmail: newAddress, password }, headers)
  expect([asked.status, asked.text]).toEqual([200, '{"status":"sent"}'])
  expect((await box.next(email, 'is to change')).text).toContain(newAddress)
  expect((await server.checkBearer(token))?.user.email).toBe(email)
  const link = await box.next(newAddress, 'Confirm your new address')
  expect(link.text).toContain('/change-email#token=')
  const tries = await Promise.all(
    Array.from({ length: 50 }, () => server.post('verify-email', { token: link.token })),
  )
  expect(tries.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual([
    { status: 'email-changed', email: newAddress },
  ])
  expect((await server.checkBearer(token))?.user.email).toBe(newAddress)
  expect((await box.next(email, 'has changed')).text).toContain(newAddress)
  // The old mailbox opens nothing any more.
  expect((await server.post('reset-password', { token: reset.token, newPassword: other })).body.code).toBe(
    'TOKEN_INVALID',
  )
  expect((await server.accounts.events(id, { limit: 9 })).map(({ kind }) => kind)).toEqual([
    'email-changed',
    'email-change-asked',
    'password-reset-asked',
    'signed-up',
  ])
})

test('whether the new address has an account its mailbox learns and nobody else', async ({ serve }) => {
  const box = mailbox()
  const server = serve(box)
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const headers = { authorization: `Bearer ${eve.token}` }
  const free = newEmail()
  const answers = [
    await server.post('change-email', { newEmail: ada.email, password }, headers),
    await server.post('change-email', { newEmail: free, password }, headers),
  ]
  for (const { status, text } of answers) expect([status, text]).toEqual([200, '{"status":"sent"}'])
  expect((await box.next(ada.email, 'already')).token).toBe('')

  // Taken between asking and confirming: nothing changes, and nobody learns why.
  const { token } = await box.next(free, 'Confirm your new address')
  await server.signUp(free)
  expect((await server.post('verify-email', { token })).body.code).toBe('TOKEN_INVALID')
  expect((await server.checkBearer(eve.token))?.user.email).toBe(eve.email)
  const own = await server.post('change-email', { newEmail: eve.email, password }, headers)
  expect([own.status, own.body.code]).toEqual([400, 'BAD_INPUT'])
})

test('a server without mail says so, and changes an address at once', async ({ serve }) => {
  const server = serve()
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  for (const route of ['send-verification-email', 'request-password-reset']) {
    const { status, body } = await server.post(route, { email: ada.email })
    expect([status, body.code], route).toEqual([409, 'MAIL_OFF'])
  }
  const headers = { authorization: `Bearer ${ada.token}` }
  const taken = await server.post('change-email', { newEmail: eve.email, password }, headers)
  expect([taken.status, taken.body.code]).toEqual([409, 'EMAIL_TAKEN'])
  const changed = `${randomUUID()}@example.org`
  const done = await server.post('change-email', { newEmail: changed, password }, headers)
  expect([done.status, done.text]).toEqual([200, '{"status":"changed"}'])
  expect((await server.checkBearer(ada.token))?.user.email).toBe(changed)
})

test('a mail that cannot be sent is reported, and the answer is the same', async ({ serve }) => {
  const said: string[] = []
  const server = serve({
    sendMail: () => Promise.reject(new Error('no route to host')),
    onError: (message) => said.push(message),
  })
  const { email } = await server.signUp()
  expect((await server.post('request-password-reset', { email })).text).toBe('{"status":"sent"}')
  await expect.poll(() => said).toEqual(Array(2).fill('a mail was not sent'))
})
