import type { Database } from '@ownlist/db'
import { expect } from 'vitest'
import { terminalOf } from './devices/terminal.fixture.ts'
import { unBase32 } from './factors/factors.fixture.ts'
import { codeOfStep, stepOf } from './factors/totp.ts'
import { mailbox, password, test as base } from './testing.fixture.ts'

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const next = 'another horse battery staple'

const test = base.extend('terminal', ({ serve, database }) => {
  const box = mailbox()
  const server = serve(box)
  const { ask, poll } = terminalOf(server)
  async function approve(userCode: string, token: string) {
    await server.post('device', { userCode }, bearer(token))
    expect((await server.post('device/approve', { userCode }, bearer(token))).status).toBe(200)
  }
  return {
    server,
    box,
    ask,
    poll,
    approve,
    /** The session of a terminal that another session let in. */
    letIn: async (token: string) => {
      const asked = await ask()
      await approve(asked.user_code, token)
      return (await poll(asked.device_code)).body.access_token ?? ''
    },
    /** As if all sessions of an account had been made so many days ago. */
    age: async (userId: string, days: number) => {
      await database.query('alter table sessions disable trigger sessions_stamp')
      await database.query(
        `update sessions set created_at = created_at - make_interval(days => $2) where user_id = $1`,
        [userId, days],
      )
      await database.query('alter table sessions enable trigger sessions_stamp')
    },
  }
})

test('a session that another one let in proves nothing, and is over when that one’s longest time is', async ({
  terminal,
  serve,
}) => {
  const { server, letIn, age } = terminal
  const ada = await server.signUp()
  await age(ada.id, 80)
  const first = await letIn(ada.token)
  const second = await letIn(first)
  for (const token of [first, second]) {
    for (const route of ['two-factor/enable', 'passkey/generate-register-options']) {
      expect((await server.post(route, {}, bearer(token))).body.code, route).toBe('PASSWORD_NEEDED')
      expect((await server.post(route, { password }, bearer(token))).status, route).toBe(200)
    }
    const checked = await server.checkBearer(token)
    expect(checked).toMatchObject({ user: { id: ada.id }, isFresh: false })
    const later = serve({ now: () => new Date(Date.now() + 11 * 86_400_000) })
    expect(await later.checkBearer(token)).toBeNull()
    expect(await later.findLivingSessions([checked?.sessionId ?? ''])).toEqual(new Set())
  }
})

test('nor is it new where the one that let it in is', async ({ terminal }) => {
  const { server, letIn } = terminal
  const { token } = await server.signUp()
  expect(await server.checkBearer(token)).toMatchObject({ isFresh: true })
  expect(await server.checkBearer(await letIn(token))).toMatchObject({ isFresh: false })
})

test('an account without a password gets none by the session of a terminal', async ({
  terminal,
  database,
}) => {
  const { server, letIn, age } = terminal
  const ada = await server.signUp()
  await database.query('delete from accounts where user_id = $1', [ada.id])
  await age(ada.id, 2)
  const change = (token: string) => server.post('change-password', { newPassword: next }, bearer(token))
  expect((await change(ada.token)).body.code).toBe('PASSWORD_NEEDED')
  expect((await change(await letIn(ada.token))).body.code).toBe('PASSWORD_NEEDED')
})

/** A database that does something else just before the first statement that looks like this. */
function interrupted(connection: Database, text: RegExp, meanwhile: () => Promise<unknown>): Database {
  let isDone = false
  return {
    ...connection,
    async run(statement, role, userId) {
      if (!isDone && text.test(statement.text)) {
        isDone = true
        await meanwhile()
      }
      return connection.run(statement, role, userId)
    },
  }
}

test('what is on its way in while the password is set anew does not get in', async ({
  terminal,
  serve,
  connection,
  database,
}) => {
  const { server, box, ask, approve, poll } = terminal
  async function reset(email: string) {
    box.mails.length = 0
    await server.post('request-password-reset', { email })
    const { token } = await box.next(email, 'new password')
    expect((await server.post('reset-password', { token, newPassword: next })).status).toBe(200)
  }
  const meeting = (email: string, text: RegExp) =>
    serve({ database: interrupted(connection, text, () => reset(email)) })
  const enter = (email: string, at = server) => at.post('sign-in/email', { email, password })

  const ada = await server.signUp()
  const refused = await enter(ada.email, meeting(ada.email, /insert into "sessions"/))
  expect([refused.status, refused.body.code, refused.token]).toEqual([401, 'INVALID_EMAIL_OR_PASSWORD', ''])
  expect(await server.accounts.sessions(ada.id)).toEqual([])

  const eve = await server.signUp()
  const asked = await ask()
  await approve(asked.user_code, eve.token)
  const late = await poll(asked.device_code, meeting(eve.email, /insert into "sessions"/))
  expect(late.status).toBe(401)
  expect(await server.accounts.sessions(eve.id)).toEqual([])

  const bob = await server.signUp()
  const { body } = await server.post('two-factor/enable', { password }, bearer(bob.token))
  const secret = unBase32((body as { secret?: string }).secret ?? '')
  const codeAt = (offset: number) => codeOfStep(secret, stepOf(new Date()) + offset)
  expect((await server.post('two-factor/confirm', { code: codeAt(-1) }, bearer(bob.token))).status).toBe(200)
  const waiting = await enter(bob.email, meeting(bob.email, /from totp_factors/))
  expect(waiting.status).toBe(401)
  expect(await database.query('select from second_steps where user_id = $1', [bob.id])).toEqual([])

  const step = await server.post('sign-in/email', { email: bob.email, password: next })
  const { token } = (step.body as { secondFactor?: { token: string } }).secondFactor ?? { token: '' }
  const last = await meeting(bob.email, /insert into "sessions"/).post('two-factor/verify-totp', {
    token,
    code: codeAt(0),
  })
  // It was set to what it was before, which is another hash.
  expect(last.status).toBe(401)
  expect(await server.accounts.sessions(bob.id)).toEqual([])
})
