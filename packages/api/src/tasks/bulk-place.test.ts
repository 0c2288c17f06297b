import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'
import { addLists, addTags } from '../organized.fixture.ts'

const titled = async (ada: SignedUp, titles: string) => {
  const ids: string[] = []
  for (const title of titles) ids.push((await ada.tasks.create({ title })).id)
  return ids
}

const found = async (ada: SignedUp, filter: Parameters<SignedUp['tasks']['list']>[0]) =>
  (await ada.tasks.list({ ...filter, sort: 'title', order: 'asc' })).items.map(({ title }) => title).join('')

test('a filter chooses the tasks of a bulk change, and each is told of', async ({ signUp, database }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [home = ''] = await addLists(database, ada.user.id, ['Home'])
  const ids = await titled(ada, 'abcd')
  await eve.tasks.create({ title: 'a' })
  await ada.tasks.bulk({ ids: ids.slice(0, 3), change: { priority: 'high' } })

  const { results } = await ada.tasks.bulk({
    filter: { priority: 'high' },
    change: { listId: home, completed: true },
  })
  expect(results.toSorted(byId)).toEqual(
    ids
      .slice(0, 3)
      .map((id) => ({ id, ok: true }))
      .toSorted(byId),
  )
  expect(await found(ada, { listId: home, completed: true })).toBe('abc')
  expect(await ada.tasks.bulk({ filter: { q: 'no such' }, change: { delete: true } })).toEqual({
    results: [],
  })
  // The order of a saved view says nothing here.
  await ada.tasks.bulk({ filter: { listId: home, sort: 'title', order: 'asc' }, change: { delete: true } })
  expect(await found(ada, {})).toBe('d')
  expect(await found(eve, {})).toBe('a')
})

test('a filter that matches another number than was confirmed, or more than 1,000, changes nothing', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  await database.query(
    `insert into tasks (user_id, title) select $1, 'task ' || n from generate_series(1, 1001) n`,
    [ada.user.id],
  )
  const change = { priority: 'high' } as const
  await expect(ada.tasks.bulk({ filter: {}, change })).rejects.toMatchObject({
    reason: 'TOO_MANY_TASKS',
    issues: [{ path: 'filter', message: '1,001 tasks match. At most 1,000 can be changed at once.' }],
  })
  await expect(ada.tasks.bulk({ filter: { q: 'task 99' }, confirm: 10, change })).rejects.toMatchObject({
    reason: 'MATCHES_DIFFER',
    issues: [{ path: 'confirm', message: '11 tasks match.' }],
  })
  expect(await ada.tasks.list({ priority: 'high' })).toMatchObject({ items: [] })
  const { results } = await ada.tasks.bulk({ filter: { q: 'task 99' }, confirm: 11, change })
  expect(results).toHaveLength(11)
  await ada.tasks.bulk({ filter: { q: 'task 1001' }, change: { delete: true } })
  expect((await ada.tasks.bulk({ filter: {}, change })).results).toHaveLength(1000)
})

test('ids and a filter at once, neither, or a confirmation without a filter are refused', async ({
  signUp,
}) => {
  const ada = await signUp()
  const ids = await titled(ada, 'a')
  const change = { priority: 'low' } as const
  for (const wrong of [
    { change },
    { ids, filter: {}, change },
    { ids, confirm: 1, change },
    { filter: {}, confirm: 1001, change },
    { filter: { limit: 1 }, change },
    { ids, change: { tagIds: [], addTagIds: [randomUUID()] } },
    { ids, change: { title: 'x' } },
  ]) {
    await expect(ada.tasks.bulk(wrong as never), JSON.stringify(wrong)).rejects.toMatchObject({
      reason: 'BAD_INPUT',
    })
  }
})

test('many tasks go under one parent; those that may not are told apart, and the others go', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const [home = ''] = await addLists(database, ada.user.id, ['Home'])
  const [top = '', parent = '', deep = '', child = '', single = ''] = await titled(ada, 'abcde')
  await ada.tasks.move({ id: top, listId: home })
  await ada.tasks.move({ id: parent, parentId: top })
  // Seven levels of their own, which do not fit under the second.
  let below = deep
  for (let level = 2; level <= 7; level++) {
    below = (await ada.tasks.create({ title: `${level}`, parentId: below })).id
  }
  await ada.tasks.move({ id: child, parentId: deep })
  const unknown = randomUUID()

  const ids = [top, parent, deep, child, single, unknown]
  expect(await ada.tasks.bulk({ ids, change: { parentId: parent } })).toEqual({
    results: [
      { id: top, ok: false, reason: 'TASK_BELOW_ITSELF' },
      { id: parent, ok: false, reason: 'TASK_BELOW_ITSELF' },
      { id: deep, ok: false, reason: 'TOO_DEEP' },
      { id: child, ok: true },
      { id: single, ok: true },
      { id: unknown, ok: false, reason: 'TASK_NOT_FOUND' },
    ],
  })
  expect(await found(ada, { parentId: parent, listId: home })).toBe('de')
  const one = await ada.tasks.get({ id: child })
  expect(await ada.tasks.get({ id: single })).toMatchObject({ revision: one.revision })

  await expect(ada.tasks.bulk({ ids, change: { parentId: unknown } })).rejects.toMatchObject({
    reason: 'PARENT_NOT_FOUND',
  })
  await expect(ada.tasks.bulk({ ids, change: { listId: unknown } })).rejects.toMatchObject({
    reason: 'LIST_NOT_FOUND',
  })
  await ada.tasks.bulk({ ids: [child, single], change: { parentId: null } })
  expect(await found(ada, { parentId: null, listId: home })).toBe('ade')
})

