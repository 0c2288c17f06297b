import { expect } from 'vitest'
import { password, test } from './testing.fixture.ts'
import { test as clockedTest } from './factors/factors.fixture.ts'

test('a browser keeps its cookie as long as a session may last, and the row says when it ends', async ({
  serve,
}) => {
  const site = { baseUrl: 'https://tasks.example.org', sessionMaxDays: 60 }
  const headers = { origin: site.baseUrl, 'sec-fetch-site': 'same-origin' }
  const { id, answer } = await serve(site).signUp(undefined, headers)
  const cookie = answer.headers.getSetCookie().find((line) => line.includes('session_token=')) ?? ''
  expect(cookie).toContain(`Max-Age=${60 * 86_400};`)
  const [session] = await serve(site).accounts.sessions(id)
  const lasts = Date.parse(session?.expiresAt ?? '') - Date.parse(session?.createdAt ?? '')
  expect(Math.round(lasts / 86_400_000)).toBe(30)
})

test('an account has a hundred sessions: with one more the one that was used least recently ends', async ({
  serve,
  database,
}) => {
  const ended: string[] = []
  const server = serve({ onSessionsEnded: (userId) => ended.push(userId) })
  const ada = await server.signUp()
  const kept = (await server.checkBearer(ada.token))?.sessionId
  await database.query(
    `insert into sessions (user_id, token_hash, expires_at, last_used_at)
     select $1, encode(sha256(n::text::bytea), 'hex'), now() + interval '1 day', now() - n * interval '1 minute'
     from generate_series(1, 99) n`,
    [ada.id],
  )
  expect(ended).toEqual([])
  const one = await server.post('sign-in/email', { email: ada.email, password })
  const sessions = await server.accounts.sessions(ada.id)
  expect(sessions).toHaveLength(100)
  const ids = sessions.map(({ id }) => id)
  expect(ids).toContain(kept)
  expect(ids).toContain((await server.checkBearer(one.token))?.sessionId)
  const oldest = await database.query(
    `select from sessions where user_id = $1 and last_used_at < now() - interval '98 minutes 30 seconds'`,
    [ada.id],
  )
  expect(oldest).toEqual([])
  expect(ended).toEqual([ada.id])
})

test('a session past its longest time is in no list', async ({ serve }) => {
  const { id } = await serve().signUp()
  expect(await serve().accounts.sessions(id)).toHaveLength(1)
  expect(await serve({ sessionMaxDays: 0 }).accounts.sessions(id)).toEqual([])
})

clockedTest(
  'what a client calls itself is kept to its beginning, and twenty browsers are trusted',
  async ({ clocked, database }) => {
    const server = clocked()
    const ada = await server.signUpWithTotp()
    await database.query(
      `insert into trusted_devices (user_id, token_hash, expires_at)
     select $1, encode(sha256(n::text::bytea), 'hex'), now() + n * interval '1 minute' from generate_series(1, 20) n`,
      [ada.id],
    )
    const agent = { 'user-agent': 'x'.repeat(14_000) }
    const { token } = await server.begin(ada.email, agent)
    const code = { token, code: server.codeFor(ada.secret), trustDevice: true }
    expect((await server.post('two-factor/verify-totp', code, agent)).status).toBe(200)
    const lengths = await database.query<{ devices: number; length: number; agents: number }>(
      `select (select count(*)::integer from trusted_devices where user_id = $1) as devices,
      (select max(length(user_agent)) from trusted_devices where user_id = $1) as length,
      (select max(length(user_agent)) from sessions where user_id = $1) as agents`,
      [ada.id],
    )
    expect(lengths).toEqual([{ devices: 20, length: 512, agents: 512 }])
  },
)
