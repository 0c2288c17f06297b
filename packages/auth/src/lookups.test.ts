import { expect } from 'vitest'
import { mailbox, password, test } from './testing.fixture.ts'

test('whoever signs in, up or asks for a link is looked up by an index, however many accounts there are', async ({
  serve,
  counted,
  database: postgres,
}) => {
  const { database, statements } = counted()
  const server = serve({ ...mailbox(), requireEmailVerification: true, database })
  const { email } = await serve().signUp()
  await postgres.query(
    `insert into users (email, name) select 'user' || n || '@example.org', 'Somebody' from generate_series(1, 5000) n`,
  )
  await postgres.query('analyze users')
  for (const [route, more] of [
    ['sign-in/email', { password }],
    ['sign-up/email', { password, name: 'Ada' }],
    ['request-password-reset', {}],
    ['send-verification-email', {}],
  ] as const) {
    statements.length = 0
    await server.post(route, { email, ...more })
    const lookups = statements.filter(({ text }) => /\busers\b/.test(text) && /email/.test(text))
    expect(lookups.length, route).toBeGreaterThan(0)
    for (const { text, values } of lookups) {
      const plan = await postgres.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values])
      expect(plan.map((line) => line['QUERY PLAN']).join('\n'), `${route}: ${text}`).not.toMatch(
        /Seq Scan on users/,
      )
    }
  }
})
