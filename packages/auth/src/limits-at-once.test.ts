import type { TestDatabase } from '@ownlist/testing'
import { expect } from 'vitest'
import { terminalOf } from './devices/terminal.fixture.ts'
import { createLimits } from './limits.ts'
import { mailbox, newEmail, password, secret, test as base } from './testing.fixture.ts'

const test = base.extend('limited', ({ connection, serve }) => {
  return function limited(options: Parameters<typeof serve>[0] = {}, identityPerMinute = 1_000_000) {
    return serve({ ...options, limits: createLimits({ database: connection, secret, identityPerMinute }) })
  }
})

const many = <T>(count: number, make: (n: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)))
const statusesOf = (answers: { status: number }[]) =>
  Object.fromEntries(
    [...new Set(answers.map(({ status }) => status))].map((kind) => [
      kind,
      answers.filter(({ status }) => status === kind).length,
    ]),
  )

test('forty right sign-ins of one e-mail at once, from one network and at two servers, all get in', async ({
  limited,
}) => {
  const servers = [limited(), limited()] as const
  const { email } = await servers[0].signUp()
  const answers = await many(40, (n) =>
    (n % 2 === 0 ? servers[0] : servers[1]).post('sign-in/email', { email, password }),
  )
  expect(statusesOf(answers)).toEqual({ 200: 40 })
})

test('among right ones at once no more wrong ones are looked at than may follow each other', async ({
  limited,
}) => {
  const server = limited()
  const { email } = await server.signUp()
  // Forty wrong ones come first; whatever comes after the fifth waits its half minute, right or wrong.
  const answers = await many(60, (n) =>
    server.post('sign-in/email', { email, password: n < 40 ? `wrong password ${n}` : password }),
  )
  expect(statusesOf(answers)).toEqual({ 401: 5, 429: 55 })
})

test('a right password that confirms something is never refused for others at once that are right', async ({
  limited,
}) => {
  const server = limited()
  const { id, token } = await server.signUp()
  expect(await many(20, () => server.accounts.prove({ user: { id }, isFresh: false }, password))).toEqual(
    Array(20).fill(undefined),
  )
  const bearer = { authorization: `Bearer ${token}` }
  const answers = await many(12, () => server.post('two-factor/enable', { password }, bearer))
  expect(statusesOf(answers)).toEqual({ 200: 12 })
})

test('each route that a password confirms something at has few tries for the account, all of them together', async ({
  limited,
  database,
}) => {
  const bodies: Record<string, object> = {
    'change-password': { currentPassword: 'wrong', newPassword: 'another horse battery staple' },
    'change-email': { newEmail: newEmail(), password: 'wrong' },
    'link-social': { provider: 'house', password: 'wrong' },
    'unlink-account': { provider: 'house', password: 'wrong' },
    'passkey/delete-passkey': { id: '0190a6c0-0000-7000-8000-000000000000', password: 'wrong' },
  }
  const confirming = [
    ...Object.keys(bodies),
    'two-factor/enable',
    'two-factor/disable',
    'two-factor/generate-backup-codes',
    'passkey/generate-register-options',
  ]
  const house = { id: 'house', name: 'The House', issuer: 'http://127.0.0.1:1', clientId: 'ownlist' }
  const server = limited({ oidcProviders: [{ ...house, clientSecret: 'a-secret-of-tests' }] })
  const { token } = await server.signUp()
  const bearer = { authorization: `Bearer ${token}` }
  const ask = (n: number) => {
    const route = confirming[n % confirming.length] ?? ''
    return server.post(route, bodies[route] ?? { password: 'wrong' }, bearer)
  }
  const answers = await many(100, ask)
  expect(statusesOf(answers)).toEqual({ 403: 5, 429: 95 })
  for (const [n, route] of confirming.entries()) {
    await giveBack(database)
    expect(await ask(n), route).toMatchObject({ status: 403, body: { code: 'PASSWORD_WRONG' } })
  }
  // Without a password there is nothing to guess: this session is new.
  await many(10, () => server.post('two-factor/enable', { password: 'wrong' }, bearer))
  expect((await server.post('two-factor/enable', {}, bearer)).status).toBe(200)
})

test('of a hundred links that are made up twenty are looked at, of a hundred mails five are sent', async ({
  limited,
  database,
}) => {
  const box = mailbox()
  const server = limited(box)
  const { email } = await server.signUp()
  for (const [route, more] of [
    ['reset-password', { newPassword: 'another horse battery staple' }],
    ['verify-email', {}],
  ] as const) {
    await database.query('delete from limits')
    const answers = await many(100, (n) => server.post(route, { token: `made up ${n}`, ...more }))
    expect(statusesOf(answers), route).toEqual({ 400: 20, 429: 80 })
  }
  await database.query('delete from limits')
  const asked = await many(100, () => server.post('request-password-reset', { email }))
  expect(statusesOf(asked)).toEqual({ 200: 5, 429: 95 })
  const sent = () => box.mails.filter(({ subject }) => subject.includes('new password')).length
  await expect.poll(sent).toBe(5)
})

test('a new password by mail forgives the tries of its e-mail, and not those of the address', async ({
  limited,
  database,
}) => {
  await database.query('delete from limits')
  const box = mailbox()
  const server = limited(box)
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  for (const { email } of [ada, eve]) {
    for (let n = 0; n < 6; n++) await server.post('sign-in/email', { email, password: 'wrong password' })
    expect((await server.post('sign-in/email', { email, password })).status).toBe(429)
  }
  // The other limit: ninety of the hundred wrong ones that an address has were for whomever.
  await many(85, () => server.post('sign-in/email', { email: newEmail(), password: 'wrong password' }))

  await server.post('request-password-reset', { email: ada.email })
  const { token } = await box.next(ada.email, 'new password')
  const newPassword = 'another horse battery staple'
  expect((await server.post('reset-password', { token, newPassword })).status).toBe(200)
  expect((await server.post('sign-in/email', { email: ada.email, password: newPassword })).status).toBe(200)
  expect((await server.post('sign-in/email', { email: eve.email, password })).status).toBe(429)
  const more = await many(10, () =>
    server.post('sign-in/email', { email: newEmail(), password: 'wrong password' }),
  )
  expect(statusesOf(more)).toEqual({ 401: 5, 429: 5 })
})

test('a device that asks as often as it was told to costs its address nothing, and one that hurries does', async ({
  limited,
  database,
}) => {
  await database.query('delete from limits')
  const server = limited({}, 5)
  const terminal = terminalOf(server)
  const asked = await terminal.ask()
  const poll = async () => {
    const { status, body } = await terminal.poll(asked.device_code)
    return `${status} ${body.error ?? ''}`.trim()
  }
  const said = new Set<string>()
  // All ten minutes that a code lives.
  for (let n = 0; n < 120; n++) {
    said.add(await poll())
    await database.query(`update device_codes set last_polled_at = now() - interval '5 seconds'`)
  }
  expect([...said]).toEqual(['400 authorization_pending'])
  await poll()
  const hasty = []
  for (let n = 0; n < 12; n++) hasty.push(await poll())
  expect(hasty.slice(0, 9)).toEqual(Array(9).fill('400 slow_down'))
  expect(hasty.slice(9)).toEqual(Array(3).fill('429'))
})

/** As if a day had passed: all tries are forgotten. */
async function giveBack(database: TestDatabase): Promise<void> {
  await database.query('delete from limits')
}
