import type { TestDatabase } from '@ownlist/testing'
import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { z } from 'zod'
import { createLimits } from './limits.ts'
import { networkOf } from './network.ts'
import { openRoutes } from './requests.ts'
import { browser, newEmail, password, secret, test as base } from './testing.fixture.ts'

const test = base.extend('limited', ({ connection, serve }) => {
  /** Two servers of one database, and sign-ins at them from wherever. */
  return function limited(identityPerMinute = 1_000_000) {
    const open = () => serve({ limits: createLimits({ database: connection, secret, identityPerMinute }) })
    const [one, other] = [open(), open()]
    let turn = 0
    return {
      ...one,
      async signIn(email: string, tried: string, from = '192.0.2.1', headers: Record<string, string> = {}) {
        const request = new Request('http://localhost:3000/api/auth/sign-in/email', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify({ email, password: tried }),
        })
        const response = await (turn++ % 2 === 0 ? one : other).handle(request, from)
        const body = (await response.json()) as { code?: string }
        return { status: response.status, code: body.code, headers: response.headers }
      },
    }
  }
})

test('of a hundred wrong passwords at once, at two servers, five are looked at', async ({ limited }) => {
  const server = limited()
  const { email } = await server.signUp()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => server.signIn(email, `wrong password ${n}`)),
  )
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused).toHaveLength(95)
  for (const { code, headers } of refused) {
    expect(code).toBe('RATE_LIMITED')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(20)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(30)
  }
  // The right one does not get in by waiting in the same queue.
  expect((await server.signIn(email, password)).status).toBe(429)
})

test('of a hundred wrong passwords from a hundred addresses twenty are looked at', async ({ limited }) => {
  const server = limited()
  const { email } = await server.signUp()
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) => server.signIn(email, 'wrong password', `203.0.113.${n}`)),
  )
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(20)
})

