import { DatabaseUnavailableError, type Database } from '@ownlist/db'
import { expect } from 'vitest'
import { createLimits } from './limits.ts'
import { newEmail, password, secret, test } from './testing.fixture.ts'

test('whatever is asked of identity costs its address something, before it is looked at', async ({
  serve,
  connection,
  database,
}) => {
  const limits = createLimits({ database: connection, secret, identityPerMinute: 3 })
  const house = { id: 'house', name: 'The House', issuer: 'http://127.0.0.1:9' }
  const server = serve({ limits, oidcProviders: [{ ...house, clientId: 'a', clientSecret: 'b' }] })
  const callback = new URL('http://localhost:3000/api/auth/callback/house?state=x&code=y')
  for (const [what, ask] of Object.entries({
    'a provider’s callback': () => server.handle(new Request(callback), '192.0.2.1'),
    'wrong input': () => server.post('sign-in/email', { email: 'nobody', password }),
    'no JSON': () => server.post('sign-in/email', '{'),
    'no route': () => server.post('nothing', {}),
    'an API token': () => server.post('sign-out', {}, { authorization: `Bearer ol_${'x'.repeat(43)}` }),
    'what is public': () => server.post('providers', {}),
    'a page where only programs may': () =>
      server.post('device/code', { client_id: 'x' }, { origin: 'http://localhost:3000' }),
    'a stranger where users may': () => server.post('device/approve', { userCode: 'ABCD2345' }),
  })) {
    await database.query('delete from limits')
    const statuses = []
    for (let n = 0; n < 8; n++) statuses.push((await ask()).status)
    expect(statuses.slice(0, 6), what).not.toContain(429)
    expect(statuses.slice(6), what).toEqual([429, 429])
  }
})

test('however many come at once, two are counted at a time, and everybody is', async ({ connection }) => {
  let counting = 0
  let most = 0
  const database: Database = {
    ...connection,
    async run(...statement) {
      most = Math.max(most, ++counting)
      return connection.run(...statement).finally(() => counting--)
    },
  }
  const limits = createLimits({ database, secret, identityPerMinute: 20 })
  const answers = await Promise.allSettled(Array.from({ length: 50 }, () => limits.arrive('198.51.100.7')))
  expect(most).toBe(2)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(40)
})

test('a database that is away is said to be, whatever is asked', async ({ serve, connection }) => {
  let isAway = false
  const database: Database = {
    ...connection,
    run: (...statement) =>
      isAway ? Promise.reject(new DatabaseUnavailableError('away')) : connection.run(...statement),
  }
  const server = serve({ database })
  const { token } = await server.signUp()
  isAway = true
  const bearer = { authorization: `Bearer ${token}` }
  for (const [route, input] of [
    ['device/approve', { userCode: 'ABCD2345' }],
    ['sign-in/email', { email: newEmail(), password }],
    ['change-password', { newPassword: 'another horse battery staple' }],
  ] as const) {
    expect(await server.post(route, input, bearer), route).toMatchObject({
      status: 503,
      body: { code: 'DATABASE_UNAVAILABLE' },
    })
  }
})

test('who is signed in is looked up once for a request', async ({ serve, counted }) => {
  const { database, statements } = counted()
  const limits = createLimits({ database, secret, identityPerMinute: 1_000_000 })
  const server = serve({ database, limits })
  const { token } = await server.signUp()
  const lookups = () => statements.filter(({ text }) => /from sessions s join users u/.test(text)).length
  for (const [route, input] of [
    ['two-factor/enable', { password }],
    ['change-email', { newEmail: newEmail(), password }],
    ['device/approve', { userCode: 'ABCD2345' }],
  ] as const) {
    statements.length = 0
    await server.post(route, input, { authorization: `Bearer ${token}` })
    expect(lookups(), route).toBe(1)
  }
})
