import { expect } from 'vitest'
import { quiet } from './fake-browser.fixture.ts'
import type { Operation, Wanted } from './operation.ts'
import { test } from './store.fixture.ts'
import type { Store } from './store.ts'

const names = (store: Store, kind: 'lists' | 'tags' | 'views') =>
  (store[kind].query().get() as readonly { name: string }[]).map(({ name }) => name)
const where = (store: Store, id: string) => {
  const task = store.tasks.get(id).get()
  return task && [task.listId, task.parentId, task.tagIds]
}
const byAnother = (wanted: Wanted) =>
  ({ ...wanted, opId: crypto.randomUUID(), basedOn: 0, madeAt: '2026-11-21T09:00:00Z' }) as Operation

test('lists, tags, views and comments show at once, in their order, and stay when the server has them', async ({
  browser,
  server,
  time,
}) => {
  server.setOnline(false)
  const { store } = browser.tab('ada')
  await store.ready
  const task = (await store.tasks.create({ title: 'Buy oat milk' })).id ?? ''
  const home = (await store.lists.create({ name: ' Home ', color: '#1F883D' })).id ?? ''
  await store.lists.create({ name: 'Work' })
  await store.lists.create({ name: 'First', after: null })
  const garden = (await store.lists.create({ name: 'Garden', after: home })).id ?? ''
  for (const name of ['zoo', 'Élan', 'apple']) await store.tags.create({ name })
  await store.views.create({ name: 'Open', filter: { completed: false } })
  await store.comments.create({ taskId: task, body: 'one' })
  await time.pass(1)
  await store.comments.create({ taskId: task, body: 'two' })

  const check = () => {
    expect(names(store, 'lists')).toEqual(['First', 'Home', 'Garden', 'Work'])
    expect(names(store, 'tags')).toEqual(['apple', 'Élan', 'zoo'])
    expect(names(store, 'views')).toEqual(['Open'])
    const comments = store.comments.query({ taskId: task }).get()
    expect(comments.map(({ body }) => body)).toEqual(['one', 'two'])
    expect(store.lists.get(home).get()).toMatchObject({ name: 'Home', color: '#1f883d', archivedAt: null })
  }
  check()
  server.setOnline(true)
  await time.pass(60_000)
  expect(store.status.get()).toMatchObject({ pending: 0, failures: [] })
  check()
  expect(store.lists.get(home).get()).toEqual(server.rows.lists.get(home))

  await store.lists.reorder({ id: garden, after: null })
  await store.lists.update({ id: home, name: 'House' })
  await store.lists.archive({ id: home, archived: true })
  expect(names(store, 'lists')).toEqual(['Garden', 'First', 'House', 'Work'])
  expect(store.lists.get(home).get()?.archivedAt).not.toBeNull()
  await store.lists.archive({ id: home, archived: false })
  expect(store.lists.get(home).get()?.archivedAt).toBeNull()
})