test('a parent and its subtasks that go to a list together stay together; a subtask alone leaves its parent', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const [home = '', work = ''] = await addLists(database, ada.user.id, ['Home', 'Work'])
  const [a = '', b = '', c = '', d = ''] = await titled(ada, 'abcd')
  await ada.tasks.bulk({ ids: [b], change: { parentId: a } })
  await ada.tasks.bulk({ ids: [c], change: { parentId: b } })
  await ada.tasks.bulk({ ids: [d], change: { parentId: c } })

  // The second is not chosen, but goes along: so the third stays below it.
  await ada.tasks.bulk({ ids: [c, a], change: { listId: home } })
  const places = async () =>
    (await ada.tasks.list({ sort: 'title', order: 'asc' })).items.map((task) => [task.listId, task.parentId])
  expect(await places()).toEqual([
    [home, null],
    [home, a],
    [home, b],
    [home, c],
  ])
  await ada.tasks.bulk({ ids: [c], change: { listId: work } })
  expect(await places()).toEqual([
    [home, null],
    [home, a],
    [work, null],
    [work, c],
  ])
})

test('tags are added to many and taken from many; a task that would have more than fifty keeps its own', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const tags = await addTags(
    database,
    ada.user.id,
    Array.from({ length: 51 }, (_, n) => `tag ${n}`),
  )
  const [x = '', y = '', z = ''] = tags
  const [a = '', b = '', full = ''] = await titled(ada, 'abf')
  await ada.tasks.update({ id: a, tagIds: [z, x, z] })
  await ada.tasks.update({ id: full, tagIds: tags.slice(1) })
  const tagsOf = async (id: string) => (await ada.tasks.get({ id })).tagIds

  const ids = [a, b, full]
  expect((await ada.tasks.bulk({ ids, change: { addTagIds: [x], removeTagIds: [z] } })).results).toEqual(
    ids.map((id) => ({ id, ok: true })),
  )
  expect([await tagsOf(a), await tagsOf(b)]).toEqual([[x], [x]])
  expect((await tagsOf(full)).length).toBe(50)
  expect((await ada.tasks.bulk({ ids, change: { addTagIds: [y, z] } })).results).toEqual([
    { id: a, ok: true },
    { id: b, ok: true },
    { id: full, ok: false, reason: 'TOO_MANY_TAGS' },
  ])
  expect(await tagsOf(a)).toEqual([x, y, z].toSorted())
  await expect(ada.tasks.update({ id: full, addTagIds: [z] })).rejects.toMatchObject({
    reason: 'TOO_MANY_TAGS',
  })
  await ada.tasks.bulk({ ids, change: { tagIds: [y] } })
  expect(await tagsOf(full)).toEqual([y])
  // What changes nothing is no change.
  const { revision } = await ada.tasks.get({ id: a })
  await ada.tasks.bulk({ ids, change: { addTagIds: [y], removeTagIds: [z] } })
  expect(await ada.tasks.get({ id: a })).toMatchObject({ revision })
})

test("another user's tags and tags that are none are refused for all", async ({ signUp, database }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [theirs = ''] = await addTags(database, eve.user.id, ['theirs'])
  const [mine = ''] = await addTags(database, ada.user.id, ['mine'])
  const ids = await titled(ada, 'ab')
  for (const tag of [theirs, randomUUID()]) {
    const refused = { reason: 'TAG_NOT_FOUND' }
    await expect(ada.tasks.bulk({ ids, change: { addTagIds: [mine, tag] } })).rejects.toMatchObject(refused)
    await expect(ada.tasks.update({ id: ids[0] ?? '', tagIds: [tag] })).rejects.toMatchObject(refused)
    await expect(ada.tasks.create({ title: 'x', tagIds: [tag] })).rejects.toMatchObject(refused)
    // To take away what is not there is no mistake.
    await ada.tasks.bulk({ ids, change: { removeTagIds: [tag] } })
  }
  expect((await ada.tasks.list()).items.map(({ tagIds }) => tagIds)).toEqual([[], []])
})

function byId(a: { id: string }, b: { id: string }) {
  return a.id < b.id ? -1 : 1
}
