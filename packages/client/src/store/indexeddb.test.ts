import {
  IDBCursor,
  IDBDatabase,
  IDBFactory,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBRequest,
  IDBTransaction,
} from 'fake-indexeddb'
import { expect, test as base } from 'vitest'
import { fakeBrowser, quiet, standingTime } from './fake-browser.fixture.ts'
import { fakeServer } from './fake-server.fixture.ts'
import { indexedDbTables } from './indexeddb-tables.ts'
import { titles } from './store.fixture.ts'

/** What a browser has, and idb looks for. */
const globals = {
  IDBCursor,
  IDBDatabase,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBRequest,
  IDBTransaction,
  indexedDB: new IDBFactory(),
}

const test = base
  .extend('indexedDb', { scope: 'file', auto: true }, async ({}, { onCleanup }) => {
    Object.assign(globalThis, globals)
    onCleanup(() => {
      for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name)
    })
  })
  .extend('time', () => standingTime())
  .extend('server', ({ time }) => fakeServer({ now: time.now }))
  .extend('browser', async ({ server, time }, { onCleanup }) => {
    const browser = fakeBrowser({ server: server.server, timers: time, open: indexedDbTables })
    onCleanup(async () => {
      browser.crash()
      await quiet(60)
    })
    return browser
  })

/** Every text in every database of a browser. */
async function allKept(name: string): Promise<string> {
  const kept = []
  for (const database of await indexedDB.databases()) {
    if (!database.name?.startsWith(`${name}.`)) continue
    const tables = await indexedDbTables(database.name, () => {})
    kept.push(
      await tables.run('readonly', (access) =>
        Promise.all([access.all('tasks'), access.all('outbox'), access.all('failures')]),
      ),
    )
    tables.close()
  }
  return JSON.stringify(kept)
}

test('tasks and outbox outlast a crash, in order', async ({ browser, server, time }) => {
  const first = browser.tab('ada')
  await first.store.tasks.create({ title: 'delivered' })
  await quiet(60)
  expect(first.store.status.get()).toMatchObject({ pending: 0, revision: 1, storage: 'kept' })
  server.setOnline(false)
  await Promise.all(
    Array.from({ length: 30 }, (_, number) => first.store.tasks.create({ title: `${number}` })),
  )
  first.crash()
  const second = browser.tab('ada')
  await second.store.ready
  expect(titles(second.store)).toHaveLength(31)
  server.setOnline(true)
  await time.pass(60_000)
  await quiet(200)
  expect(second.store.status.get()).toMatchObject({ pending: 0 })
  expect([...server.tasks.values()].map(({ title }) => title)).toEqual([
    'delivered',
    ...Array.from({ length: 30 }, (_, number) => `${number}`),
  ])
})

test('two tabs show the same, and one delivers', async ({ browser, server }) => {
  const one = browser.tab('ada')
  const two = browser.tab('ada')
  await quiet(60)
  const { id = '' } = await two.store.tasks.create({ title: 'from two' })
  await quiet(100)
  expect(titles(one.store)).toEqual(['from two'])
  await one.store.tasks.update({ id, title: 'from one' })
  await quiet(100)
  expect(two.store.tasks.get(id).get()).toEqual(server.tasks.get(id))
  expect(server.calls.filter((call) => call.startsWith('tasks.'))).toEqual(['tasks.create', 'tasks.update'])
})

test('signing out leaves nothing behind, while another tab holds it open', async ({ browser, server }) => {
  const one = browser.tab('ada')
  const two = browser.tab('ada')
  await one.store.tasks.create({ title: 'secret' })
  server.setOnline(false)
  await one.store.tasks.create({ title: 'secret too' })
  await quiet(60)
  expect(await allKept(browser.name)).toContain('secret')
  await one.store.wipe()
  await quiet(60)
  expect(await allKept(browser.name)).not.toContain('secret')
  expect(two.store.status.get()).toMatchObject({ closed: true })
  expect(titles(two.store)).toEqual([])
})

test('of a session that ended by itself, the next user leaves only what was never sent', async ({
  browser,
  server,
}) => {
  const ada = browser.tab('ada')
  await ada.store.tasks.create({ title: 'sent' })
  await quiet(60)
  server.setOnline(false)
  await ada.store.tasks.create({ title: 'unsent' })
  await ada.store.close()
  const bob = browser.tab('bob')
  await bob.store.ready
  await bob.store.close()
  await quiet(60)
  const eve = browser.tab('eve')
  await quiet(100)
  expect(titles(eve.store)).toEqual([])
  const kept = await allKept(browser.name)
  expect(kept).toContain('"unsent"')
  expect(kept).not.toContain('"sent"')
  expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain(`${browser.name}.bob`)
  const back = browser.tab('ada')
  await back.store.ready
  expect(titles(back.store)).toEqual(['unsent'])
})

test('a transaction that fails leaves everything as it was', async ({ browser }) => {
  const tables = await indexedDbTables(`${browser.name}.x`, () => {})
  await expect(
    tables.run('readwrite', async (access) => {
      access.clear('meta')
      access.put('lease', 'lease', { holder: 'a', until: 1 })
      await access.get('lease', 'lease')
      throw new DOMException('full', 'QuotaExceededError')
    }),
  ).rejects.toMatchObject({ name: 'QuotaExceededError' })
  expect(await tables.run('readonly', (access) => access.get('lease', 'lease'))).toBeUndefined()
  tables.close()
})
