import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'

async function namesOf({ lists }: SignedUp) {
  return (await lists.list()).items.map(({ name }) => name)
}

async function make({ lists }: SignedUp, ...names: string[]) {
  const made = []
  for (const name of names) made.push(await lists.create({ name }))
  return made
}

test('a list comes back as it was made, at the end of the order', async ({ signUp }) => {
  const ada = await signUp()
  const id = randomUUID()
  const home = await ada.lists.create({ id, name: '  Home ', color: '#1F883D', icon: '🏠' })
  expect(home).toMatchObject({ id, name: 'Home', color: '#1f883d', icon: '🏠', archivedAt: null })
  expect(await ada.lists.get({ id })).toEqual(home)
  await make(ada, 'Work', 'Garden')
  expect(await namesOf(ada)).toEqual(['Home', 'Work', 'Garden'])
  const { items, inbox } = await ada.lists.list()
  expect(items[0]).toEqual({ ...home, open: 0, completed: 0 })
  expect(inbox).toEqual({ open: 0, completed: 0 })
})

test('who has no list is told of the Inbox', async ({ signUp }) => {
  const ada = await signUp()
  expect(await ada.lists.list()).toEqual({ items: [], inbox: { open: 0, completed: 0 } })
  await ada.tasks.create({ title: 'a' })
  await ada.tasks.create({ title: 'b', completed: true })
  expect(await ada.lists.list()).toEqual({ items: [], inbox: { open: 1, completed: 1 } })
})

test('an update changes what is given and nothing else', async ({ signUp }) => {
  const ada = await signUp()
  const home = await ada.lists.create({ name: 'Home', color: '#ffffff', icon: 'house' })
  const renamed = await ada.lists.update({ id: home.id, name: 'House' })
  expect(renamed).toEqual({
    ...home,
    name: 'House',
    revision: home.revision + 1,
    updatedAt: renamed.updatedAt,
  })
  expect(await ada.lists.update({ id: home.id, color: null, icon: null })).toMatchObject({
    name: 'House',
    color: null,
    icon: null,
  })
})

test('a name stands once, whatever its case and accents, among the lists that are not archived', async ({
  signUp,
}) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [cafe] = await make(ada, 'Café')
  await expect(ada.lists.create({ name: 'CAFE ' })).rejects.toMatchObject({ reason: 'NAME_TAKEN' })
  const [work] = await make(ada, 'Work')
  await expect(ada.lists.update({ id: work?.id ?? '', name: 'cafe' })).rejects.toMatchObject({
    reason: 'NAME_TAKEN',
  })
  await make(eve, 'Café')

  await ada.lists.archive({ id: cafe?.id ?? '', archived: true })
  await ada.lists.update({ id: work?.id ?? '', name: 'cafe' })
  await expect(ada.lists.archive({ id: cafe?.id ?? '', archived: false })).rejects.toMatchObject({
    reason: 'NAME_TAKEN',
  })
  expect(await namesOf(ada)).toEqual(['Café', 'cafe'])
})

test('an archived list is in its own place, and keeps the time when it is archived again', async ({
  signUp,
}) => {
  const ada = await signUp()
  const [home, work] = await make(ada, 'Home', 'Work')
  const archived = await ada.lists.archive({ id: home?.id ?? '', archived: true })
  expect(archived.archivedAt).toBe(archived.updatedAt)
  expect(await ada.lists.archive({ id: home?.id ?? '', archived: true })).toEqual(archived)
  const idsOf = async (filter: { archived?: boolean }) =>
    (await ada.lists.list(filter)).items.map(({ id }) => id)
  expect(await idsOf({ archived: true })).toEqual([home?.id])
  expect(await idsOf({ archived: false })).toEqual([work?.id])
  expect(await idsOf({})).toEqual([home?.id, work?.id])
  expect(await ada.lists.archive({ id: home?.id ?? '', archived: false })).toMatchObject({ archivedAt: null })
})

test('counts are of the tasks in the list, subtasks included, and of the user alone', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const id = randomUUID()
  // The same id for both: only the user tells them apart.
  await ada.lists.create({ id, name: 'Home' })
  await eve.lists.create({ id, name: 'Home' })
  const task = await ada.tasks.create({ title: 'a', listId: id })
  await ada.tasks.create({ title: 'b', listId: id, parentId: task.id })
  await ada.tasks.create({ title: 'c', listId: id, completed: true })
  await ada.tasks.create({ title: 'd' })
  await eve.tasks.create({ title: 'e', listId: id })
  const [counted] = (await ada.lists.list()).items
  expect(counted).toMatchObject({ open: 2, completed: 1 })
  expect((await ada.lists.list()).inbox).toEqual({ open: 1, completed: 0 })
  expect((await eve.lists.list()).items[0]).toMatchObject({ open: 1, completed: 0 })
})

test('a deleted list leaves its tasks in the Inbox, in one revision', async ({ signUp }) => {
  const ada = await signUp()
  const [home, work] = await make(ada, 'Home', 'Work')
  const inside = await ada.tasks.create({ title: 'in it', listId: home?.id ?? '' })
  const below = await ada.tasks.create({ title: 'below', listId: home?.id ?? '', parentId: inside.id })
  const beside = await ada.tasks.create({ title: 'beside', listId: work?.id ?? '' })

  expect(await ada.lists.delete({ id: home?.id ?? '' })).toEqual({ deleted: true, tasks: 2 })
  const { revision, listId } = await ada.tasks.get({ id: inside.id })
  expect([listId, revision]).toEqual([null, beside.revision + 1])
  expect(await ada.tasks.get({ id: below.id })).toMatchObject({ listId: null, parentId: inside.id, revision })
  expect(await ada.tasks.get({ id: beside.id })).toEqual(beside)
  expect((await ada.history.list({ limit: 1 })).items).toMatchObject([{ revision, count: 3 }])
  expect(await namesOf(ada)).toEqual(['Work'])
  expect(await ada.lists.delete({ id: home?.id ?? '' })).toEqual({ deleted: false, tasks: 0 })
})

