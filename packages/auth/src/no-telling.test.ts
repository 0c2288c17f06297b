import type { Database } from '@ownlist/db'
import { expect } from 'vitest'
import { mailbox, newEmail, password, test as base } from './testing.fixture.ts'

// That sign-up tells nothing stands in email-address.test.ts.

const test = base
  .extend('people', ({ database }) => {
    /** An address of each kind that there is. */
    return async function people(server: { signUp(): Promise<{ id: string; email: string }> }) {
      const [waiting, confirmed, gone] = [await server.signUp(), await server.signUp(), await server.signUp()]
      await database.query('update users set is_verified = true where id = $1', [confirmed.id])
      await database.query('update users set is_active = false where id = $1', [gone.id])
      const emails = [newEmail(), waiting.email, confirmed.email, gone.email]
      return { waiting, confirmed, gone, emails }
    }
  })
  .extend('watched', ({ counted }) => {
    /** A database whose statements are part of what is heard, and what is heard of an answer. */
    return function watched() {
      const { database, statements } = counted()
      async function heard(ask: () => Promise<{ status: number; text: string; headers: Headers }>) {
        statements.length = 0
        const { status, text, headers } = await ask()
        return { status, text, headers: [...headers], statements: statements.map(({ text: sql }) => sql) }
      }
      return { database, heard }
    }
  })

/** All of them are one and the same. */
function expectOne(answers: unknown[], what?: string): void {
  for (const answer of answers.slice(1)) expect(answer, what).toEqual(answers[0])
}

test('asking for a new password answers one and the same, with the same statements, for everybody', async ({
  serve,
  people,
  watched,
}) => {
  const box = mailbox()
  const { database, heard } = watched()
  const { confirmed, waiting, emails } = await people(serve(box))
  // That it was asked for is written down behind the answer, which would wait for ever if it waited for that.
  const answered = Promise.withResolvers<void>()
  const run: Database['run'] = async (statement, ...by) => {
    if (statement.text.includes('security_events')) await answered.promise
    return database.run(statement, ...by)
  }
  const server = serve({ ...box, database: { ...database, run } })
  const answers = []
  for (const email of emails)
    answers.push(await heard(() => server.post('request-password-reset', { email })))
  expect(answers[0]).toMatchObject({ status: 200, text: '{"status":"sent"}' })
  expectOne(answers)
  answered.resolve()
  for (const { email } of [confirmed, waiting]) await box.next(email, 'new password')
  expect(box.mails.filter(({ subject }) => subject.includes('new password'))).toHaveLength(2)
})

test('a change of address answers one and the same, with the same statements, whoever has the new one', async ({
  serve,
  people,
  watched,
}) => {
  const { database, heard } = watched()
  const server = serve({ ...mailbox(), database })
  const { waiting, emails } = await people(server)
  const answers = []
  for (const newAddress of [...emails, waiting.email.toUpperCase()]) {
    const { token } = await server.signUp()
    const asked = { newEmail: newAddress, password }
    answers.push(await heard(() => server.post('change-email', asked, { authorization: `Bearer ${token}` })))
  }
  expect(answers[0]).toMatchObject({ status: 200, text: '{"status":"sent"}' })
  expect(answers[0]?.statements.length).toBeGreaterThan(2)
  expectOne(answers)
})

test('asking for another link to confirm an address does too, and so does signing in with a wrong password', async ({
  serve,
  people,
  watched,
}) => {
  const { database, heard } = watched()
  const server = serve({ ...mailbox(), database })
  const { emails } = await people(server)
  for (const [route, more] of [
    ['send-verification-email', {}],
    ['sign-in/email', { password: 'a wrong password' }],
  ] as const) {
    const answers = []
    for (const email of emails) answers.push(await heard(() => server.post(route, { email, ...more })))
    expect(answers[0]?.statements.length, route).toBeGreaterThan(0)
    expectOne(answers, route)
  }
})

test('a link that is asked for writes one row in any case, and what is nobody’s says nothing', async ({
  serve,
  people,
  database,
}) => {
  const server = serve(mailbox())
  const { waiting, confirmed, emails } = await people(server)
  for (const [route, purpose, meant] of [
    ['request-password-reset', 'reset', [waiting, confirmed]],
    ['send-verification-email', 'verify', [waiting]],
  ] as const) {
    for (const email of emails) {
      await database.query('delete from email_tokens')
      await server.post(route, { email })
      const owner = meant.find((account) => account.email === email)
      expect(
        await database.query('select purpose, user_id, email from email_tokens'),
        `${route} ${email}`,
      ).toEqual([{ purpose, user_id: owner?.id ?? null, email: owner ? email : 'nobody@invalid' }])
    }
  }
})

test('without mail it tells nothing either, but that an address is taken that one wants to have', async ({
  serve,
  people,
  watched,
}) => {
  const { database, heard } = watched()
  const server = serve({ database })
  const { emails } = await people(server)
  for (const [route, more] of [
    ['request-password-reset', {}],
    ['send-verification-email', {}],
    ['sign-in/email', { password: 'a wrong password' }],
  ] as const) {
    const answers = []
    for (const email of emails) answers.push(await heard(() => server.post(route, { email, ...more })))
    expectOne(answers, route)
  }
  // There is no mailbox to say it to; and whether its owner is deactivated nobody hears.
  for (const email of emails.slice(1)) {
    expect(await server.post('sign-up/email', { email, password })).toMatchObject({
      status: 422,
      body: { code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL' },
    })
  }
})
