import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'
import { positionsBetween } from './position.ts'

const byPosition = { sort: 'position', order: 'asc' } as const

test('a new task comes first, whatever was moved to the top before', async ({ signUp }) => {
  const ada = await signUp({ now: '2026-11-21T09:00:00Z' })
  const titles = async () => (await ada.tasks.list(byPosition)).items.map(({ title }) => title)
  const make = async (title: string) => {
    ada.clock.now = new Date(Number(ada.clock.now) + 1000)
    return ada.tasks.create({ title })
  }
  const [a] = [await make('a'), await make('b'), await make('c')]
  expect(await titles()).toEqual(['c', 'b', 'a'])
  await ada.tasks.reorder({ id: a.id, after: null })
  await make('d')
  expect(await titles()).toEqual(['d', 'a', 'c', 'b'])
})

test('reorder puts a task first or right behind another', async ({ signUp }) => {
  const ada = await signUp({ now: '2026-11-21T09:00:00Z' })
  const tasks = []
  for (const title of ['c', 'b', 'a']) {
    ada.clock.now = new Date(Number(ada.clock.now) + 1000)
    tasks.unshift(await ada.tasks.create({ title }))
  }
  const [a, b, c] = tasks as [(typeof tasks)[0], (typeof tasks)[0], (typeof tasks)[0]]
  const titles = async () => (await ada.tasks.list(byPosition)).items.map(({ title }) => title).join('')

  expect(await ada.tasks.reorder({ id: c.id, after: null })).toMatchObject({ id: c.id, title: 'c' })
  expect(await titles()).toBe('cab')
  await ada.tasks.reorder({ id: c.id, after: b.id })
  expect(await titles()).toBe('abc')
  await ada.tasks.reorder({ id: a.id, after: b.id })
  expect(await titles()).toBe('bac')
  await ada.tasks.reorder({ id: a.id, after: b.id })
  expect(await titles()).toBe('bac')
})

test('a task cannot go behind one that is not there, or behind itself', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const task = await ada.tasks.create({ title: 'a' })
  const others = await eve.tasks.create({ title: 'e' })
  const notFound = { reason: 'TASK_NOT_FOUND' }
  await expect(ada.tasks.reorder({ id: task.id, after: randomUUID() })).rejects.toMatchObject(notFound)
  await expect(ada.tasks.reorder({ id: task.id, after: others.id })).rejects.toMatchObject(notFound)
  await expect(ada.tasks.reorder({ id: randomUUID(), after: task.id })).rejects.toMatchObject(notFound)
  await expect(ada.tasks.reorder({ id: task.id, after: task.id })).rejects.toMatchObject({
    reason: 'BAD_INPUT',
  })
  expect(await ada.tasks.get({ id: task.id })).toEqual(task)
})

test('a task goes right behind one that shares its position with others, and these move on', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  for (const title of ['a', 'b', 'c', 'd', 'e']) await ada.tasks.create({ title })
  await database.query(
    `update tasks set position = case title when 'e' then 'a1' else 'a0' end where user_id = $1`,
    [ada.user.id],
  )
  const tasks = async () => (await ada.tasks.list(byPosition)).items
  const before = await tasks()
  const [first, second, third, fourth, last] = before.map(({ id }) => id) as Five

  const moved = await ada.tasks.reorder({ id: fourth, after: second })
  const after = await tasks()
  expect(after.map(({ id }) => id)).toEqual([first, second, fourth, third, last])
  // One revision, and whoever need not move stays.
  expect(after.filter(({ revision }) => revision === moved.revision).map(({ id }) => id)).toEqual([
    fourth,
    third,
  ])
  expect([after[0], after[1], after[4]]).toEqual([before[0], before[1], before[4]])

  await ada.tasks.reorder({ id: last, after: fourth })
  await ada.tasks.reorder({ id: third, after: null })
  expect((await tasks()).map(({ id }) => id)).toEqual([third, first, second, fourth, last])
})