test('what hangs on something goes with it, and comes back where the server refuses', async ({
  browser,
  server,
}) => {
  const { store } = browser.tab('ada')
  await store.ready
  const home = (await store.lists.create({ name: 'Home' })).id ?? ''
  const work = (await store.lists.create({ name: 'Work' })).id ?? ''
  const tag = (await store.tags.create({ name: 'soon' })).id ?? ''
  const parent = (await store.tasks.create({ title: 'parent', listId: home })).id ?? ''
  const child = (await store.tasks.create({ title: 'child', parentId: parent, tagIds: [tag] })).id ?? ''
  const made = await store.comments.create({ taskId: child, body: 'said' })
  expect(where(store, child)).toEqual([home, parent, [tag]])
  await made.delivered
  await quiet()

  // A move takes along what is below; another list than the parent's takes a task from below it.
  await store.tasks.move({ id: parent, listId: work })
  expect(where(store, child)).toEqual([work, parent, [tag]])
  await store.tasks.update({ id: child, listId: home })
  expect(where(store, child)).toEqual([home, null, [tag]])
  await store.tasks.move({ id: child, parentId: parent, after: parent })
  expect(where(store, child)).toEqual([work, parent, [tag]])
  expect(
    store.tasks
      .children(parent)
      .get()
      .map(({ id }) => id),
  ).toEqual([child])

  server.fault = (call) => (call.endsWith('.delete') ? 'BAD_INPUT' : undefined)
  for (const [remove, gone] of [
    [() => store.tags.delete({ id: tag }), () => where(store, child)?.[2]],
    [() => store.lists.delete({ id: work }), () => where(store, child)?.[0] ?? []],
    [() => store.lists.delete({ id: work, tasks: 'delete' }), () => where(store, child) ?? []],
    [() => store.tasks.delete({ id: parent }), () => store.comments.query({ taskId: child }).get()],
  ] as const) {
    const before = gone()
    const { delivered } = await remove()
    expect(gone()).toEqual([])
    expect(await delivered).toMatchObject({ reason: 'BAD_INPUT' })
    expect(gone()).toEqual(before)
  }

  server.fault = undefined
  const { delivered } = await store.tasks.delete({ id: parent })
  await delivered
  await quiet()
  expect([store.tasks.query().get(), [...server.rows.tasks], [...server.rows.comments]]).toEqual([[], [], []])
})

test('a change that finds nothing to point at any more shows its words, and never a circle', async ({
  browser,
  server,
  time,
}) => {
  const { store } = browser.tab('ada')
  await store.ready
  const list = (await store.lists.create({ name: 'Home' })).id ?? ''
  const one = (await store.tasks.create({ title: 'one' })).id ?? ''
  const two = await store.tasks.create({ title: 'two' })
  await two.delivered
  await quiet()
  server.setOnline(false)
  const made = await store.tasks.create({ title: 'kept in sight', listId: list })
  const below = await store.tasks.move({ id: one, parentId: two.id ?? '' })
  // Meanwhile, and nobody hears of the two until here: the other way round, and no such list.
  server.elsewhere(byAnother({ path: 'tasks.move', input: { id: two.id ?? '', parentId: one } }))
  server.elsewhere(byAnother({ path: 'lists.delete', input: { id: list } }))
  server.fault = (call) => (call.startsWith('tasks.') ? 'unreachable' : undefined)
  server.setOnline(true)
  await time.pass(60_000)
  expect(store.tasks.get(made.id ?? '').get()).toMatchObject({ title: 'kept in sight', listId: null })
  expect(where(store, one)).toEqual([null, null, []])
  expect(where(store, two.id ?? '')).toEqual([null, one, []])
  server.fault = undefined
  await time.pass(60_000)
  expect(await made.delivered).toMatchObject({ reason: 'LIST_NOT_FOUND' })
  expect(store.tasks.get(made.id ?? '').get()).toBeUndefined()
  await below.delivered
})

