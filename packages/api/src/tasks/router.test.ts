import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { sortable, test } from '../testing.fixture.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/

test('create gives the stored row with its defaults', async ({ signUp, database }) => {
  const ada = await signUp()
  const task = await ada.tasks.create({ title: 'Buy oat milk' })
  expect(task).toEqual({
    id: expect.stringMatching(uuid),
    number: 1,
    title: 'Buy oat milk',
    description: null,
    status: 'pending',
    completed: false,
    completedAt: null,
    priority: 'medium',
    due: null,
    recurrence: null,
    series: null,
    listId: null,
    parentId: null,
    tagIds: [],
    position: expect.any(String),
    createdAt: expect.stringMatching(timestamp),
    updatedAt: task.createdAt,
    revision: 1,
  })
  expect(await ada.tasks.get({ id: task.id })).toEqual(task)
  const [row] = await database.query<{ user_id: string; title: string }>(
    'select user_id, title from tasks where id = $1',
    [task.id],
  )
  expect(row).toEqual({ user_id: ada.user.id, title: 'Buy oat milk' })
})

test('create keeps every field it is given', async ({ signUp }) => {
  const ada = await signUp()
  const given = {
    id: randomUUID(),
    title: 'Call the dentist',
    description: '**Ask** about Friday',
    priority: 'high',
    status: 'in_progress',
    due: { dateTime: '2026-11-25T08:30:00Z', timeZone: 'Europe/Paris' },
  } as const
  expect(await ada.tasks.create(given)).toMatchObject(given)
  expect(await ada.tasks.get({ id: given.id })).toMatchObject(given)
})

test('an explicit null priority means none, an omitted one means medium', async ({ signUp }) => {
  const ada = await signUp()
  expect(await ada.tasks.create({ title: 'None', priority: null })).toMatchObject({ priority: null })
  expect(await ada.tasks.create({ title: 'Medium' })).toMatchObject({ priority: 'medium' })
})

test('a title is trimmed and has 1 to 200 code points, a description at most 1,000', async ({ signUp }) => {
  const ada = await signUp()
  expect(await ada.tasks.create({ title: '  spaced \n' })).toMatchObject({ title: 'spaced' })
  const longest = { title: '😀'.repeat(200), description: '😀'.repeat(1000) }
  expect(await ada.tasks.create(longest)).toMatchObject(longest)
  for (const wrong of [
    { title: '' },
    { title: ' \t\n\u3000' },
    { title: '😀'.repeat(201) },
    { title: 'x'.repeat(1_000_000) },
    { title: 'x', description: 'y'.repeat(1001) },
  ]) {
    await expect(ada.tasks.create(wrong)).rejects.toMatchObject({
      reason: 'BAD_INPUT',
      issues: [{ path: 'description' in wrong ? 'description' : 'title' }],
    })
  }
  expect(await ada.tasks.stats()).toMatchObject({ total: 2 })
})

test('a client may bring the id, and the same id a second time is refused as TASK_EXISTS', async ({
  signUp,
}) => {
  const ada = await signUp()
  const id = randomUUID()
  await ada.tasks.create({ id: id.toUpperCase(), title: 'First' })
  await expect(ada.tasks.create({ id, title: 'Second' })).rejects.toMatchObject({ reason: 'TASK_EXISTS' })
  expect(await ada.tasks.get({ id })).toMatchObject({ id, title: 'First' })
})

test('two users may use the same id without meeting each other', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const id = randomUUID()
  await ada.tasks.create({ id, title: "Ada's" })
  await eve.tasks.create({ id, title: "Eve's" })
  await eve.tasks.update({ id, title: "Eve's own" })
  expect(await eve.tasks.delete({ id })).toEqual({ deleted: true })
  expect(await ada.tasks.get({ id })).toMatchObject({ title: "Ada's", revision: 1 })
})

