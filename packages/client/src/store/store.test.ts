import { expect } from 'vitest'
import { quiet } from './fake-browser.fixture.ts'
import { elsewhere, test, titles } from './store.fixture.ts'

test('a change is shown when it is kept, and stays when the server has it', async ({
  browser,
  server,
  time,
}) => {
  const { store } = browser.tab('ada')
  await store.ready
  const made = await store.tasks.create({ title: ' Buy oat milk ' })
  expect(titles(store)).toEqual(['Buy oat milk'])
  expect(await made.delivered).toBeUndefined()
  await quiet()
  expect(titles(store)).toEqual(['Buy oat milk'])
  expect(store.status.get()).toMatchObject({ pending: 0, online: true, revision: 1, failures: [] })
  expect(store.tasks.get(made.id ?? '').get()).toEqual(server.tasks.get(made.id ?? ''))
  await time.pass(60_000)
  expect(server.executed).toHaveLength(1)
})

test('offline, changes wait in order, outlast a crash, and are delivered once the server is back', async ({
  browser,
  server,
  time,
}) => {
  server.setOnline(false)
  const first = browser.tab('ada')
  const made = await first.store.tasks.create({ title: 'one' })
  await first.store.tasks.update({ id: made.id ?? '', title: 'two' })
  await first.store.tasks.complete({ id: made.id ?? '' })
  expect(first.store.status.get()).toMatchObject({ pending: 3 })
  first.crash()

  const second = browser.tab('ada')
  await second.store.ready
  expect(titles(second.store)).toEqual(['two'])
  await time.pass(120_000)
  expect(second.store.status.get()).toMatchObject({ pending: 3, online: false })
  server.setOnline(true)
  await time.pass(60_000)
  expect(second.store.status.get()).toMatchObject({ pending: 0, online: true })
  expect(server.executed.map(({ path }) => path)).toEqual(['tasks.create', 'tasks.update', 'tasks.complete'])
  expect([...server.tasks.values()]).toMatchObject([{ title: 'two', completed: true }])
  expect(titles(second.store)).toEqual(['two'])
})

test('what was asked for in the moment before the end is kept', async ({ browser, server }) => {
  server.setOnline(false)
  const first = browser.tab('ada')
  await first.store.ready
  void first.store.tasks.create({ title: 'just in time' })
  expect(await first.store.close()).toBe(1)
  const second = browser.tab('ada')
  await second.store.ready
  expect(titles(second.store)).toEqual(['just in time'])
})

test('a change stands on what was seen, and what own changes hide was not', async ({
  browser,
  server,
  time,
}) => {
  const { store } = browser.tab('ada')
  const { id = '' } = await store.tasks.create({ title: 'one' })
  await time.pass(1_000)
  expect(store.status.get().revision).toBe(1)
  // It is made, and only the word of it is lost; what another device makes of it comes with a pull.
  server.fault = (call) => (call.startsWith('tasks.') ? 'answer lost' : undefined)
  await store.tasks.update({ id, title: 'two' })
  await quiet()
  server.elsewhere(elsewhere('tasks.update', { id, title: 'not seen' }))
  await time.pass(2_000)
  expect(store.status.get().revision).toBe(3)
  expect(titles(store)).toEqual(['two'])
  server.fault = undefined
  await store.tasks.update({ id, title: 'three' })
  await time.pass(60_000)
  expect(titles(store)).toEqual(['three'])
  expect(server.executed.at(-1)).toMatchObject({ input: { title: 'three' }, basedOn: 1 })
})

test('a crash between the commit and its answer makes nothing twice', async ({ browser, server, time }) => {
  server.fault = (call) => (call.startsWith('tasks.') ? 'answer lost' : undefined)
  const first = browser.tab('ada')
  await first.store.tasks.create({ title: 'once' })
  await quiet()
  expect(server.executed).toHaveLength(1)
  expect(first.store.status.get().pending).toBe(1)
  first.crash()

  server.fault = undefined
  const second = browser.tab('ada')
  await time.pass(1)
  expect(second.store.status.get().pending).toBe(0)
  expect(server.executed).toHaveLength(1)
  expect(server.calls.filter((call) => call === 'tasks.create').length).toBeGreaterThan(1)
  expect(titles(second.store)).toEqual(['once'])
})

test('what the server has made of a change is shown before it has said so', async ({
  browser,
  server,
  time,
}) => {
  server.fault = (call) => (call.startsWith('tasks.') ? 'answer lost' : undefined)
  const { store } = browser.tab('ada')
  const { id = '' } = await store.tasks.create({ title: 'numbered' })
  await time.pass(1)
  expect(store.status.get()).toMatchObject({ pending: 1, revision: 1 })
  expect(store.tasks.get(id).get()).toMatchObject({ title: 'numbered', number: 1 })
})

test('what the server refuses is taken back, kept with the reason, and can be tried again', async ({
  browser,
  server,
}) => {
  const { store } = browser.tab('ada')
  const { id = '', delivered } = await store.tasks.create({ title: 'kept' })
  await delivered
  await quiet()
  server.fault = (call, operation) =>
    operation?.path === 'tasks.update' && operation.input.title === 'refused' ? 'BAD_INPUT' : undefined
  const refused = await store.tasks.update({ id, title: 'refused' })
  const after = await store.tasks.update({ id, priority: 'high' })
  expect(titles(store)).toEqual(['refused'])
  expect(await refused.delivered).toMatchObject({ reason: 'BAD_INPUT', input: { title: 'refused' } })
  expect(await after.delivered).toBeUndefined()
  await quiet()
  expect(store.tasks.get(id).get()).toMatchObject({ title: 'kept', priority: 'high' })
  expect(store.status.get()).toMatchObject({ pending: 0, failures: [{ opId: refused.opId }] })

  server.fault = undefined
  await store.retry(refused.opId)
  await quiet()
  expect(store.tasks.get(id).get()).toMatchObject({ title: 'refused', priority: 'high' })
  expect(store.status.get()).toMatchObject({ pending: 0, failures: [] })
})

