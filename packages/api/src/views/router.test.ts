import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'

async function namesOf({ views }: SignedUp) {
  return (await views.list()).items.map(({ name }) => name)
}

const filter = { due: 'today' as const }

test('a view comes back as it was made, at the end of the order', async ({ signUp }) => {
  const ada = await signUp()
  const id = randomUUID()
  const made = await ada.views.create({ id, name: ' Now ', icon: '🔥', filter })
  expect(made).toMatchObject({ id, name: 'Now', icon: '🔥', filter })
  expect(await ada.views.get({ id })).toEqual(made)
  await ada.views.create({ name: 'Later', filter: {} })
  await ada.views.create({ name: 'First', filter: {}, after: null })
  await ada.views.create({ name: 'Second', filter: {}, after: id })
  expect(await namesOf(ada)).toEqual(['First', 'Now', 'Second', 'Later'])
})

test('a view keeps the filter that tasks.list takes, and finds by it what that finds', async ({ signUp }) => {
  const ada = await signUp()
  const list = await ada.lists.create({ name: 'Home' })
  const tag = await ada.tags.create({ name: 'urgent' })
  const conditions = {
    status: ['pending' as const],
    completed: false,
    priority: ['high' as const, null],
    due: { before: '2026-12-01', after: '2026-11-01T00:00:00+02:00' },
    q: '100% \\o/ é',
    listId: [list.id, null],
    parentId: null,
    tagIds: { any: [tag.id] },
    sort: 'due_date' as const,
    order: 'asc' as const,
  }
  const wanted = await ada.tasks.create({
    title: '100% \\o/ É',
    priority: 'high',
    due: { date: '2026-11-21' },
    listId: list.id,
    tagIds: [tag.id],
  })
  await ada.tasks.create({ title: 'another' })
  const view = await ada.views.create({ name: 'Now', filter: conditions })
  expect(view.filter).toEqual(conditions)
  expect((await ada.tasks.list(view.filter)).items).toEqual([wanted])
})

test('the largest filter that is taken in is stored', async ({ signUp }) => {
  const ada = await signUp()
  const ids = (count: number) => Array.from({ length: count }, () => randomUUID())
  const largest = {
    status: ['pending' as const, 'in_progress' as const, 'completed' as const],
    completed: true,
    priority: ['low' as const, 'medium' as const, 'high' as const, null],
    due: { before: '2026-11-21T00:00:00.123456+14:00', after: '2026-11-20T00:00:00.123456+14:00' },
    q: '😀'.repeat(200),
    listId: ids(100),
    parentId: randomUUID(),
    tagIds: { any: ids(50).toSorted() },
    sort: 'created_at' as const,
    order: 'desc' as const,
  }
  expect((await ada.views.create({ name: 'All', filter: largest })).filter).toEqual(largest)
})

test('an update changes what is given, the filter whole', async ({ signUp }) => {
  const ada = await signUp()
  const view = await ada.views.create({ name: 'Now', filter: { due: 'today', completed: false } })
  expect(await ada.views.update({ id: view.id, filter: { q: 'x' } })).toMatchObject({
    name: 'Now',
    filter: { q: 'x' },
  })
  expect((await ada.views.get({ id: view.id })).filter).toEqual({ q: 'x' })
  expect(await ada.views.update({ id: view.id, name: 'Then', icon: 'x' })).toMatchObject({
    name: 'Then',
    icon: 'x',
    filter: { q: 'x' },
  })
})

test('a name stands once, whatever its case and accents', async ({ signUp }) => {
  const ada = await signUp()
  await ada.views.create({ name: 'Déjà vu', filter })
  await expect(ada.views.create({ name: 'DEJA VU', filter })).rejects.toMatchObject({ reason: 'NAME_TAKEN' })
})

test('a deleted view is gone, and no task with it', async ({ signUp }) => {
  const ada = await signUp()
  const task = await ada.tasks.create({ title: 'a' })
  const { id } = await ada.views.create({ name: 'All', filter: {} })
  expect(await ada.views.delete({ id })).toEqual({ deleted: true })
  expect(await ada.views.delete({ id })).toEqual({ deleted: false })
  expect((await ada.views.list()).items).toEqual([])
  expect((await ada.tasks.list()).items).toEqual([task])
})

test('a change asked for at an earlier revision is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id, revision: ifRevision } = await ada.views.create({ name: 'Now', filter })
  const current = await ada.views.update({ id, name: 'Then', ifRevision })
  const refusal = { reason: 'REVISION_CONFLICT', current }
  await expect(ada.views.update({ id, name: 'x', ifRevision })).rejects.toMatchObject(refusal)
  await expect(ada.views.delete({ id, ifRevision })).rejects.toMatchObject(refusal)
  expect(await ada.views.get({ id })).toEqual(current)
})

test("another user's view does not exist", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const view = await ada.views.create({ name: 'Now', filter })
  const own = await eve.views.create({ name: 'Own', filter })
  const { id } = view
  const missing = { reason: 'VIEW_NOT_FOUND' }
  await expect(eve.views.get({ id })).rejects.toMatchObject(missing)
  await expect(eve.views.update({ id, name: 'x' })).rejects.toMatchObject(missing)
  await expect(eve.views.reorder({ id, after: null })).rejects.toMatchObject(missing)
  await expect(eve.views.reorder({ id: own.id, after: id })).rejects.toMatchObject(missing)
  await expect(eve.views.create({ name: 'x', filter, after: id })).rejects.toMatchObject(missing)
  expect(await eve.views.delete({ id })).toEqual({ deleted: false })
  expect((await eve.views.list()).items).toEqual([own])

  // The test means nothing unless Ada still has it.
  expect(await ada.views.get({ id })).toEqual(view)
})

test.for([
  { name: '', filter: {} },
  { name: 'x' },
  { name: 'x', filter: null },
  { name: 'x', filter: [] },
  { name: 'x', filter: { limit: 10 } },
  { name: 'x', filter: { user_id: 'y' } },
  { name: 'x', filter: { q: '\u0000' } },
  { name: 'x', filter: { due: 'someday' } },
])('no view is made of %j', async (input, { signUp }) => {
  const ada = await signUp()
  await expect(ada.views.create(input as never)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})
