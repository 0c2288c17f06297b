import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'

test('bulk answers for each id, and ids of others are not there', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const mine = await ada.tasks.create({ title: 'mine' })
  const theirs = await eve.tasks.create({ title: 'theirs' })
  const unknown = randomUUID()

  const { results } = await ada.tasks.bulk({
    ids: [theirs.id, mine.id, unknown],
    change: { status: 'completed', priority: 'high' },
  })
  expect(results).toEqual([
    { id: theirs.id, ok: false, reason: 'TASK_NOT_FOUND' },
    { id: mine.id, ok: true },
    { id: unknown, ok: false, reason: 'TASK_NOT_FOUND' },
  ])
  expect(await ada.tasks.get({ id: mine.id })).toMatchObject({
    completed: true,
    priority: 'high',
    title: 'mine',
  })
  expect(await eve.tasks.get({ id: theirs.id })).toEqual(theirs)
})

test('bulk sets status, priority and due of many at once, or clears them', async ({ signUp }) => {
  const ada = await signUp()
  const ids = (await Promise.all(['a', 'b'].map((title) => ada.tasks.create({ title })))).map(({ id }) => id)
  const states = async () =>
    (await Promise.all(ids.map((id) => ada.tasks.get({ id })))).map(({ status, priority, due }) => ({
      status,
      priority,
      due,
    }))
  await ada.tasks.bulk({ ids, change: { due: { date: '2026-12-24' }, priority: 'low' } })
  const changed = { status: 'pending', priority: 'low', due: { date: '2026-12-24' } }
  expect(await states()).toEqual([changed, changed])
  await ada.tasks.bulk({ ids, change: { due: null, priority: null, completed: true } })
  const cleared = { status: 'completed', priority: null, due: null }
  expect(await states()).toEqual([cleared, cleared])
  await ada.tasks.bulk({ ids, change: { completed: false } })
  expect(await states()).toEqual([
    { ...cleared, status: 'pending' },
    { ...cleared, status: 'pending' },
  ])
})

test('bulk deletes what is there and says what was not', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const mine = await ada.tasks.create({ title: 'mine' })
  const kept = await ada.tasks.create({ title: 'kept' })
  const theirs = await eve.tasks.create({ title: 'theirs' })
  const ids = [mine.id, theirs.id]
  expect(await ada.tasks.bulk({ ids, change: { delete: true } })).toEqual({
    results: [
      { id: mine.id, ok: true },
      { id: theirs.id, ok: false, reason: 'TASK_NOT_FOUND' },
    ],
  })
  expect((await ada.tasks.list()).items).toEqual([kept])
  expect((await eve.tasks.list()).items).toEqual([theirs])
})

test('a bulk change of a thousand tasks is one revision', async ({ signUp, database }) => {
  const ada = await signUp()
  await database.query(
    `insert into tasks (user_id, title) select $1, 'task ' || n from generate_series(1, 1000) n`,
    [ada.user.id],
  )
  const rows = await database.query<{ id: string }>('select id from tasks where user_id = $1', [ada.user.id])
  const { results } = await ada.tasks.bulk({ ids: rows.map(({ id }) => id), change: { completed: true } })
  expect(results.every(({ ok }) => ok)).toBe(true)
  expect(
    await database.query(
      'select count(*)::int, revision::int from tasks where user_id = $1 group by revision',
      [ada.user.id],
    ),
  ).toEqual([{ count: 1000, revision: 2 }])
})

test('more than 1,000 ids, no ids, the same id twice and no change are refused', async ({ signUp }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'kept' })
  const change = { delete: true } as const
  const refuses = (input: Parameters<typeof ada.tasks.bulk>[0], message: string) =>
    expect(ada.tasks.bulk(input)).rejects.toMatchObject({ reason: 'BAD_INPUT', issues: [{ message }] })

  await refuses(
    { ids: [id, ...Array.from({ length: 1000 }, () => randomUUID())], change },
    'At most 1,000 tasks at once.',
  )
  await refuses({ ids: [id, id.toUpperCase()], change }, 'Each id may be given once.')
  await expect(ada.tasks.bulk({ ids: [], change })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  await refuses({ ids: [id], change: {} }, 'Give at least one field to change.')
  for (const wrong of [{ delete: false }, { delete: true, priority: 'high' }, { title: 'x' }]) {
    const input = { ids: [id], change: wrong as never }
    await expect(ada.tasks.bulk(input)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
  expect(await ada.tasks.get({ id })).toMatchObject({ revision: 1 })
})
