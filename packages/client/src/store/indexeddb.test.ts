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
import { openDB } from 'idb'
import { expect, test as base } from 'vitest'
import { fakeBrowser, quiet, standingTime } from './fake-browser.fixture.ts'
import { fakeServer } from './fake-server.fixture.ts'
import { indexedDbTables } from './indexeddb-tables.ts'
import { tableNames } from './ports.ts'
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
      await tables.run('readonly', (access) => Promise.all(tableNames.map((table) => access.all(table)))),
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

test('a database of the first form keeps its tasks and what was not delivered, and gets the rest', async ({
  browser,
  server,
  time,
}) => {
  const [known, made] = [crypto.randomUUID(), crypto.randomUUID()]
  const common = { status: 'pending', completed: false, completedAt: null, priority: null, due: null }
  const times = { createdAt: '2026-11-20T09:00:00Z', updatedAt: '2026-11-20T09:00:00Z' }
  const task = { ...common, ...times, description: null, position: 'a0', number: 1, revision: 1 }
  const operation = (seq: number, path: string, input: object) => ({
    path,
    input,
    seq,
    opId: crypto.randomUUID(),
    basedOn: 1,
    acknowledged: false,
    madeAt: '2026-11-20T09:00:00Z',
  })
  const old = await openDB(`${browser.name}.ada`, 1, {
    upgrade(fresh) {
      for (const table of ['tasks', 'outbox', 'failures', 'meta', 'lease']) fresh.createObjectStore(table)
    },
  })
  await old.put('tasks', { ...task, id: known, title: 'known' }, known)
  await old.put('outbox', operation(1, 'tasks.create', { id: made, title: 'never sent' }), 1)
  const back = { ...task, id: crypto.randomUUID(), title: 'back' }
  const restore = operation(2, 'history.restore', { entity: 'tasks', id: back.id })
  await old.put('outbox', { ...restore, task: back }, 2)
  await old.put('meta', { revision: 1, lastSyncedAt: null, version: 4, lastSeq: 2 }, 'meta')
  old.close()

  const at = { opId: crypto.randomUUID(), basedOn: 0, madeAt: '2026-11-20T09:00:00Z' }
  const list = crypto.randomUUID()
  server.elsewhere({ ...at, path: 'lists.create', input: { id: list, name: 'Home' } })
  server.setOnline(false)
  const { store } = browser.tab('ada')
  await store.ready
  expect(store.status.get()).toMatchObject({ pending: 2, revision: null })
  expect(titles(store).toSorted()).toEqual(['back', 'known', 'never sent'])
  expect(store.tasks.get(known).get()).toMatchObject({ listId: null, parentId: null, tagIds: [] })
  expect(store.tasks.query({ tagIds: { any: [list] } }).get()).toEqual([])

  server.setOnline(true)
  await time.pass(60_000)
  await quiet(100)
  expect(store.status.get()).toMatchObject({ pending: 0, failures: [], revision: 3 })
  expect(store.lists.query().get()).toMatchObject([{ id: list, name: 'Home' }])
  expect(titles(store).toSorted()).toEqual(['back', 'never sent'])
})
