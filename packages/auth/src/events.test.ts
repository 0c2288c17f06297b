import { asAuth } from '@ownlist/db'
import { sql } from 'kysely'
import { glob, readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { listEvents, recordEvent, securityEventKinds } from './events.ts'
import { unBase32 } from './factors/factors.fixture.ts'
import { codeOfStep, stepOf } from './factors/totp.ts'
import { mailbox, password, test } from './testing.fixture.ts'

const signIn = 'sign-in/email'

test('a sign-in from a new device is written down and told to the owner, one from a known device is not', async ({
  serve,
  database,
}) => {
  const box = mailbox()
  const server = serve(box)
  const { email, id } = await server.signUp(undefined, { 'user-agent': 'Laptop' })
  await database.query('update users set is_verified = true where id = $1', [id])
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

test('the server writes events, and may not rewrite, remove or antedate them', async ({
  serve,
  connection,
}) => {
  const { id } = await serve().signUp()
  const db = asAuth(connection)
  for (const rewriting of [
    sql`update security_events set kind = 'nothing' where user_id = ${id}`,
    sql`delete from security_events where user_id = ${id}`,
    sql`insert into security_events (user_id, kind, at) values (${id}, 'nothing', now() - interval '200 days')`,
  ])
    await expect(rewriting.execute(db)).rejects.toMatchObject({ code: '42501' })
  await sql`select forget_security_events(1000)`.execute(db)
  expect(await listEvents(db, id, { limit: 1 })).toHaveLength(1)
})

test('every kind of event is written somewhere', async () => {
  const sources = []
  for await (const file of glob('**/*.ts', { cwd: import.meta.dirname })) {
    if (!/\.(test|fixture)\.ts$/.test(file))
      sources.push(await readFile(`${import.meta.dirname}/${file}`, 'utf8'))
  }
  const code = sources.join('\n')
  // As the field of an event, or as a value in a statement that writes one.
  const written = securityEventKinds.filter((kind) =>
    new RegExp(`kind: '${kind}'|select [^;]*, '${kind}',`).test(code),
  )
  expect(written).toEqual([...securityEventKinds])
})

test('an erasure is written down once it was asked for, and not for an account that is closed', async ({
  serve,
  database,
}) => {
  const server = serve({ eraseGraceDays: 0 })
  const { id } = await server.signUp()
  await server.accounts.erase(id)
  expect(await server.accounts.erase(id)).toBeUndefined()
  const asked = await database.query(
    `select from security_events where user_id = $1 and kind = 'erasure-asked'`,
    [id],
  )
  expect(asked).toHaveLength(1)
})

test('what happens to an account and its record happen together or not at all', async ({
  serve,
  database,
}) => {
  const server = serve()
  const { id, token } = await server.signUp()
  const bearer = { authorization: `Bearer ${token}` }
  const { body } = await server.post('two-factor/enable', { password }, bearer)
  const secret = unBase32((body as { secret?: string }).secret ?? '')
  const sessionId = (await server.checkBearer(token))?.sessionId ?? ''
  await database.query(
    `alter table security_events add constraint none_of_these check (user_id <> '${id}') not valid`,
  )
  try {
    const code = codeOfStep(secret, stepOf(new Date()))
    expect((await server.post('two-factor/confirm', { code }, bearer)).status).toBe(500)
    const cli = { name: 'cli', scopes: ['read' as const], expiresInDays: 1 }
    await expect(server.accounts.createToken(id, cli)).rejects.toMatchObject({ code: '23514' })
    await expect(server.accounts.revokeSession(id, sessionId)).rejects.toMatchObject({ code: '23514' })
    await expect(server.accounts.erase(id)).rejects.toMatchObject({ code: '23514' })
  } finally {
    await database.query('alter table security_events drop constraint none_of_these')
  }
  expect((await server.post('two-factor/status', {}, bearer)).body).toMatchObject({ totpSince: null })
  expect(await server.accounts.tokens(id)).toEqual([])
  expect(await server.checkBearer(token)).toMatchObject({ user: { id, eraseAfter: null } })
})
