import { asAuth } from '@ownlist/db'
import { expect } from 'vitest'
import { listEvents, recordEvent } from './events.ts'
import { mailbox, password, test } from './testing.fixture.ts'

const signIn = 'sign-in/email'

test('a sign-in from a new device is written down and told to the owner, one from a known device is not', async ({
  serve,
}) => {
  const box = mailbox()
  const server = serve(box)
  const { email, id } = await server.signUp(undefined, { 'user-agent': 'Laptop' })
  const from = (agent: string, given = password) =>
    server.post(signIn, { email, password: given }, { 'user-agent': agent })
  for (const agent of ['Laptop', 'Phone', 'Phone', 'x'.repeat(5_000)]) await from(agent)
  await from('Robber', 'a wrong password')
  const events = await server.accounts.events(id, { limit: 10 })
  expect(events.map(({ kind, userAgent, ipAddress }) => [kind, userAgent, ipAddress])).toEqual([
    ['signed-in', 'x'.repeat(512), '192.0.2.1'],
    ['signed-in', 'Phone', '192.0.2.1'],
    ['signed-up', 'Laptop', '192.0.2.1'],
  ])
  expect((await box.next(email, 'new device')).text).toContain('192.0.2.1')
  expect(box.mails.filter(({ subject }) => subject.includes('new device'))).toHaveLength(2)
})

test('events come in pages, the newest first, each user’s own and nobody else’s', async ({
  serve,
  connection,
}) => {
  const [ada, eve] = [await serve().signUp(), await serve().signUp()]
  const db = asAuth(connection)
  // In one transaction all have one time: the id decides.
  await db.transaction().execute(async (within) => {
    for (let n = 0; n < 5; n++) {
      await recordEvent(within, { userId: ada.id, kind: 'token-created', detail: { n } })
    }
  })
  const all = await listEvents(db, ada.id, { limit: 100 })
  expect(all.map(({ kind }) => kind)).toEqual([...Array<string>(5).fill('token-created'), 'signed-up'])
  const pages = []
  for (let after; pages.length < all.length; after = pages.at(-1)) {
    pages.push(...(await listEvents(db, ada.id, { limit: 2, after })))
  }
  expect(pages).toEqual(all)
  expect((await listEvents(db, eve.id, { limit: 100 })).map(({ kind }) => kind)).toEqual(['signed-up'])
})

test('ending sessions and asking for erasure are written down with the device that did it', async ({
  serve,
}) => {
  const server = serve()
  const { email, id, token } = await server.signUp(undefined, { 'user-agent': 'Laptop' })
  const more = await Promise.all(
    ['Phone', 'Tablet'].map((agent) => server.post(signIn, { email, password }, { 'user-agent': agent })),
  )
  const by = { sessionId: (await server.checkBearer(token))?.sessionId ?? '' }
  const ended = (await server.checkBearer(more[0]?.token ?? ''))?.sessionId ?? ''
  await server.accounts.revokeSession(id, ended, by)
  await server.accounts.revokeSession(id, ended, by)
  await server.accounts.revokeOtherSessions(id, by.sessionId)
  await server.accounts.revokeOtherSessions(id, by.sessionId)
  await server.accounts.erase(id, by)
  await server.accounts.keep(id, by)
  const events = await server.accounts.events(id, { limit: 4 })
  expect(events.map(({ kind, userAgent, detail }) => [kind, userAgent, detail])).toEqual([
    ['erasure-taken-back', null, {}],
    ['erasure-asked', 'Laptop', {}],
    ['sessions-revoked', 'Laptop', { revoked: 1 }],
    ['session-revoked', 'Laptop', { userAgent: 'Phone' }],
  ])
})

test('the server writes events and may not rewrite them', async ({ serve, connection }) => {
  const { id } = await serve().signUp()
  const db = asAuth(connection)
  await expect(
    db
      .updateTable('security_events' as never)
      .set({ kind: 'nothing' } as never)
      .execute(),
  ).rejects.toMatchObject({ code: '42501' })
  expect(await listEvents(db, id, { limit: 1 })).toHaveLength(1)
})
