import { expect } from 'vitest'
import { createLimits } from './limits.ts'
import { mailbox, newEmail, password, secret, test as base } from './testing.fixture.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const cli = { name: 'cli', scopes: ['read' as const], expiresInDays: 1 }

const test = base.extend('limited', ({ serve, connection }) => {
  const box = mailbox()
  const limits = createLimits({ database: connection, secret, identityPerMinute: 1_000_000 })
  const server = serve({ ...box, limits })
  const sentTo = async (email: string, subject: string) => {
    // Mails leave behind the answer.
    await new Promise((resolve) => setImmediate(resolve))
    return box.mails.filter((mail) => mail.to === email && mail.subject.includes(subject)).length
  }
  return { box, server, sentTo }
})

test('whoever asks for another address sends a stranger five mails and no more', async ({
  limited: { server, sentTo },
}) => {
  const { token } = await server.signUp()
  const stranger = newEmail()
  const ask = () => server.post('change-email', { newEmail: stranger, password }, bearer(token))
  const statuses = []
  for (let n = 0; n < 8; n++) statuses.push((await ask()).status)
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
  expect(await sentTo(stranger, 'Confirm your new address')).toBe(5)
})

test('of new devices an address hears that is known to be its owner’s, ten times at once', async ({
  limited: { server, sentTo },
  database,
}) => {
  const { email, id } = await server.signUp()
  const come = async (from: number, to: number) => {
    for (let n = from; n < to; n++) {
      const answer = await server.post('sign-in/email', { email, password }, { 'user-agent': `Device ${n}` })
      expect(answer.status).toBe(200)
    }
  }
  await come(0, 3)
  expect(await sentTo(email, 'new device')).toBe(0)
  await database.query('update users set is_verified = true where id = $1', [id])
  await come(3, 15)
  expect(await sentTo(email, 'new device')).toBe(10)
})

test('mails that strangers ask for keep none of what an owner has to know from coming', async ({
  limited: { server, sentTo },
}) => {
  const { email, id, token } = await server.signUp()
  for (let n = 0; n < 6; n++) await server.post('request-password-reset', { email })
  await server.post('two-factor/enable', { password }, bearer(token))
  await server.accounts.createToken(id, cli)
  expect(await sentTo(email, 'How you sign in')).toBe(1)
})

test('an owner is told by mail when a factor or a token comes or goes, once it is certain', async ({
  limited: { server, box, sentTo },
}) => {
  const { email, id, token } = await server.signUp()
  const told = () => sentTo(email, 'How you sign in')
  await server.accounts.createToken(id, cli)
  expect(await told()).toBe(1)
  expect(box.mails.at(-1)?.text).toContain('API token')
  const operation = {
    opId: '0190a6c0-0000-7000-8000-000000000001',
    procedure: 'account.createToken',
    inputHash: Buffer.alloc(32),
  }
  const failed = server.accounts.once(id, operation, async (accounts) => {
    await accounts.createToken(id, cli)
    throw new Error('something else went wrong')
  })
  await expect(failed).rejects.toThrow('something else')
  expect(await told()).toBe(1)
  await server.accounts.once(id, operation, (accounts) => accounts.createToken(id, cli))
  expect(await told()).toBe(2)
  await server.post('two-factor/disable', { password }, bearer(token))
  // There was none.
  expect(await told()).toBe(2)
})