test("another user's task does not exist, by whatever procedure", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const { id, number } = await ada.tasks.create({ title: 'Secret' })
  const notFound = { reason: 'TASK_NOT_FOUND', message: 'There is no such task.' }

  await expect(eve.tasks.get({ id })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.get({ number })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.update({ id, title: 'Mine' })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.update({ id, title: 'Mine', ifRevision: 1 })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.complete({ id })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.reopen({ id })).rejects.toMatchObject(notFound)
  await expect(eve.tasks.reorder({ id, after: null })).rejects.toMatchObject(notFound)
  expect(await eve.tasks.delete({ id })).toEqual({ deleted: false })
  expect(await eve.tasks.list()).toMatchObject({ items: [] })

  // The test means nothing unless Ada still has it.
  expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Secret', revision: 1 })
})

test('numbers count from one for each user and are never given twice', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const [first, second] = [await ada.tasks.create({ title: 'a' }), await ada.tasks.create({ title: 'b' })]
  expect([first.number, second.number]).toEqual([1, 2])
  expect((await eve.tasks.create({ title: 'c' })).number).toBe(1)
  await ada.tasks.delete({ id: second.id })
  expect((await ada.tasks.create({ title: 'd' })).number).toBe(3)
  expect(await ada.tasks.get({ number: 1 })).toEqual(first)
  await expect(ada.tasks.get({ number: 2 })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
})

test('a user who creates forty tasks at once gets forty numbers without a gap', async ({ signUp }) => {
  const ada = await signUp()
  const made = await Promise.all(Array.from({ length: 40 }, (_, n) => ada.tasks.create({ title: `${n}` })))
  expect(made.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, n) => n + 1),
  )
  expect(new Set(made.map(({ revision }) => revision)).size).toBe(40)
})

test('update changes only the given fields', async ({ signUp }) => {
  const ada = await signUp()
  const before = await ada.tasks.create({
    title: 'Paint the fence',
    description: 'green',
    priority: 'low',
    due: { date: '2026-12-01' },
  })
  const { id } = before
  const changes = [
    { title: 'Paint the gate' },
    { description: null },
    { priority: null },
    { due: { dateTime: '2026-12-01T10:00:00Z', timeZone: 'UTC' } },
    { due: null },
    { status: 'in_progress' as const },
  ]
  let expected = before
  for (const change of changes) {
    const after = await ada.tasks.update({ id, ...change })
    expected = {
      ...expected,
      ...change,
      revision: expected.revision + 1,
      updatedAt: after.updatedAt,
    }
    expect(after).toEqual(expected)
    expect(await ada.tasks.get({ id })).toEqual(expected)
  }
  expect(sortable(expected.updatedAt) > sortable(before.updatedAt)).toBe(true)
  expect(expected.createdAt).toBe(before.createdAt)
})

test('an update without a field to change is refused, one that changes nothing takes no revision', async ({
  signUp,
}) => {
  const ada = await signUp()
  const task = await ada.tasks.create({ title: 'Same', due: { date: '2026-12-01' } })
  await expect(ada.tasks.update({ id: task.id })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  const same = { id: task.id, title: 'Same', due: { date: '2026-12-01' }, completed: false } as const
  expect(await ada.tasks.update(same)).toEqual(task)
  expect((await ada.tasks.create({ title: 'Next' })).revision).toBe(task.revision + 1)
})

test('completed follows status, and completed: false reopens only what is completed', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Done at birth', completed: true })
  const done = await ada.tasks.get({ id })
  expect(done).toMatchObject({ status: 'completed', completed: true, completedAt: done.createdAt })

  const reopened = await ada.tasks.update({ id, completed: false })
  expect(reopened).toMatchObject({ status: 'pending', completed: false, completedAt: null })

  await ada.tasks.update({ id, status: 'in_progress' })
  const still = await ada.tasks.update({ id, completed: false, title: 'Under way' })
  expect(still).toMatchObject({ status: 'in_progress', title: 'Under way' })

  expect(await ada.tasks.update({ id, status: 'completed', completed: true })).toMatchObject({
    completed: true,
  })
})