test('an e-mail without an account is limited in the same way', async ({ limited }) => {
  const server = limited()
  const email = newEmail()
  const statuses = []
  for (let n = 0; n < 7; n++) statuses.push((await server.signIn(email, 'wrong password')).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
})

test('the addresses of one /64 are one, and so are the spellings of an IPv4 address', async ({ limited }) => {
  const server = limited()
  for (const spellings of [
    Array.from({ length: 8 }, (_, n) => `2001:db8:1:2:${n}::${n}`),
    [
      '192.0.2.9',
      '::ffff:192.0.2.9',
      '::ffff:c000:209',
      '0:0:0:0:0:ffff:192.0.2.9',
      '::FFFF:192.0.2.9',
      '192.0.2.9',
    ],
  ]) {
    const email = newEmail()
    const statuses = []
    for (const from of spellings) statuses.push((await server.signIn(email, 'wrong password', from)).status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    // From another network there are others.
    expect((await server.signIn(email, 'wrong password', '2001:db8:1:3::1')).status).toBe(401)
  }
  expect(networkOf('::1')).toBe('0:0:0:0::/64')
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  expect(networkOf('2001:db8::')).toBe('2001:db8:0:0::/64')
  expect(networkOf('not an address')).toBe('unknown')
})

test('after a pause there is one more try, and the right password forgives all', async ({
  limited,
  database,
}) => {
  const server = limited()
  const { email } = await server.signUp()
  for (let n = 0; n < 6; n++) await server.signIn(email, 'wrong password')
  expect((await server.signIn(email, password)).status).toBe(429)
  await passTime(database, '30 seconds')
  expect((await server.signIn(email, 'wrong password')).status).toBe(401)
  const { headers } = await server.signIn(email, password)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(50)
  await passTime(database, '60 seconds')
  expect((await server.signIn(email, password)).status).toBe(200)
  for (let n = 0; n < 5; n++) expect((await server.signIn(email, 'wrong password')).status).toBe(401)
})

test('whoever signs in rightly, however often, is never stopped', async ({ limited }) => {
  const server = limited()
  const { email } = await server.signUp()
  for (let n = 0; n < 12; n++) expect((await server.signIn(email, password)).status).toBe(200)
})

test('a device on which the owner has signed in goes on while strangers are stopped', async ({ limited }) => {
  const server = limited()
  const { email } = await server.signUp()
  const first = await server.signIn(email, password, '192.0.2.1', browser)
  const device = first.headers.getSetCookie().find((cookie) => cookie.startsWith('ownlist.device=')) ?? ''
  expect(device).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/)
  const cookie = device.split(';')[0] ?? ''

  await Promise.all(
    Array.from({ length: 30 }, (_, n) => server.signIn(email, 'wrong password', `203.0.113.${n}`)),
  )
  expect((await server.signIn(email, password, '198.51.100.1')).status).toBe(429)
  expect((await server.signIn(email, password, '198.51.100.1', { ...browser, cookie })).status).toBe(200)

  // It is this e-mail's alone, cannot be made up, and is no licence to guess.
  const other = newEmail()
  for (let n = 0; n < 5; n++) await server.signIn(other, 'wrong password')
  expect((await server.signIn(other, 'x', '192.0.2.1', { ...browser, cookie })).status).toBe(429)
  const forged = `ownlist.device=${randomBytes(16).toString('base64url')}.${randomBytes(32).toString('base64url')}`
  expect((await server.signIn(email, password, '198.51.100.1', { ...browser, cookie: forged })).status).toBe(
    429,
  )
  const guesses = await Promise.all(
    Array.from({ length: 20 }, () =>
      server.signIn(email, 'wrong password', '198.51.100.1', { ...browser, cookie }),
    ),
  )
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(5)
})

test('one password for a thousand e-mails: an address has a hundred of those', async ({
  connection,
  database,
}) => {
  const from = '198.51.100.77'
  await database.query('delete from limits')
  // The tries are counted without the work, which would take a while.
  const limits = createLimits({ database: connection, secret, identityPerMinute: 1_000_000 })
  const asker = {
    address: from,
    headers: new Headers(),
    cookieName: 'x',
    userId: () => Promise.resolve(undefined),
  }
  const passed = await Promise.allSettled(
    Array.from({ length: 120 }, () => limits.pass('sign-in/email', { email: newEmail() }, asker, wrong)),
  )
  expect(passed.filter(({ status }) => status === 'fulfilled')).toHaveLength(100)
})

test('mails to one address are few, whoever asks for them and from wherever', async ({ connection }) => {
  const limits = createLimits({ database: connection, secret, identityPerMinute: 1_000_000 })
  const email = newEmail()
  const routes = ['request-password-reset', 'send-verification-email', 'sign-up/email']
  const passed = await Promise.allSettled(
    Array.from({ length: 12 }, (_, n) =>
      limits.pass(
        routes[n % 3] ?? '',
        { email },
        {
          address: `203.0.113.${n}`,
          headers: new Headers(),
          cookieName: 'x',
          userId: () => Promise.resolve(undefined),
        },
        () => Promise.resolve(new Response()),
      ),
    ),
  )
  expect(passed.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
})

test('the password that confirms something within a session has few tries too', async ({ limited }) => {
  const server = limited()
  const { id } = await server.signUp()
  const asker = { user: { id }, isFresh: true }
  const answers = await Promise.allSettled(
    Array.from({ length: 20 }, () => server.accounts.prove(asker, 'wrong password')),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  await expect(server.accounts.prove(asker, password)).rejects.toMatchObject({
    name: 'RateLimitedError',
  })
})

test('no route that takes a password tells more than five times whether it is right', async ({
  connection,
  serve,
}) => {
  const provider = { id: 'house', name: 'The House', issuer: 'http://127.0.0.1:1' }
  const server = serve({
    limits: createLimits({ database: connection, secret, identityPerMinute: 1_000_000 }),
    oidcProviders: [{ ...provider, clientId: 'ownlist', clientSecret: 'a-secret-of-tests' }],
  })
  const others: Record<string, unknown> = {
    email: newEmail(),
    newEmail: newEmail(),
    newPassword: password,
    id: randomUUID(),
    provider: 'house',
    name: 'Ada',
  }
  const tried: string[] = []
  for (const [route, { input }] of openRoutes) {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
    const named = Object.keys(properties)
    const secretOf = named.find((name) => name === 'password' || name === 'currentPassword')
    // What makes an account takes any password: there is none to guess. The link that finishes it takes 256 bits beside it.
    if (secretOf === undefined || route === 'sign-up/email' || route === 'verify-email') continue
    tried.push(route)
    const { token } = await server.signUp()
    const body = {
      ...Object.fromEntries(named.filter((name) => name in others).map((name) => [name, others[name]])),
      [secretOf]: 'a wrong password',
    }
    const ask = () => server.post(route, body, { authorization: `Bearer ${token}` })
    const statuses = (await Promise.all(Array.from({ length: 12 }, ask))).map(({ status }) => status)
    expect(statuses.filter((status) => status === 401 || status === 403).length, route).toBe(5)
    expect(statuses.filter((status) => status === 429).length, route).toBe(7)
  }
  expect(tried).toEqual(
    expect.arrayContaining(['change-password', 'passkey/delete-passkey', 'link-social', 'unlink-account']),
  )
})

test('requests to identity are limited by address, and wrong input costs too little to matter', async ({
  limited,
  database,
}) => {
  await database.query('delete from limits')
  const server = limited(4)
  const statuses = []
  for (let n = 0; n < 10; n++) statuses.push((await server.signIn(newEmail(), 'wrong password')).status)
  expect(statuses).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 429, 429])
})

test('no e-mail, address or id stands in the table, nor a hash that one could make without the secret', async ({
  limited,
  database,
}) => {
  await database.query('delete from limits')
  const server = limited()
  const { email, id } = await server.signUp()
  await server.signIn(email, 'wrong password', '192.0.2.33')
  await server.accounts.prove({ user: { id }, isFresh: true }, 'wrong password')
  const rows = await database.query<{ text: string; key: Buffer }>(
    'select l::text as text, key from limits l',
  )
  expect(rows.length).toBeGreaterThanOrEqual(5)
  for (const { text, key } of rows) {
    expect(key).toHaveLength(16)
    for (const word of [email, id, '192.0.2.33', id.replaceAll('-', '')]) {
      expect(text).not.toContain(word)
      expect(text).not.toContain(Buffer.from(word).toString('hex'))
    }
  }
})

/** What a wrong password is answered with. */
const wrong = () => Promise.resolve(new Response(null, { status: 401 }))

/** Instead of waiting: everything that was noted down was so much earlier. */
async function passTime(database: TestDatabase, interval: string): Promise<void> {
  await database.query(
    'update limits set free_at = free_at - $1::interval, forget_at = forget_at - $1::interval',
    [interval],
  )
}
