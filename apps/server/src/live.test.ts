import type { TestDatabase } from '@ownlist/testing'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { expect, vi } from 'vitest'
import { at, callOn, create, openStream, test } from './live.fixture.ts'
import { secret } from './server.fixture.ts'

test('a stream says at once where the log is, unless the client knows it, and whatever it thinks to know', async ({
  node,
  openSession,
}) => {
  const { url } = await node()
  const { authorization } = await openSession()
  const fresh = await openStream(url, authorization)
  expect(fresh).toMatchObject({ status: 200 })
  expect(fresh.headers.get('content-type')).toBe('text/event-stream')
  expect(await fresh.nextOfAll()).toMatchObject({ event: 'connected' })
  expect(await fresh.next()).toEqual(at(0))

  await create(url, authorization)
  for (const lastEventId of [undefined, '0', '7', '-1', 'NaN', '1e9', "'; --", '9'.repeat(900)]) {
    const stream = await openStream(url, authorization, { lastEventId })
    expect(await stream.next(), lastEventId).toEqual(at(1))
    stream.cut()
  }
  const known = await openStream(url, authorization, { lastEventId: '1' })
  expect(await known.nextOfAll()).toMatchObject({ event: 'connected' })
  await create(url, authorization)
  expect(await known.next()).toEqual(at(2))
  expect(await fresh.next()).toEqual(at(1))
  expect(await fresh.next()).toEqual(at(2))
})

test('an edit through one server reaches the clients of another, by word alone', async ({
  listeningNode,
  openSession,
}) => {
  const [here, there] = [await listeningNode(), await listeningNode()]
  const { authorization } = await openSession()
  const streams = [await openStream(here.url, authorization), await openStream(there.url, authorization)]
  for (const stream of streams) expect(await stream.next()).toEqual(at(0))

  for (let revision = 1; revision <= 20; revision += 1) {
    const { url } = revision % 2 === 0 ? here : there
    await create(url, authorization)
    for (const stream of streams) expect(await stream.next()).toEqual(at(revision))
  }
})

test('nobody hears of what is not theirs, and a stranger hears nothing', async ({
  listeningNode,
  openSession,
}) => {
  const here = await listeningNode()
  const there = await listeningNode()
  const [ada, eve] = [await openSession('Ada'), await openSession('Eve')]
  const hers = await openStream(there.url, eve.authorization)
  expect(await hers.next()).toEqual(at(0))
  const adas = await openStream(there.url, ada.authorization)
  expect(await adas.next()).toEqual(at(0))

  for (let count = 0; count < 5; count += 1) await create(here.url, ada.authorization)
  await vi.waitFor(async () => expect((await adas.next())?.id).toBe('5'), { timeout: 15_000 })
  // What Eve hears next is her own, though Ada's came first.
  await create(here.url, eve.authorization)
  expect(await hers.next()).toEqual(at(1))

  for (const authorization of [undefined, 'Bearer x.y', ada.authorization.replace(/.\./, '.')]) {
    const stranger = await openStream(here.url, authorization, { input: '{"nonsense":1}' })
    const refusal = await stranger.next()
    expect(refusal?.event).toBe('serialized-error')
    expect(JSON.parse(refusal?.data ?? '')).toMatchObject({ data: { reason: 'UNAUTHENTICATED' } })
    expect(await stranger.next()).toBeUndefined()
  }
  expect(here.live.subscribers).toBe(0)
})

test('what is no input, and what is no GET, is refused in words', async ({ node, openSession }) => {
  const { url } = await node()
  const { authorization } = await openSession()
  for (const [input, reason] of [
    ['{"nonsense":1}', 'BAD_INPUT'],
    ['[]', 'BAD_INPUT'],
    ['{', 'BAD_JSON'],
  ] as const) {
    const stream = await openStream(url, authorization, { input })
    const refusal = await stream.next()
    expect(JSON.parse(refusal?.data ?? ''), input).toMatchObject({ data: { reason } })
    expect(await stream.next()).toBeUndefined()
  }
  await expect(callOn(url, authorization, 'sync.changes', {})).rejects.toThrow('METHOD_REFUSED')
})