test('status and completed that contradict each other are refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Task' })
  const refused = { reason: 'BAD_INPUT', issues: [{ path: 'completed', message: 'Contradicts status.' }] }
  for (const wrong of [
    { status: 'completed', completed: false },
    { status: 'pending', completed: true },
    { status: 'in_progress', completed: true },
  ] as const) {
    await expect(ada.tasks.create({ title: 'Wrong', ...wrong })).rejects.toMatchObject(refused)
    await expect(ada.tasks.update({ id, ...wrong })).rejects.toMatchObject(refused)
    await expect(ada.tasks.bulk({ ids: [id], change: wrong })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
  expect(await ada.tasks.get({ id })).toMatchObject({ status: 'pending', revision: 1 })
})

test('complete and reopen may be said twice, and completed_at stays the first time', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Task' })
  const done = await ada.tasks.complete({ id })
  expect(done).toMatchObject({ status: 'completed', completed: true, completedAt: done.updatedAt })
  expect(await ada.tasks.complete({ id })).toEqual(done)
  expect(await ada.tasks.update({ id, title: 'Renamed' })).toMatchObject({ completedAt: done.completedAt })
  const open = await ada.tasks.reopen({ id })
  expect(open).toMatchObject({ status: 'pending', completedAt: null })
  expect(await ada.tasks.reopen({ id })).toEqual(open)
})

test('a change based on an earlier revision is a conflict that brings the row as it is now', async ({
  signUp,
}) => {
  const ada = await signUp()
  const task = await ada.tasks.create({ title: 'Version 1' })
  const { id } = task
  const current = await ada.tasks.update({ id, title: 'Version 2', ifRevision: task.revision })
  const conflict = { reason: 'REVISION_CONFLICT', current }

  await expect(ada.tasks.update({ id, title: 'Lost', ifRevision: task.revision })).rejects.toMatchObject(
    conflict,
  )
  await expect(ada.tasks.update({ id, title: 'Lost', ifRevision: 9_999 })).rejects.toMatchObject(conflict)
  await expect(ada.tasks.complete({ id, ifRevision: task.revision })).rejects.toMatchObject(conflict)
  await expect(ada.tasks.reopen({ id, ifRevision: task.revision })).rejects.toMatchObject(conflict)
  await expect(ada.tasks.delete({ id, ifRevision: task.revision })).rejects.toMatchObject(conflict)
  expect(await ada.tasks.get({ id })).toEqual(current)
  expect(await ada.tasks.delete({ id, ifRevision: current.revision })).toEqual({ deleted: true })
})

test('of twenty changes based on the same revision exactly one happens', async ({ signUp }) => {
  const ada = await signUp()
  const { id, revision } = await ada.tasks.create({ title: 'Race' })
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, n) => ada.tasks.update({ id, title: `${n}`, ifRevision: revision })),
  )
  const won = results.filter((result) => result.status === 'fulfilled')
  expect(won).toHaveLength(1)
  expect(await ada.tasks.get({ id })).toEqual(won[0]?.value)
})

test('delete tells whether the task was there', async ({ signUp, database }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Task' })
  expect(await ada.tasks.delete({ id })).toEqual({ deleted: true })
  expect(await ada.tasks.delete({ id })).toEqual({ deleted: false })
  expect(await ada.tasks.delete({ id, ifRevision: 1 })).toEqual({ deleted: false })
  expect(await ada.tasks.delete({ id: randomUUID() })).toEqual({ deleted: false })
  expect(await database.query('select from tasks where id = $1', [id])).toEqual([])
  await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
})

test('a stranger is told to sign in, before anything is said about the input', async ({ stranger }) => {
  const unauthenticated = { reason: 'UNAUTHENTICATED' }
  await expect(stranger.tasks.list()).rejects.toMatchObject(unauthenticated)
  await expect(stranger.tasks.create({ title: '', nonsense: 1 } as never)).rejects.toMatchObject(
    unauthenticated,
  )
  await expect(stranger.tasks.get({ id: 'nonsense' })).rejects.toMatchObject(unauthenticated)
})
