import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'
import { addLists } from '../organized.fixture.ts'

/** A chain of tasks, each below the one before. */
async function chain(ada: SignedUp, length: number, first: { listId?: string; parentId?: string } = {}) {
  const ids: string[] = []
  for (let level = 1; level <= length; level++) {
    const place = level === 1 ? first : { parentId: ids.at(-1) }
    ids.push((await ada.tasks.create({ title: `level ${level}`, ...place })).id)
  }
  return ids
}

const listsOf = async (ada: SignedUp, ids: string[]) =>
  (await Promise.all(ids.map((id) => ada.tasks.get({ id })))).map(({ listId }) => listId)

test("a subtask is made in its parent's list, whatever list is asked for", async ({ signUp, database }) => {
  const ada = await signUp()
  const [home = '', work = ''] = await addLists(database, ada.user.id, ['Home', 'Work'])
  const parent = await ada.tasks.create({ title: 'parent', listId: home })
  expect(parent).toMatchObject({ listId: home, parentId: null })
  for (const listId of [undefined, null, work]) {
    const made = await ada.tasks.create({ title: 'child', parentId: parent.id, listId })
    expect(made).toMatchObject({ listId: home, parentId: parent.id })
  }
})

test('a task that moves takes everything below it along, in one revision', async ({ signUp, database }) => {
  const ada = await signUp()
  const [home = '', work = ''] = await addLists(database, ada.user.id, ['Home', 'Work'])
  const ids = await chain(ada, 4, { listId: home })
  const [top = '', second = ''] = ids
  const elsewhere = await ada.tasks.create({ title: 'elsewhere', listId: work })

  const moved = await ada.tasks.move({ id: second, parentId: elsewhere.id })
  expect(moved).toMatchObject({ id: second, listId: work, parentId: elsewhere.id })
  expect(await listsOf(ada, ids)).toEqual([home, work, work, work])
  const changed = (await ada.tasks.list()).items.filter(({ revision }) => revision === moved.revision)
  expect(changed.map(({ id }) => id).toSorted()).toEqual(ids.slice(1).toSorted())

  await ada.tasks.move({ id: elsewhere.id, listId: null })
  expect(await listsOf(ada, [elsewhere.id, ...ids])).toEqual([null, home, null, null, null])
  await ada.tasks.update({ id: second, parentId: top })
  expect(await listsOf(ada, ids)).toEqual([home, home, home, home])
  await ada.tasks.update({ id: top, listId: work })
  expect(await listsOf(ada, ids)).toEqual([work, work, work, work])

  await ada.history.undo({ revision: (await ada.tasks.get({ id: top })).revision })
  expect(await listsOf(ada, ids)).toEqual([home, home, home, home])
})

test("another list than the parent's takes a task from under it; the parent's own does not", async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const [home = '', work = ''] = await addLists(database, ada.user.id, ['Home', 'Work'])
  const [top = '', child = '', below = ''] = await chain(ada, 3, { listId: home })

  expect(await ada.tasks.move({ id: child, listId: home })).toMatchObject({ listId: home, parentId: top })
  expect(await ada.tasks.move({ id: child, listId: work })).toMatchObject({ listId: work, parentId: null })
  expect(await ada.tasks.get({ id: below })).toMatchObject({ listId: work, parentId: child })
  // Out from under a task, it stays in the list.
  expect(await ada.tasks.update({ id: below, parentId: null })).toMatchObject({
    listId: work,
    parentId: null,
  })
  expect(await ada.tasks.update({ id: below, parentId: top, listId: work })).toMatchObject({
    listId: home,
    parentId: top,
  })
  expect(await ada.tasks.update({ id: below, listId: null })).toMatchObject({ listId: null, parentId: null })
})

test('a task moves into a list, under another and behind a third in one revision', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const [work = ''] = await addLists(database, ada.user.id, ['Work'])
  const parent = await ada.tasks.create({ title: 'parent', listId: work })
  const last = await ada.tasks.create({ title: 'last', parentId: parent.id })
  const first = await ada.tasks.create({ title: 'first', parentId: parent.id })
  const task = await ada.tasks.create({ title: 'task' })

  const moved = await ada.tasks.move({ id: task.id, parentId: parent.id, after: first.id })
  expect(moved).toMatchObject({ listId: work, parentId: parent.id, revision: task.revision + 1 })
  const below = await ada.tasks.list({ parentId: parent.id, sort: 'position', order: 'asc' })
  expect(below.items.map(({ id }) => id)).toEqual([first.id, task.id, last.id])
})