test('a dismissed failure is gone, over reloads too', async ({ browser, server }) => {
  server.fault = (call) => (call === 'tasks.create' ? 'BAD_INPUT' : undefined)
  const first = browser.tab('ada')
  const { opId } = await first.store.tasks.create({ title: 'no' })
  await quiet()
  first.crash()
  const second = browser.tab('ada')
  await second.store.ready
  expect(second.store.status.get().failures).toMatchObject([{ opId, reason: 'BAD_INPUT' }])
  await second.store.dismiss(opId)
  expect(second.store.status.get().failures).toEqual([])
  second.crash()
  const third = browser.tab('ada')
  await third.store.ready
  expect(third.store.status.get().failures).toEqual([])
})

test('the effect of a change never flickers while a pull crosses it', async ({ browser, server, time }) => {
  const { store } = browser.tab('ada')
  const { id = '' } = await store.tasks.create({ title: 'old' })
  await quiet()
  const seen: (string | undefined)[] = []
  const task = store.tasks.get(id)
  task.subscribe(() => seen.push(task.get()?.title))
  let answer = () => {}
  server.hold = (call) =>
    call === 'sync.pull' ? new Promise<void>((resolve) => (answer = resolve)) : undefined
  server.elsewhere(elsewhere('tasks.update', { id, description: 'elsewhere' }))
  await quiet()
  await store.tasks.update({ id, title: 'new' })
  await quiet()
  // The pull that was begun before the change was acknowledged ends after it.
  answer()
  await quiet()
  answer()
  await time.pass(1000)
  expect(new Set(seen)).toEqual(new Set(['old', 'new'].filter((title) => seen.includes(title))))
  expect(seen.indexOf('new')).toBeGreaterThanOrEqual(0)
  expect(seen.slice(seen.indexOf('new'))).not.toContain('old')
  expect(task.get()).toMatchObject({ title: 'new', description: 'elsewhere' })
})

test('a snapshot comes page by page and is shown whole; what is not in it is no more', async ({
  browser,
  server,
  time,
}) => {
  server.pageSize = 10
  for (let number = 0; number < 35; number++)
    server.elsewhere(elsewhere('tasks.create', { id: crypto.randomUUID(), title: `${number}` }))
  const first = browser.tab('ada')
  const sizes: number[] = []
  const list = first.store.tasks.query()
  list.subscribe(() => sizes.push(list.get().length))
  await quiet(40)
  expect(sizes).toEqual([35])
  server.setOnline(false)
  const { id = '' } = await first.store.tasks.create({ title: 'mine' })
  const gone = [...server.tasks.keys()].slice(0, 20)
  for (const one of gone) server.elsewhere(elsewhere('tasks.delete', { id: one }))
  // The log does not reach back so far: everything anew, and the outbox stays.
  server.forgetLog()
  server.setOnline(true)
  await time.pass(60_000)
  expect(list.get()).toHaveLength(16)
  expect(first.store.tasks.get(id).get()).toMatchObject({ title: 'mine', number: 36 })
})

test('a failure of the server itself is tried ten times, then it is one of the change', async ({
  browser,
  server,
  time,
}) => {
  server.fault = (call) => (call === 'tasks.create' ? 'INTERNAL' : undefined)
  const { store } = browser.tab('ada')
  await store.tasks.create({ title: 'poison' })
  const behind = await store.tasks.delete({ id: crypto.randomUUID() })
  await time.pass(600_000)
  expect(server.calls.filter((call) => call === 'tasks.create')).toHaveLength(10)
  expect(store.status.get()).toMatchObject({ pending: 0, failures: [{ reason: 'INTERNAL' }] })
  expect(await behind.delivered).toBeUndefined()
})

test('a query moves only what a change touches, and keeps its snapshot otherwise', async ({ browser }) => {
  const { store } = browser.tab('ada')
  const open = store.tasks.query({ completed: false, sort: 'title', order: 'asc' })
  expect(store.tasks.query({ completed: false, sort: 'title', order: 'asc' })).toBe(open)
  let told = 0
  open.subscribe(() => told++)
  const b = await store.tasks.create({ title: 'b' })
  await store.tasks.create({ title: 'C' })
  const a = await store.tasks.create({ title: 'ä' })
  await quiet()
  expect(open.get().map(({ title }) => title)).toEqual(['ä', 'b', 'C'])
  const before = open.get()
  await store.tasks.create({ title: 'done', completed: true })
  await quiet()
  expect(open.get()).toBe(before)
  await store.tasks.update({ id: a.id ?? '', title: 'z' })
  expect(open.get().map(({ title }) => title)).toEqual(['b', 'C', 'z'])
  await store.tasks.complete({ id: b.id ?? '' })
  expect(open.get().map(({ title }) => title)).toEqual(['C', 'z'])
  await quiet()
  expect(store.tasks.stats().get()).toMatchObject({ total: 4, pending: 2, completed: 2 })
  expect(told).toBeGreaterThan(3)
})
