import { expect } from 'vitest'
import { quiet } from './fake-browser.fixture.ts'
import { elsewhere, test, titles } from './store.fixture.ts'

test('of two tabs one delivers, both show, and the other takes over', async ({ browser, server, time }) => {
  const one = browser.tab('ada')
  const two = browser.tab('ada')
  await quiet()
  await two.store.tasks.create({ title: 'from two' })
  await quiet()
  expect(titles(one.store)).toEqual(['from two'])
  expect(two.store.status.get()).toMatchObject({ pending: 0, revision: 1 })
  expect(server.calls.filter((call) => call === 'tasks.create')).toHaveLength(1)
  server.elsewhere(elsewhere('tasks.create', { id: crypto.randomUUID(), title: 'from afar' }))
  await quiet()
  expect(titles(one.store).toSorted()).toEqual(['from afar', 'from two'])
  expect(titles(two.store).toSorted()).toEqual(['from afar', 'from two'])

  server.setOnline(false)
  await one.store.tasks.create({ title: 'by one' })
  await two.store.tasks.create({ title: 'by two' })
  await quiet()
  expect(two.store.status.get()).toMatchObject({ pending: 2 })
  one.crash()
  server.setOnline(true)
  await time.pass(5_000)
  expect(two.store.status.get()).toMatchObject({ pending: 0 })
  expect(server.executed.map(({ input }) => 'title' in input && input.title).slice(-2)).toEqual([
    'by one',
    'by two',
  ])
})

test('a tab that sees a promise delivered by another tab', async ({ browser, server }) => {
  const one = browser.tab('ada')
  await quiet()
  const two = browser.tab('ada')
  await two.store.ready
  const good = await two.store.tasks.create({ title: 'good' })
  server.fault = (_, operation) =>
    operation?.path === 'tasks.create' && operation.input.title === 'bad' ? 'BAD_INPUT' : undefined
  const bad = await two.store.tasks.create({ title: 'bad' })
  expect(await good.delivered).toBeUndefined()
  expect(await bad.delivered).toMatchObject({ reason: 'BAD_INPUT' })
  await quiet()
  expect(titles(one.store)).toEqual(['good'])
  expect(titles(two.store)).toEqual(['good'])
  expect(one.store.status.get().failures).toMatchObject([{ opId: bad.opId }])
})

test('a full disk refuses a change with a reason, and pretends nothing', async ({
  browser,
  server,
  time,
}) => {
  server.setOnline(false)
  const { store } = browser.tab('ada')
  await store.tasks.create({ title: 'before' })
  browser.setFull(true)
  await expect(store.tasks.create({ title: 'lost?' })).rejects.toMatchObject({ reason: 'STORAGE_FULL' })
  expect(titles(store)).toEqual(['before'])
  expect(store.status.get()).toMatchObject({ pending: 1 })
  browser.setFull(false)
  await store.tasks.create({ title: 'after' })
  server.setOnline(true)
  await time.pass(60_000)
  expect([...server.tasks.values()].map(({ title }) => title)).toEqual(['before', 'after'])
})

test('what comes while the disk is full is shown, and kept as soon as there is room', async ({
  browser,
  server,
  time,
}) => {
  const first = browser.tab('ada')
  await quiet()
  await first.store.tasks.create({ title: 'one' })
  await quiet()
  browser.setFull(true)
  server.elsewhere(elsewhere('tasks.create', { id: crypto.randomUUID(), title: 'two' }))
  await quiet()
  expect(titles(first.store).toSorted()).toEqual(['one', 'two'])
  expect(first.store.status.get()).toMatchObject({ storage: 'full', revision: 2 })
  browser.setFull(false)
  server.elsewhere(elsewhere('tasks.create', { id: crypto.randomUUID(), title: 'three' }))
  await quiet()
  expect(first.store.status.get()).toMatchObject({ storage: 'memory', revision: 3 })
  first.crash()
  server.setOnline(false)
  const second = browser.tab('ada')
  await time.pass(1)
  expect(titles(second.store).toSorted()).toEqual(['one', 'three', 'two'])
})

test('signing out wipes everything, offline too, in every tab', async ({ browser, server }) => {
  const one = browser.tab('ada')
  const two = browser.tab('ada')
  await one.store.tasks.create({ title: 'secret' })
  await quiet()
  server.setOnline(false)
  await one.store.tasks.create({ title: 'never sent' })
  await quiet()
  const list = two.store.tasks.query()
  expect(list.get()).toHaveLength(2)
  await one.store.wipe()
  await quiet()
  for (const { store } of [one, two]) {
    expect(store.tasks.query().get()).toEqual([])
    expect(store.status.get()).toMatchObject({ closed: true, pending: 0 })
    await expect(store.tasks.create({ title: 'too late' })).rejects.toMatchObject({ reason: 'STORE_CLOSED' })
  }
  expect(list.get()).toEqual([])
  const again = browser.tab('ada')
  await again.store.ready
  expect(again.store.tasks.query().get()).toEqual([])
  expect(again.store.status.get()).toMatchObject({ pending: 0, revision: null })
})

test('a session that ended keeps the outbox until the same user is back', async ({
  browser,
  server,
  time,
}) => {
  const { store } = browser.tab('ada')
  await quiet()
  server.fault = () => 'UNAUTHENTICATED'
  await store.tasks.create({ title: 'waits' })
  await time.pass(600_000)
  expect(store.status.get()).toMatchObject({ signedIn: false, pending: 1, failures: [] })
  expect(titles(store)).toEqual(['waits'])
  server.fault = undefined
  store.wake()
  await quiet()
  expect(store.status.get()).toMatchObject({ signedIn: true, pending: 0 })
  expect(titles(store)).toEqual(['waits'])
})

test('another user sees nothing of the first, who finds what was never sent', async ({
  browser,
  server,
  time,
}) => {
  server.setOnline(false)
  const ada = browser.tab('ada')
  await ada.store.tasks.create({ title: 'of ada' })
  ada.crash()
  const eve = browser.tab('eve')
  await eve.store.ready
  expect(eve.store.tasks.query().get()).toEqual([])
  expect(eve.store.status.get()).toMatchObject({ pending: 0, failures: [] })
  eve.crash()
  const back = browser.tab('ada')
  await back.store.ready
  expect(titles(back.store)).toEqual(['of ada'])
  server.setOnline(true)
  await time.pass(60_000)
  expect(back.store.status.get().pending).toBe(0)
})
