import { expect } from 'vitest'
import { browser, mailbox, newEmail, test as base } from './testing.fixture.ts'

const mine = 'the owner’s very own password'
const theirs = 'a stranger’s very own password'

const test = base.extend('site', ({ serve }) => {
  const box = mailbox()
  const server = serve({ ...box, requireEmailVerification: true })
  return {
    box,
    server,
    /** Signs up in a browser; gives what the browser keeps, and the token of the link that comes by mail. */
    begin: async (email: string, password: string) => {
      const { headers } = await server.post('sign-up/email', { email, password }, browser)
      await expect.poll(() => box.mails.filter(({ to }) => to === email)).toHaveLength(1)
      const { token } = await box.next(email, 'Confirm your address')
      box.mails.length = 0
      const kept = headers.getSetCookie()
      return { token, kept, here: { ...browser, cookie: kept[0]?.split(';')[0] ?? '' } }
    },
  }
})

test('whoever finds the link of a stranger’s sign-up in their mailbox makes no account with the stranger’s password', async ({
  site: { server, begin },
}) => {
  const email = newEmail()
  const stranger = await begin(email, theirs)
  const owner = await begin(email, mine)
  const open = (token: string, more = {}, headers: Record<string, string> = browser) =>
    server.post('verify-email', { token, ...more }, headers)
  // The owner has nothing that tells one mail from the other.
  for (const headers of [browser, owner.here]) {
    expect(await open(stranger.token, {}, headers)).toMatchObject({
      status: 403,
      body: { code: 'PASSWORD_NEEDED' },
    })
    expect(await open(stranger.token, { password: mine }, headers)).toMatchObject({
      status: 403,
      body: { code: 'PASSWORD_WRONG' },
    })
  }
  expect((await server.post('sign-in/email', { email, password: theirs })).status).toBe(401)
  expect(await open(owner.token, {}, owner.here)).toMatchObject({
    status: 200,
    body: { status: 'signed-up' },
  })
  expect((await server.post('sign-in/email', { email, password: theirs })).status).toBe(401)
  expect((await server.post('sign-in/email', { email, password: mine })).status).toBe(200)
})

test('elsewhere than in the browser that signed up the password is asked for', async ({
  site: { server, begin },
}) => {
  const email = newEmail()
  const { token, kept } = await begin(email, mine)
  expect(kept).toEqual([
    expect.stringMatching(/^ownlist\.sign_up=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/),
  ])
  expect(kept[0]).not.toContain(token)
  const again = await server.post('verify-email', { token })
  expect([again.status, again.body.code]).toEqual([403, 'PASSWORD_NEEDED'])
  // Of no use for any other link.
  const other = await begin(newEmail(), mine)
  const crossed = await server.post('verify-email', { token }, other.here)
  expect(crossed.body.code).toBe('PASSWORD_NEEDED')
  expect((await server.post('verify-email', { token, password: mine })).status).toBe(200)
})

test('the browser is told the same where there is an account already', async ({
  site: { server },
  serve,
}) => {
  const { email } = await serve().signUp()
  const answer = await server.post('sign-up/email', { email, password: mine }, browser)
  expect([answer.status, answer.text]).toEqual([200, '{"status":"sent"}'])
  expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(/^ownlist\.sign_up=[\w-]{43}; /)])
})