test('counts and children are told of what concerns them, and of nothing else', async ({ browser }) => {
  const { store } = browser.tab('ada')
  await store.ready
  const list = (await store.lists.create({ name: 'Home' })).id ?? ''
  const tag = (await store.tags.create({ name: 'soon' })).id ?? ''
  const parent = (await store.tasks.create({ title: 'parent', listId: list })).id ?? ''
  await quiet()
  const told = { counts: 0, children: 0, lists: 0 }
  const counts = store.tasks.counts()
  const children = store.tasks.children(parent)
  const lists = store.lists.query()
  counts.subscribe(() => told.counts++)
  children.subscribe(() => told.children++)
  lists.subscribe(() => told.lists++)
  expect(counts.get()).toEqual({
    inbox: { open: 0 },
    lists: new Map([[list, { open: 1, completed: 0 }]]),
    tags: new Map(),
  })
  const [before, beforeLists] = [counts.get(), lists.get()]
  const child = (await store.tasks.create({ title: 'child', parentId: parent, tagIds: [tag] })).id ?? ''
  await store.tasks.create({ title: 'inbox' })
  await store.tasks.complete({ id: parent })
  expect(counts.get()).toEqual({
    inbox: { open: 1 },
    lists: new Map([[list, { open: 1, completed: 1 }]]),
    tags: new Map([[tag, { open: 1 }]]),
  })
  expect(before.lists.get(list)).toEqual({ open: 1, completed: 0 })
  expect(children.get().map(({ id }) => id)).toEqual([child])
  expect(lists.get()).toBe(beforeLists)
  expect(told.lists).toBe(0)
  const after = told.children
  await store.tasks.update({ id: parent, title: 'renamed' })
  expect(told.children).toBe(after)
  await store.tasks.delete({ id: parent })
  expect(counts.get()).toEqual({ inbox: { open: 1 }, lists: new Map(), tags: new Map() })
  expect(children.get()).toEqual([])
})

test('a list by a text knows comments too, and hears of them', async ({ browser }) => {
  const { store } = browser.tab('ada')
  await store.ready
  const taskId = (await store.tasks.create({ title: 'Call the plumber' })).id ?? ''
  const other = (await store.tasks.create({ title: 'Pipe' })).id ?? ''
  const found = store.tasks.query({ q: 'pïpe', sort: 'title' })
  let told = 0
  found.subscribe(() => told++)
  const ids = () => found.get().map(({ id }) => id)
  expect(ids()).toEqual([other])
  const comment = (await store.comments.create({ taskId, body: 'The PIPE again' })).id ?? ''
  expect(ids()).toEqual([other, taskId])
  await store.comments.update({ id: comment, body: 'He came' })
  expect(ids()).toEqual([other])
  await store.comments.update({ id: comment, body: 'pipes' })
  expect(ids()).toEqual([other, taskId])
  await store.comments.delete({ id: comment })
  expect(ids()).toEqual([other])
  expect(told).toBeGreaterThanOrEqual(4)
})

test('every kind comes page by page, to every tab, and goes with signing out', async ({
  browser,
  server,
}) => {
  server.pageSize = 2
  const id = () => crypto.randomUUID()
  const [task, gone] = [id(), id()]
  server.elsewhere(byAnother({ path: 'tasks.create', input: { id: task, title: 'task' } }))
  for (const name of ['a', 'b', 'c'])
    server.elsewhere({ ...byAnother({ path: 'lists.create', input: { id: id(), name } }), position: name })
  server.elsewhere(byAnother({ path: 'tags.create', input: { id: gone, name: 'gone' } }))
  server.elsewhere(byAnother({ path: 'tags.create', input: { id: id(), name: 'tag' } }))
  server.elsewhere(byAnother({ path: 'comments.create', input: { id: id(), taskId: task, body: 'said' } }))
  server.elsewhere(byAnother({ path: 'views.create', input: { id: id(), name: 'view', filter: {} } }))
  const one = browser.tab('ada')
  const two = browser.tab('ada')
  await quiet(40)
  server.elsewhere(byAnother({ path: 'tags.delete', input: { id: gone } }))
  server.elsewhere(byAnother({ path: 'tags.create', input: { id: id(), name: 'new' } }))
  await quiet(40)
  one.crash()
  const three = browser.tab('ada')
  await quiet(40)
  for (const { store } of [two, three]) {
    expect(names(store, 'lists')).toEqual(['a', 'b', 'c'])
    expect(names(store, 'tags')).toEqual(['new', 'tag'])
    expect(names(store, 'views')).toEqual(['view'])
    expect(store.comments.query({ taskId: task }).get()).toHaveLength(1)
  }
  await three.store.wipe()
  await quiet()
  for (const { store } of [two, three])
    expect([names(store, 'lists'), names(store, 'tags'), names(store, 'views')]).toEqual([[], [], []])
})
