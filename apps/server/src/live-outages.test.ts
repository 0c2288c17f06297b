import { expect, vi } from 'vitest'
import { pgBouncerIsPresent, startPgBouncer } from '../../../packages/db/src/pgbouncer.fixture.ts'
import { at, create, openStream, startNode, test } from './live.fixture.ts'
import { databaseProxy } from './raw.fixture.ts'
import { environment } from './server.fixture.ts'
import { startServer } from './start.ts'

test('streams that are cut again and again miss nothing', async ({ listeningNode, openSession }) => {
  const nodes = [await listeningNode(), await listeningNode()]
  const { authorization } = await openSession()
  const edits = 60
  let done = false
  const writer = async () => {
    for (let count = 0; count < edits; count += 1) await create(nodes[count % 2]?.url ?? '', authorization)
    done = true
  }
  const reader = async (seed: number) => {
    let lastEventId: string | undefined
    let cuts = 0
    const seen: number[] = []
    while (!done || seen.at(-1) !== edits) {
      const node = nodes[(cuts + seed) % 2]
      const stream = await openStream(node?.url ?? '', authorization, { lastEventId })
      for (let count = 0; count <= (cuts + seed) % 3 && seen.at(-1) !== edits; count += 1) {
        const event = await stream.next()
        lastEventId = event?.id
        seen.push(Number(lastEventId))
      }
      stream.cut()
      cuts += 1
    }
    return { seen, cuts }
  }
  const [, ...readers] = await Promise.all([writer(), reader(0), reader(1), reader(2)])
  for (const { seen, cuts } of readers) {
    expect(seen.at(-1)).toBe(edits)
    // Never the same twice, never backwards: each came later than what was known.
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b))
    expect(cuts).toBeGreaterThan(3)
  }
  for (const { live } of nodes) await vi.waitFor(() => expect(live.subscribers).toBe(0), { timeout: 20_000 })
})

test('a server that stops sends its clients on at once, and they miss nothing', async ({
  database,
  openSession,
}) => {
  const env = environment(database)
  const [first, second] = [await startServer(env), await startServer(env)]
  const { authorization } = await openSession()
  const stream = await openStream(first.url, authorization)
  expect(await stream.next()).toEqual(at(0))
  await create(first.url, authorization)
  expect(await stream.next()).toEqual(at(1))

  const began = performance.now()
  await first.close()
  expect(performance.now() - began).toBeLessThan(3_000)
  // Without the event by which tRPC says that all is said: the client is to come back.
  expect(await stream.next()).toBeUndefined()

  await create(second.url, authorization)
  const resumed = await openStream(second.url, authorization, { lastEventId: '1' })
  expect(await resumed.next()).toEqual(at(2))
  await second.close()
})

test('a listening connection that is cut comes back, and what was said meanwhile is read', async ({
  database,
  listeningNode,
  openSession,
}) => {
  const [here, there] = [await listeningNode(), await listeningNode()]
  const { authorization, userId } = await openSession()
  const stream = await openStream(there.url, authorization)
  expect(await stream.next()).toEqual(at(0))

  for (let round = 1; round <= 3; round += 1) {
    // Written past the servers, so that nobody is told.
    await database.query(`insert into tasks (user_id, title) values ($1, 'Past')`, [userId])
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query = 'listen ownlist_changes'`,
    )
    expect(await stream.next()).toEqual(at(round))
    await there.becomes('listening', round + 1)
  }
  await create(here.url, authorization)
  expect(await stream.next()).toEqual(at(4))
})

test('while PostgreSQL is away clients wait, and then they hear everything', async ({
  database,
  openSession,
}) => {
  const proxy = await databaseProxy(database.url)
  const away = await startNode(proxy.url)
  await away.becomes('listening')
  const { authorization, userId } = await openSession()
  const stream = await openStream(away.url, authorization)
  expect(await stream.next()).toEqual(at(0))

  await proxy.takeAway()
  await away.becomes('polling')
  await database.query(`insert into tasks (user_id, title) values ($1, 'Away')`, [userId])
  // Who comes now is told to come again, in the stream: an EventSource that meets a status gives up for good.
  const early = await openStream(away.url, authorization)
  expect(early.status).toBe(200)
  expect((await early.next())?.data).toContain('DATABASE_UNAVAILABLE')

  await proxy.bringBack()
  expect(await stream.next()).toEqual(at(1))
  await away.becomes('listening', 2)
  await create(away.url, authorization)
  expect(await stream.next()).toEqual(at(2))
  await away.close()
  await proxy.close()
})

test('what is written past all servers is seen by looking', async ({ database, node, openSession }) => {
  const { url } = await node({ lookEvery: 50, pollEvery: 50 })
  const { authorization, userId } = await openSession()
  const stream = await openStream(url, authorization)
  expect(await stream.next()).toEqual(at(0))
  await database.query(`insert into tasks (user_id, title) values ($1, 'By psql')`, [userId])
  expect(await stream.next()).toEqual(at(1))
  await database.query('delete from tasks where user_id = $1', [userId])
  expect(await stream.next()).toEqual(at(2))
})

test.skipIf(!pgBouncerIsPresent)(
  'through a pooler, where no word arrives, changes are looked for',
  async ({ database, openSession }) => {
    const bouncer = await startPgBouncer(database)
    const pooled = await startNode(bouncer.through(database.url), { pollEvery: 50 })
    const direct = await startNode(database.url)
    await pooled.becomes('polling')
    expect(pooled.modes).toMatchObject([{ mode: 'polling', reason: { name: 'DeafError' } }])
    await direct.becomes('listening')

    const { authorization } = await openSession()
    const stream = await openStream(pooled.url, authorization)
    expect(await stream.next()).toEqual(at(0))
    const there = await openStream(direct.url, authorization)
    expect(await there.next()).toEqual(at(0))
    await create(direct.url, authorization)
    expect(await stream.next()).toEqual(at(1))
    expect(await there.next()).toEqual(at(1))
    // The other way word does arrive: saying needs no connection of one's own.
    await create(pooled.url, authorization)
    expect(await there.next()).toEqual(at(2))
    expect(await stream.next()).toEqual(at(2))

    await Promise.all([pooled.close(), direct.close()])
    bouncer.stop()
  },
)