test('word that comes late says nothing new', async ({ database, node, openSession }) => {
  const { url, live } = await node()
  const { authorization, userId } = await openSession()
  for (const title of ['One', 'Two', 'Three']) {
    await database.query('insert into tasks (user_id, title) values ($1, $2)', [userId, title])
  }
  const stream = await openStream(url, authorization)
  expect(await stream.next()).toEqual(at(3))
  for (const revision of [1, 2, 3, 4, 3]) live.changed(userId, revision)
  expect(await stream.next()).toEqual(at(4))
  live.changed(userId, 6)
  expect(await stream.next()).toEqual(at(6))
})

test('a session that is revoked hears no more, on any server', async ({
  listeningNode,
  openSession,
  database,
}) => {
  const [here, there] = [await listeningNode(), await listeningNode()]
  const ada = await openSession()
  const streams = [
    await openStream(here.url, ada.authorization),
    await openStream(there.url, ada.authorization),
  ]
  for (const stream of streams) await stream.next()
  const kept = await addSession(database, ada.userId)
  const other = await openStream(there.url, kept.authorization)
  await other.next()

  await callOn(there.url, kept.authorization, 'account.revokeSession', { others: true })
  for (const stream of streams) expect(await stream.next()).toBeUndefined()
  await create(here.url, kept.authorization)
  expect((await other.next())?.id).toBe('1')

  // Signing out ends it as well.
  await fetch(new URL('/api/auth/sign-out', here.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: kept.authorization },
    body: '{}',
  })
  expect(await other.next()).toBeUndefined()
})

test('a session that ends without a word, and a user who is deactivated, are found within the interval', async ({
  node,
  openSession,
  database,
}) => {
  const { url } = await node({ checkSessionsEvery: 50 })
  const [ada, bob, eve] = [await openSession(), await openSession(), await openSession()]
  const [deleted, deactivated, kept] = await Promise.all(
    [ada, bob, eve].map(({ authorization }) => openStream(url, authorization)),
  )
  for (const stream of [deleted, deactivated, kept]) expect(await stream?.next()).toEqual(at(0))
  await database.query('delete from sessions where user_id = $1', [ada.userId])
  await database.query('update users set is_active = false where id = $1', [bob.userId])
  expect(await deleted?.next()).toBeUndefined()
  expect(await deactivated?.next()).toBeUndefined()
  await create(url, eve.authorization)
  expect(await kept?.next()).toEqual(at(1))
})

test('200 clients cost no connection to the database', async ({ database, listeningNode, openSession }) => {
  const { url, live } = await listeningNode()
  const connections = async () => {
    const [row] = await database.query<{ all: number; listening: number }>(
      `select count(*)::int as all, count(*) filter (where query = 'listen ownlist_changes')::int as listening
       from pg_stat_activity where datname = current_database()`,
    )
    return row
  }
  const crowd = await Promise.all(Array.from({ length: 20 }, () => openSession()))
  const before = await connections()
  const streams = await Promise.all(
    crowd.flatMap(({ authorization }) => Array.from({ length: 10 }, () => openStream(url, authorization))),
  )
  for (const stream of streams) expect(await stream.next()).toEqual(at(0))
  expect(live.subscribers).toBe(200)
  const during = await connections()
  // The lanes that are there for requests, of which this server has at most four.
  expect(during?.all ?? 0).toBeLessThanOrEqual((before?.all ?? 0) + 4)
  expect(during?.listening).toBe(1)
  for (const stream of streams) stream.cut()
  await vi.waitFor(() => expect(live.subscribers).toBe(0), { timeout: 20_000 })
})

test('a silent stream says that it lives', async ({ node, openSession }) => {
  const { url } = await node({ silentFor: 20 })
  const { authorization } = await openSession()
  const stream = await openStream(url, authorization)
  const events: (string | undefined)[] = []
  while (events.filter((event) => event === 'ping').length < 3) {
    events.push((await stream.nextOfAll())?.event)
  }
  expect(events[0]).toBe('connected')
  expect(events.filter((event) => event !== 'ping')).toEqual(['connected', 'message'])
})

/** One more session of a user who has one. */
async function addSession(database: TestDatabase, userId: string) {
  const token = randomBytes(24).toString('hex')
  await database.query(
    `insert into sessions (user_id, token_hash, expires_at) values ($1, $2, now() + interval '1 day')`,
    [userId, createHash('sha256').update(token).digest('hex')],
  )
  return { authorization: `Bearer ${token}.${createHmac('sha256', secret).update(token).digest('base64')}` }
}