test('what cannot be moved stays where it is, and the reason is told', async ({ signUp, database }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [foreign = ''] = await addLists(database, eve.user.id, ['Hers'])
  const theirs = await eve.tasks.create({ title: 'theirs' })
  const ids = await chain(ada, 8)
  const [top = '', second = ''] = ids
  const pair = await chain(ada, 2)
  const [, leaf = ''] = pair
  const before = (await ada.tasks.list()).items

  const refused: [Parameters<typeof ada.tasks.move>[0], string][] = [
    [{ id: top, parentId: top }, 'TASK_BELOW_ITSELF'],
    [{ id: top, parentId: ids[7] }, 'TASK_BELOW_ITSELF'],
    [{ id: second, parentId: ids[4] }, 'TASK_BELOW_ITSELF'],
    [{ id: leaf, parentId: ids[7] }, 'TOO_DEEP'],
    [{ id: pair[0] ?? '', parentId: ids[6] }, 'TOO_DEEP'],
    [{ id: leaf, parentId: randomUUID() }, 'PARENT_NOT_FOUND'],
    [{ id: leaf, parentId: theirs.id }, 'PARENT_NOT_FOUND'],
    [{ id: leaf, listId: randomUUID() }, 'LIST_NOT_FOUND'],
    [{ id: leaf, listId: foreign }, 'LIST_NOT_FOUND'],
    [{ id: leaf, listId: null, after: theirs.id }, 'TASK_NOT_FOUND'],
    [{ id: theirs.id, listId: null }, 'TASK_NOT_FOUND'],
    [{ id: leaf }, 'BAD_INPUT'],
    [{ id: leaf, after: leaf }, 'BAD_INPUT'],
  ]
  for (const [input, reason] of refused) {
    await expect(ada.tasks.move(input), JSON.stringify(input)).rejects.toMatchObject({ reason })
  }
  await expect(ada.tasks.create({ title: 'ninth', parentId: ids[7] })).rejects.toMatchObject({
    reason: 'TOO_DEEP',
  })
  expect((await ada.tasks.list()).items).toEqual(before)
  // The deepest there may be.
  expect(await ada.tasks.move({ id: leaf, parentId: ids[6] })).toMatchObject({ parentId: ids[6] })
})

test('completing a task leaves what is below it, and says how much of it is open, however deep', async ({
  signUp,
}) => {
  const ada = await signUp()
  const ids = await chain(ada, 4)
  const [top = '', second = '', third = ''] = ids
  expect(await ada.tasks.complete({ id: third })).toMatchObject({ completed: true, openSubtasks: 1 })
  expect(await ada.tasks.complete({ id: top })).toMatchObject({ completed: true, openSubtasks: 2 })
  expect(await ada.tasks.complete({ id: second })).toMatchObject({ openSubtasks: 1 })
  expect(await ada.tasks.complete({ id: ids[3] ?? '' })).toMatchObject({ openSubtasks: 0 })
})

test('deleting a task deletes everything below it in one revision, and undo brings it back', async ({
  signUp,
}) => {
  const ada = await signUp()
  const ids = await chain(ada, 5)
  const before = (await ada.tasks.list()).items.map(({ id, parentId }) => [id, parentId])
  expect(await ada.tasks.delete({ id: ids[1] ?? '' })).toEqual({ deleted: true })
  expect((await ada.tasks.list()).items.map(({ id }) => id)).toEqual([ids[0]])
  await ada.history.undo({ revision: 6 })
  expect((await ada.tasks.list()).items.map(({ id, parentId }) => [id, parentId])).toEqual(before)
})

test('a list tells how far the work below each task has come', async ({ signUp }) => {
  const ada = await signUp()
  const [top = '', second = ''] = await chain(ada, 3)
  const done = await ada.tasks.create({ title: 'done', parentId: top, completed: true })
  await ada.tasks.create({ title: 'open', parentId: top })
  const { items } = await ada.tasks.list({ withProgress: true })
  const progress = new Map(items.map((task) => [task.id, task.progress]))
  expect(progress.get(top)).toEqual({ subtasks: 3, completedSubtasks: 1 })
  expect(progress.get(second)).toEqual({ subtasks: 1, completedSubtasks: 0 })
  expect(progress.get(done.id)).toEqual({ subtasks: 0, completedSubtasks: 0 })
  expect((await ada.tasks.list()).items.some((task) => 'progress' in task)).toBe(false)
})

test("a filtered list brings what is above the tasks found, once, and no other's", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await eve.tasks.create({ title: 'found' })
  const ids = await chain(ada, 4)
  const others = await chain(ada, 2)
  for (const id of [ids[2], ids[3], others[1]]) await ada.tasks.update({ id: id ?? '', title: 'found' })

  const { items, ancestors } = await ada.tasks.list({ q: 'found', withAncestors: true })
  expect(items.map(({ id }) => id).toSorted()).toEqual([ids[2], ids[3], others[1]].toSorted())
  // The fourth's parent is found itself; the first task of all is above two of those found.
  expect(ancestors?.map(({ id }) => id).toSorted()).toEqual([ids[0], ids[1], others[0]].toSorted())
  expect(ancestors).toContainEqual(await ada.tasks.get({ id: ids[0] ?? '' }))
  // With a page that ends before its parent, a parent is above it too.
  const page = await ada.tasks.list({
    q: 'found',
    sort: 'number',
    order: 'desc',
    limit: 2,
    withAncestors: true,
  })
  expect(page.items.map(({ id }) => id)).toEqual([others[1], ids[3]])
  expect(page.ancestors?.map(({ id }) => id).toSorted()).toEqual(
    [others[0], ids[0], ids[1], ids[2]].toSorted(),
  )
  expect(await eve.tasks.list({ withAncestors: true })).toMatchObject({ ancestors: [] })
})