test('fifty random moves leave the order that a plain list would have', async ({
  signUp,
  task: { id: seed },
}) => {
  const ada = await signUp()
  let model: string[] = []
  for (let n = 0; n < 12; n++) {
    const { id } = await ada.tasks.create({ title: `${n}` })
    await ada.tasks.reorder({ id, after: model.at(-1) ?? null })
    model.push(id)
  }
  const random = seeded(20_261_121)
  for (let n = 0; n < 50; n++) {
    const id = model[random(model.length)] ?? ''
    const rest = model.filter((other) => other !== id)
    const place = random(rest.length + 1)
    await ada.tasks.reorder({ id, after: rest[place - 1] ?? null })
    model = rest.toSpliced(place, 0, id)
    expect(
      (await ada.tasks.list(byPosition)).items.map((task) => task.id),
      `move ${n}, ${seed}`,
    ).toEqual(model)
  }
})

test('five hundred moves to the same place keep positions short enough to store', async ({ signUp }) => {
  const ada = await signUp()
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((title) => ada.tasks.create({ title })))
  for (let n = 0; n < 250; n++) {
    await ada.tasks.reorder({ id: b?.id ?? '', after: a?.id ?? '' })
    const { position } = await ada.tasks.reorder({ id: c?.id ?? '', after: a?.id ?? '' })
    expect(position.length).toBeLessThan(255)
  }
})

test('positions that have grown long are made short again, of as few tasks as will do', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const ids: string[] = []
  for (let n = 0; n < 60; n++) ids.unshift((await ada.tasks.create({ title: `${n}` })).id)
  // As after hundreds of moves between the same two, once behind the one and once before the other.
  const positions = positionsBetween(null, null, 60)
  let [low = '', high = ''] = positions.slice(29, 31)
  for (let n = 0; low.length <= 100; n++) {
    const [between = ''] = positionsBetween(low, high, 1)
    if (n % 2 === 0) low = between
    else high = between
  }
  positions.splice(29, 2, low, high)
  await database.query(
    `update tasks t set position = p from unnest($2::uuid[], $3::text[]) list(id, p) where user_id = $1 and t.id = list.id`,
    [ada.user.id, ids, positions],
  )
  const list = async () => (await ada.tasks.list(byPosition)).items
  const order = (await list()).map(({ id }) => id)
  const [moved = '', after = ''] = [order[3], order[29]]

  const { position, revision } = await ada.tasks.reorder({ id: moved, after })
  const now = await list()
  const rest = order.filter((id) => id !== moved)
  expect(now.map(({ id }) => id)).toEqual(rest.toSpliced(rest.indexOf(after) + 1, 0, moved))
  expect(position.length).toBeLessThanOrEqual(50)
  expect(now.filter((task) => task.revision === revision).length).toBeLessThanOrEqual(33)
  expect(Math.max(...now.map((task) => task.position.length))).toBeLessThanOrEqual(50)
})

test('moves by several devices at once lose no task and none ends before the one it was put behind', async ({
  signUp,
}) => {
  const ada = await signUp()
  const tasks = []
  for (let n = 0; n < 6; n++) tasks.push(await ada.tasks.create({ title: `${n}` }))
  const [anchor, ...others] = tasks
  const results = await Promise.allSettled(
    others.map(({ id }) => ada.tasks.reorder({ id, after: anchor?.id ?? null })),
  )
  // Every one is done or refused as a conflict to try again, and all tasks are still there once.
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ reason: 'WRITE_CONFLICT' })
  }
  const { items } = await ada.tasks.list(byPosition)
  expect(new Set(items.map(({ id }) => id)).size).toBe(6)
  expect(items.findIndex(({ id }) => id === anchor?.id)).toBe(0)
})

type Five = [string, string, string, string, string]

/** Marsaglia's xorshift: the same moves in every run. */
function seeded(state: number): (below: number) => number {
  let value = state
  return (below) => {
    value ^= value << 13
    value ^= value >>> 17
    value ^= value << 5
    return (value >>> 0) % below
  }
}
