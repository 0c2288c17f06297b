import type { Database } from '@ownlist/db'
import { expect } from 'vitest'
import { mailbox, newEmail, password, test } from './testing.fixture.ts'

// That sign-up tells nothing stands in email-address.test.ts.

test('asking for a new password answers one and the same, with the same statements, for everybody', async ({
  serve,
  counted,
  database: postgres,
}) => {
  const box = mailbox()
  const { database, statements } = counted()
  const [ada, gone] = [await serve(box).signUp(), await serve(box).signUp()]
  await postgres.query('update users set is_active = false where id = $1', [gone.id])
  // That it was asked for is written down behind the answer, which would wait for ever if it waited for that.
  const answered = Promise.withResolvers<void>()
  const run: Database['run'] = async (statement, ...by) => {
    if (statement.text.includes('security_events')) await answered.promise
    return database.run(statement, ...by)
  }
  const server = serve({ ...box, database: { ...database, run } })
  const answers = []
  for (const email of [ada.email, newEmail(), gone.email]) {
    statements.length = 0
    const { status, text, headers } = await server.post('request-password-reset', { email })
    answers.push({ status, text, headers: [...headers], statements: statements.map(({ text: sql }) => sql) })
  }
  expect(answers[0]).toMatchObject({ status: 200, text: '{"status":"sent"}' })
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  answered.resolve()
  await box.next(ada.email, 'new password')
  expect(box.mails.filter(({ subject }) => subject.includes('new password'))).toHaveLength(1)
})

test('a change of address answers one and the same, with the same statements, whoever has the new one', async ({
  serve,
  counted,
  database: postgres,
}) => {
  const box = mailbox()
  const { database, statements } = counted()
  const server = serve({ ...box, database })
  const [ada, gone] = [await server.signUp(), await server.signUp()]
  await postgres.query('update users set is_active = false where id = $1', [gone.id])
  const answers = []
  for (const newAddress of [newEmail(), ada.email, ada.email.toUpperCase(), gone.email]) {
    const { token } = await server.signUp()
    statements.length = 0
    const { status, text, headers } = await server.post(
      'change-email',
      { newEmail: newAddress, password },
      { authorization: `Bearer ${token}` },
    )
    answers.push({ status, text, headers: [...headers], statements: statements.map(({ text: sql }) => sql) })
  }
  expect(answers[0]).toMatchObject({ status: 200, text: '{"status":"sent"}' })
  expect(answers[0]?.statements.length).toBeGreaterThan(2)
  for (const answer of answers.slice(1)) expect(answer).toEqual(answers[0])
})

test('asking for another link to confirm an address does too, and so does signing in with a wrong password', async ({
  serve,
  counted,
  database: postgres,
}) => {
  const { database, statements } = counted()
  const server = serve({ ...mailbox(), database })
  const [waiting, confirmed, gone] = [await server.signUp(), await server.signUp(), await server.signUp()]
  await postgres.query('update users set is_verified = true where id = $1', [confirmed.id])
  await postgres.query('update users set is_active = false where id = $1', [gone.id])
  for (const [route, more] of [
    ['send-verification-email', {}],
    ['sign-in/email', { password: 'a wrong password' }],
  ] as const) {
    const answers = []
    for (const email of [newEmail(), waiting.email, confirmed.email, gone.email]) {
      statements.length = 0
      const { status, text, headers } = await server.post(route, { email, ...more })
      answers.push({ status, text, headers: [...headers], statements: statements.length })
    }
    expect(answers[0]?.statements, route).toBeGreaterThan(0)
    for (const answer of answers.slice(1)) expect(answer, route).toEqual(answers[0])
  }
})

test('both write one row in any case, and what is nobody’s says nothing', async ({
  serve,
  database: postgres,
}) => {
  const server = serve(mailbox())
  const [waiting, confirmed, gone] = [await server.signUp(), await server.signUp(), await server.signUp()]
  await postgres.query('update users set is_verified = true where id = $1', [confirmed.id])
  await postgres.query('update users set is_active = false where id = $1', [gone.id])
  for (const [route, purpose, meant] of [
    ['request-password-reset', 'reset', [waiting, confirmed]],
    ['send-verification-email', 'verify', [waiting]],
  ] as const) {
    for (const email of [newEmail(), waiting.email, confirmed.email, gone.email]) {
      await postgres.query('delete from email_tokens')
      await server.post(route, { email })
      const owner = meant.find((account) => account.email === email)
      expect(
        await postgres.query('select purpose, user_id, email from email_tokens'),
        `${route} ${email}`,
      ).toEqual([{ purpose, user_id: owner?.id ?? null, email: owner ? email : 'nobody@invalid' }])
    }
  }
})

test('without mail it tells nothing either, but that an address is taken that one wants to have', async ({
  serve,
  counted,
  database: postgres,
}) => {
  const { database, statements } = counted()
  const server = serve({ database })
  const [ada, gone] = [await server.signUp(), await server.signUp()]
  await postgres.query('update users set is_active = false where id = $1', [gone.id])
  for (const [route, more] of [
    ['request-password-reset', {}],
    ['send-verification-email', {}],
    ['sign-in/email', { password: 'a wrong password' }],
  ] as const) {
    const answers = []
    for (const email of [newEmail(), ada.email, gone.email]) {
      statements.length = 0
      const { status, text, headers } = await server.post(route, { email, ...more })
      answers.push({ status, text, headers: [...headers], statements: statements.length })
    }
    for (const answer of answers.slice(1)) expect(answer, route).toEqual(answers[0])
  }
  // There is no mailbox to say it to; and whether its owner is deactivated nobody hears.
  for (const taken of [ada.email, gone.email]) {
    expect(await server.post('sign-up/email', { email: taken, password })).toMatchObject({
      status: 422,
      body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' },
    })
  }
})