test('a list deleted with its tasks takes their subtasks and comments along, in one revision', async ({
  signUp,
}) => {
  const ada = await signUp()
  const [home] = await make(ada, 'Home')
  const inside = await ada.tasks.create({ title: 'in it', listId: home?.id ?? '' })
  const below = await ada.tasks.create({ title: 'below', listId: home?.id ?? '', parentId: inside.id })
  const comment = await ada.comments.create({ taskId: below.id, body: 'Well.' })
  const beside = await ada.tasks.create({ title: 'beside' })

  expect(await ada.lists.delete({ id: home?.id ?? '', tasks: 'delete' })).toEqual({ deleted: true, tasks: 2 })
  for (const id of [inside.id, below.id]) {
    await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
  }
  await expect(ada.comments.get({ id: comment.id })).rejects.toMatchObject({ reason: 'COMMENT_NOT_FOUND' })
  expect((await ada.history.list({ limit: 1 })).items).toMatchObject([
    { revision: beside.revision + 1, count: 4 },
  ])
  expect((await ada.tasks.list()).items).toEqual([beside])
})

test('a change asked for at an earlier revision is refused, and touches neither the list nor its tasks', async ({
  signUp,
}) => {
  const ada = await signUp()
  const [home] = await make(ada, 'Home')
  const [id, ifRevision] = [home?.id ?? '', home?.revision ?? 0]
  const task = await ada.tasks.create({ title: 'in it', listId: id })
  const current = await ada.lists.update({ id, name: 'House', ifRevision })
  const refusal = { reason: 'REVISION_CONFLICT', current }
  await expect(ada.lists.update({ id, name: 'x', ifRevision })).rejects.toMatchObject(refusal)
  await expect(ada.lists.archive({ id, archived: true, ifRevision })).rejects.toMatchObject(refusal)
  for (const tasks of ['keep', 'delete'] as const) {
    await expect(ada.lists.delete({ id, tasks, ifRevision })).rejects.toMatchObject(refusal)
  }
  expect(await ada.lists.get({ id })).toEqual(current)
  expect(await ada.tasks.get({ id: task.id })).toEqual(task)
})

test("another user's list does not exist", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [home] = await make(ada, 'Home')
  const id = home?.id ?? ''
  await ada.tasks.create({ title: 'in it', listId: id })
  const [own] = await make(eve, 'Own')
  const missing = { reason: 'LIST_NOT_FOUND' }
  await expect(eve.lists.get({ id })).rejects.toMatchObject(missing)
  await expect(eve.lists.update({ id, name: 'x' })).rejects.toMatchObject(missing)
  await expect(eve.lists.update({ id, name: 'x', ifRevision: home?.revision })).rejects.toMatchObject(missing)
  await expect(eve.lists.archive({ id, archived: true })).rejects.toMatchObject(missing)
  await expect(eve.lists.reorder({ id, after: null })).rejects.toMatchObject(missing)
  await expect(eve.lists.reorder({ id: own?.id ?? '', after: id })).rejects.toMatchObject(missing)
  await expect(eve.lists.create({ name: 'x', after: id })).rejects.toMatchObject(missing)
  await expect(eve.tasks.create({ title: 'x', listId: id })).rejects.toMatchObject(missing)
  expect(await eve.lists.delete({ id, tasks: 'delete' })).toEqual({ deleted: false, tasks: 0 })
  expect(await namesOf(eve)).toEqual(['Own'])

  // The test means nothing unless Ada still has it.
  expect(await ada.lists.get({ id })).toEqual(home)
  expect((await ada.lists.list()).items).toMatchObject([{ open: 1 }])
})

test('an id of a list that is there is refused', async ({ signUp }) => {
  const ada = await signUp()
  const [home] = await make(ada, 'Home')
  await expect(ada.lists.create({ id: home?.id, name: 'Other' })).rejects.toMatchObject({
    reason: 'ID_TAKEN',
  })
})

test.for([
  { name: '' },
  { name: '   ' },
  { name: 'x'.repeat(121) },
  { name: 'a\u0000b' },
  { name: '\ud83d' },
  { name: 'x', color: 'red' },
  { name: 'x', color: '#fff' },
  { name: 'x', icon: '' },
  { name: 'x', icon: 'x'.repeat(33) },
  { name: 'x', after: 'first' },
  { name: 'x', position: 'a0' },
])('no list is made of %j', async (input, { signUp }) => {
  const ada = await signUp()
  await expect(ada.lists.create(input as never)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})

test('a change of nothing is refused', async ({ signUp }) => {
  const ada = await signUp()
  const [home] = await make(ada, 'Home')
  await expect(ada.lists.update({ id: home?.id ?? '' })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})

test('a name of 120 characters of any kind is taken, and given back as it was', async ({ signUp }) => {
  const ada = await signUp()
  for (const name of ['😀'.repeat(120), 'ﬃ'.repeat(120), 'İ'.repeat(120), 'a\u00a0b']) {
    expect((await ada.lists.create({ name })).name).toBe(name)
  }
})
