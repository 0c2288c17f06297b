import { eraseDue } from '@ownlist/db'
import { expect } from 'vitest'
import { password, test } from './testing.fixture.ts'

test('erase ends every session of the account and of no other, and signing in goes on', async ({ serve }) => {
  const server = serve({ eraseGraceDays: 3 })
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const more = await server.post('sign-in/email', { email: ada.email, password })
  const before = Date.now()
  const asked = await server.accounts.erase(ada.id)
  expect(Date.parse(asked?.eraseAfter ?? '') - before).toBeGreaterThan(3 * 86_400_000 - 1_000)
  for (const { token } of [ada, more]) expect(await server.checkBearer(token)).toBeNull()
  expect(await server.checkBearer(eve.token)).not.toBeNull()

  const again = await server.post('sign-in/email', { email: ada.email, password })
  expect((await server.checkBearer(again.token))?.user.eraseAfter).toBe(asked?.eraseAfter)
  // Asked twice, the first date and receipt hold.
  expect(await server.accounts.erase(ada.id)).toEqual(asked)
  const last = await server.post('sign-in/email', { email: ada.email, password })
  expect(await server.accounts.keep(ada.id)).toMatchObject({ id: ada.id, eraseAfter: null })
  expect((await server.checkBearer(last.token))?.user.eraseAfter).toBeNull()
})

test('the password of an account is the right one, and nobody else’s', async ({ serve }) => {
  const server = serve()
  const [ada, eve] = [await server.signUp(), await server.signUp()]
  const prove = (id: string, given: string) =>
    server.accounts.prove({ user: { id }, isFresh: false }, given, { always: true })
  expect(await prove(ada.id, password)).toBeUndefined()
  expect(await prove(ada.id, `${password}!`)).toBe('PASSWORD_WRONG')
  expect(await prove('00000000-0000-4000-8000-000000000000', password)).toBe('PASSWORD_WRONG')
  expect(await prove(eve.id, password)).toBeUndefined()
})

test('without days to wait nobody gets in any more, and whoever erases is told', async ({
  serve,
  connection,
  database,
}) => {
  let told = 0
  const server = serve({ eraseGraceDays: 0, onErasureDue: () => told++ })
  const ada = await server.signUp()
  await server.accounts.erase(ada.id)
  expect(told).toBe(1)
  expect((await server.post('sign-in/email', { email: ada.email, password })).body.code).toBe(
    'INVALID_EMAIL_OR_PASSWORD',
  )
  // Too late.
  expect(await server.accounts.keep(ada.id)).toBeUndefined()
  expect(await server.accounts.erase(ada.id)).toBeUndefined()
  expect(await eraseDue(connection)).toHaveLength(1)
  expect(await database.query('select from users where id = $1', [ada.id])).toEqual([])
  expect((await server.post('sign-up/email', { email: ada.email, password })).status).toBe(200)
})

test('the record of an account says everything that is known of it, and no secret', async ({
  serve,
  database,
}) => {
  const server = serve()
  const ada = await server.signUp()
  await server.post('sign-in/email', { email: ada.email, password })
  const { securityEvents: pages, ...rest } = (await server.accounts.record(ada.id)) ?? {}
  const record = { ...rest, securityEvents: pages ? (await Array.fromAsync(pages)).flat() : [] }
  expect(record).toEqual({
    image: null,
    isVerified: false,
    createdAt: expect.stringMatching(/Z$/),
    updatedAt: expect.stringMatching(/Z$/),
    tokens: [],
    signIns: [{ provider: 'credential', createdAt: expect.stringMatching(/Z$/) }],
    sessions: [
      expect.objectContaining({ ipAddress: '192.0.2.1' }),
      expect.objectContaining({ userAgent: null }),
    ],
    factors: { totpSince: null, recoveryCodesLeft: 0, passkeys: [], trustedDevices: [] },
    securityEvents: [
      {
        id: expect.any(String),
        kind: 'signed-up',
        at: expect.stringMatching(/Z$/),
        ipAddress: '192.0.2.1',
        userAgent: null,
        detail: {},
      },
    ],
  })
  const [secrets] = await database.query<{ password_hash: string; token_hash: string }>(
    'select password_hash, token_hash from accounts join sessions using (user_id) where user_id = $1',
    [ada.id],
  )
  for (const secret of [secrets?.password_hash, secrets?.token_hash, ada.token.split('.')[0]]) {
    expect(JSON.stringify(record)).not.toContain(secret)
  }
  expect(await server.accounts.record('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('a record of very many events is read in pages, each once and the newest first', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { id } = await server.signUp()
  await database.query(
    `insert into security_events (user_id, kind, at)
     select $1, 'signed-in', now() - make_interval(secs => n / 10) from generate_series(1, 1200) n`,
    [id],
  )
  const record = await server.accounts.record(id)
  const pages = record ? await Array.fromAsync(record.securityEvents) : []
  expect(pages.map(({ length }) => length)).toEqual([500, 500, 201])
  const events = pages.flat()
  expect(new Set(events.map((event) => event.id)).size).toBe(1_201)
  const order = events.map(({ at, id: eventId }) => `${at} ${eventId}`)
  expect(order).toEqual(order.toSorted().toReversed())
})
