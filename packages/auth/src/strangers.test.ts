import { expect } from 'vitest'
import { newEmail, password, test } from './testing.fixture.ts'

test('a new database has no account that anybody could know', async ({ serve, database }) => {
  for (const table of ['users', 'accounts', 'sessions', 'verifications'])
    expect(await database.query(`select from ${table}`), table).toEqual([])
  for (const email of ['admin@localhost.localdomain', 'admin@example.org', 'root@example.org'])
    for (const guess of ['admin', 'password', 'changeme', ''])
      expect((await serve().post('sign-in/email', { email, password: guess })).status).toBe(401)
})

test('a session’s token is 160 bits or more of chance, and no two are alike', async ({ serve }) => {
  const server = serve()
  const { email } = await server.signUp()
  const tokens = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const { token } = await server.post('sign-in/email', { email, password })
      return token.split('.')[0] ?? ''
    }),
  )
  expect(new Set(tokens).size).toBe(12)
  // Of 62 characters each has 5.9 bits, where none is more likely than another.
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9]{27,}$/)
  const characters = tokens.join('')
  const counts = Object.values(Object.groupBy(characters, (one) => one)).map((all) => all?.length ?? 0)
  expect(counts.length).toBeGreaterThan(50)
  expect(Math.max(...counts)).toBeLessThan(characters.length / 10)
})

test('who signs in gets another token than any before, and none that came with the request', async ({
  serve,
}) => {
  const server = serve()
  const email = newEmail()
  const first = await server.signUp(email)
  const fixed = 'a token that somebody else put into the browser'
  const second = await server.post(
    'sign-in/email',
    { email, password },
    {
      authorization: `Bearer ${first.token}`,
      cookie: `ownlist.session_token=${encodeURIComponent(fixed)}`,
    },
  )
  expect(second.status).toBe(200)
  expect([first.token, fixed]).not.toContain(second.token)
  expect(await server.checkBearer(fixed)).toBeNull()
})
