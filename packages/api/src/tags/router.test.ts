import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'

test('a tag comes back as it was made, among the others by name', async ({ signUp }) => {
  const ada = await signUp()
  const id = randomUUID()
  const made = await ada.tags.create({ id, name: ' work ', color: '#AABBCC' })
  expect(made).toMatchObject({ id, name: 'work', color: '#aabbcc' })
  expect(await ada.tags.get({ id })).toEqual(made)
  for (const name of ['Zoo', 'éclair', 'Alpha', 'eagle']) await ada.tags.create({ name })
  const { items } = await ada.tags.list()
  expect(items.map(({ name }) => name)).toEqual(['Alpha', 'eagle', 'éclair', 'work', 'Zoo'])
  expect(items[3]).toEqual({ ...made, open: 0, total: 0 })
})

test('an update changes what is given and nothing else', async ({ signUp }) => {
  const ada = await signUp()
  const tag = await ada.tags.create({ name: 'work', color: '#aabbcc' })
  const renamed = await ada.tags.update({ id: tag.id, name: 'Work' })
  expect(renamed).toEqual({ ...tag, name: 'Work', revision: tag.revision + 1, updatedAt: renamed.updatedAt })
  expect(await ada.tags.update({ id: tag.id, color: null })).toMatchObject({ name: 'Work', color: null })
})

test('a name stands once, whatever its case and accents', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await ada.tags.create({ name: 'Élan' })
  const other = await ada.tags.create({ name: 'other' })
  await expect(ada.tags.create({ name: 'elan' })).rejects.toMatchObject({ reason: 'NAME_TAKEN' })
  await expect(ada.tags.update({ id: other.id, name: 'ELAN' })).rejects.toMatchObject({
    reason: 'NAME_TAKEN',
  })
  await eve.tags.create({ name: 'elan' })
  expect((await ada.tags.list()).items).toHaveLength(2)
})

test('counts are of the tasks that have the tag, and of the user alone', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [work, home] = [randomUUID(), randomUUID()]
  for (const [id, name] of [
    [work, 'work'],
    [home, 'home'],
  ] as const) {
    await ada.tags.create({ id, name })
    await eve.tags.create({ id, name })
  }
  await ada.tasks.create({ title: 'a', tagIds: [work, home] })
  await ada.tasks.create({ title: 'b', tagIds: [work], completed: true })
  await ada.tasks.create({ title: 'c' })
  await eve.tasks.create({ title: 'd', tagIds: [home] })
  expect((await ada.tags.list()).items).toMatchObject([
    { id: home, open: 1, total: 1 },
    { id: work, open: 1, total: 2 },
  ])
  expect((await eve.tags.list()).items).toMatchObject([
    { id: home, open: 1, total: 1 },
    { id: work, open: 0, total: 0 },
  ])
})

test('a deleted tag goes from every task of the user, in one revision', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const id = randomUUID()
  await ada.tags.create({ id, name: 'work' })
  await eve.tags.create({ id, name: 'work' })
  const kept = await ada.tags.create({ name: 'home' })
  const both = await ada.tasks.create({ title: 'a', tagIds: [id, kept.id] })
  const one = await ada.tasks.create({ title: 'b', tagIds: [id] })
  const hers = await eve.tasks.create({ title: 'c', tagIds: [id] })

  expect(await ada.tags.delete({ id })).toEqual({ deleted: true })
  const revision = one.revision + 1
  expect(await ada.tasks.get({ id: both.id })).toMatchObject({ tagIds: [kept.id], revision })
  expect(await ada.tasks.get({ id: one.id })).toMatchObject({ tagIds: [], revision })
  expect((await ada.history.list({ limit: 1 })).items).toMatchObject([{ revision, count: 3 }])
  expect(await ada.tags.delete({ id })).toEqual({ deleted: false })
  expect(await eve.tasks.get({ id: hers.id })).toEqual(hers)
})

test('a change asked for at an earlier revision is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id, revision: ifRevision } = await ada.tags.create({ name: 'work' })
  const current = await ada.tags.update({ id, name: 'Work', ifRevision })
  const refusal = { reason: 'REVISION_CONFLICT', current }
  await expect(ada.tags.update({ id, name: 'x', ifRevision })).rejects.toMatchObject(refusal)
  await expect(ada.tags.delete({ id, ifRevision })).rejects.toMatchObject(refusal)
  expect(await ada.tags.get({ id })).toEqual(current)
})

test("another user's tag does not exist", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const work = await ada.tags.create({ name: 'work' })
  const { id } = work
  const missing = { reason: 'TAG_NOT_FOUND' }
  await expect(eve.tags.get({ id })).rejects.toMatchObject(missing)
  await expect(eve.tags.update({ id, name: 'x' })).rejects.toMatchObject(missing)
  await expect(eve.tasks.create({ title: 'x', tagIds: [id] })).rejects.toMatchObject(missing)
  expect(await eve.tags.delete({ id })).toEqual({ deleted: false })
  expect((await eve.tags.list()).items).toEqual([])

  // The test means nothing unless Ada still has it.
  expect(await ada.tags.get({ id })).toEqual(work)
})

test('an id of a tag that is there is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tags.create({ name: 'work' })
  await expect(ada.tags.create({ id, name: 'other' })).rejects.toMatchObject({ reason: 'ID_TAKEN' })
})

test.for([
  { name: '' },
  { name: ' ' },
  { name: 'x'.repeat(61) },
  { name: 'a\u0000b' },
  { name: '\ud83d' },
  { name: 'x', color: '#12345' },
  { name: 'x', icon: 'y' },
])('no tag is made of %j', async (input, { signUp }) => {
  const ada = await signUp()
  await expect(ada.tags.create(input as never)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})

test('a change of nothing is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tags.create({ name: 'work' })
  await expect(ada.tags.update({ id })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})
