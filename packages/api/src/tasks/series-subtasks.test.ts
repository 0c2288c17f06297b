import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'

const now = '2026-11-21T12:00:00Z'
const weekly = { title: 'Clean', due: { date: '2026-11-21' }, recurrence: { rule: 'FREQ=WEEKLY' } }

/** What hangs on a task, as lines: two spaces a level. */
async function treeOf({ tasks }: SignedUp, parentId: string, indent = ''): Promise<string[]> {
  const { items } = await tasks.list({ parentId, sort: 'number', order: 'asc' })
  const lines = []
  for (const { id, title, status, due, recurrence, series } of items) {
    const when = due && ('date' in due ? due.date : due.dateTime)
    const rule = recurrence ? `${recurrence.rule} #${series?.number}` : series && `#${series.number}`
    lines.push(`${indent}${[title, status, when, rule].filter(Boolean).join(' | ')}`)
    lines.push(...(await treeOf({ tasks } as SignedUp, id, `${indent}  `)))
  }
  return lines
}

test('subtasks come with the next one: the whole tree, open, and as much later as it is', async ({
  signUp,
}) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create({ ...weekly, priority: 'high' })
  const sub = (title: string, parentId: string, more: object = {}) =>
    ada.tasks.create({ title, parentId, ...more }).then((task) => task.id)
  const kitchen = await sub('Kitchen', id, { due: { date: '2026-11-20' } })
  await sub('Oven', kitchen, {
    due: { dateTime: '2026-11-20T09:00:00Z', timeZone: 'Europe/Paris' },
    status: 'completed',
    description: 'inside too',
    priority: 'low',
  })
  await sub('Bath', id, { status: 'in_progress' })
  const before = await treeOf(ada, id)

  const { next, openSubtasks } = await ada.tasks.complete({ id })
  expect(openSubtasks).toBe(2)
  expect(await treeOf(ada, next?.id ?? '')).toEqual([
    'Kitchen | pending | 2026-11-27',
    '  Oven | pending | 2026-11-27T09:00:00Z',
    'Bath | pending',
  ])
  // What was done stays with what is over.
  expect(await treeOf(ada, id)).toEqual(before)
  const { items } = await ada.tasks.list({ q: 'inside too', sort: 'number', order: 'asc' })
  expect(items).toMatchObject([{ priority: 'low' }, { priority: 'low', due: { timeZone: 'Europe/Paris' } }])
  expect(new Set((await ada.tasks.list({})).items.map(({ number }) => number)).size).toBe(8)
})

test('at eight levels everything comes along', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  let parentId = id
  for (let level = 2; level <= 8; level++)
    parentId = (await ada.tasks.create({ title: `${level}`, parentId })).id
  const { next } = await ada.tasks.complete({ id })
  const lines = await treeOf(ada, next?.id ?? '')
  expect(lines).toHaveLength(7)
  expect(lines.at(-1)).toBe(`${'  '.repeat(6)}8 | pending`)
})

test('over the end of summer time a subtask keeps its time on the clock on the wall', async ({ signUp }) => {
  const ada = await signUp({ now: '2026-10-20T12:00:00Z', timeZone: 'Europe/Paris' })
  const { id } = await ada.tasks.create({ ...weekly, due: { date: '2026-10-24' } })
  await ada.tasks.create({
    title: 'Call',
    parentId: id,
    due: { dateTime: '2026-10-23T07:00:00Z', timeZone: 'Europe/Paris' },
  })
  const { next } = await ada.tasks.complete({ id })
  expect(await treeOf(ada, next?.id ?? '')).toEqual(['Call | pending | 2026-10-30T08:00:00Z'])
})

test('a subtask that comes again by itself moves along and keeps its series, and what it was before stays', async ({
  signUp,
}) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  const daily = await ada.tasks.create({
    title: 'Sweep',
    parentId: id,
    due: { date: '2026-11-21' },
    recurrence: { rule: 'FREQ=DAILY' },
  })
  await ada.tasks.create({ title: 'Broom', parentId: daily.id })
  const second = (await ada.tasks.complete({ id: daily.id })).next
  const { next } = await ada.tasks.complete({ id })
  expect(await treeOf(ada, next?.id ?? '')).toEqual([
    'Sweep | pending | 2026-11-22 | FREQ=DAILY #2',
    '  Broom | pending',
  ])
  expect(await treeOf(ada, id)).toEqual(['Sweep | completed | 2026-11-21 | #1', '  Broom | pending'])
  expect(await ada.tasks.get({ id: second?.id ?? '' })).toMatchObject({ parentId: next?.id })
})

test('parent and recurring subtask completed in one bulk change each have one next', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  const daily = await ada.tasks.create({ title: 'Sweep', parentId: id, recurrence: { rule: 'FREQ=DAILY' } })
  const plain = await ada.tasks.create({ title: 'Dust', parentId: id })
  await ada.tasks.bulk({ ids: [id, daily.id, plain.id], change: { completed: true } })
  const [next, ...others] = (await ada.tasks.list({ completed: false, parentId: null })).items
  expect(others).toEqual([])
  expect(await treeOf(ada, next?.id ?? '')).toEqual([
    'Sweep | pending | 2026-11-22 | FREQ=DAILY #2',
    'Dust | pending',
  ])
  expect(await treeOf(ada, id)).toEqual(['Sweep | completed | 2026-11-21 | #1', 'Dust | completed'])
})

test('skipping opens the subtasks again, for the other day', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  await ada.tasks.create({ title: 'Kitchen', parentId: id, completed: true, due: { date: '2026-11-20' } })
  const daily = await ada.tasks.create({ title: 'Sweep', parentId: id, recurrence: { rule: 'FREQ=DAILY' } })
  await ada.tasks.complete({ id: daily.id })
  await ada.tasks.skip({ id })
  expect(await treeOf(ada, id)).toEqual([
    'Kitchen | pending | 2026-11-27',
    'Sweep | completed | 2026-11-21 | #1',
    'Sweep | pending | 2026-11-22 | FREQ=DAILY #2',
  ])
})

test('a subtask that comes again has its next beside it, in the list and with the tags of its own', async ({
  signUp,
}) => {
  const ada = await signUp({ now })
  const list = await ada.caller.lists.create({ name: 'Home' })
  const tag = await ada.caller.tags.create({ name: 'weekly' })
  const parent = await ada.tasks.create({ title: 'House', listId: list.id })
  const task = await ada.tasks.create({ ...weekly, parentId: parent.id, tagIds: [tag.id] })
  await ada.caller.comments.create({ taskId: task.id, body: 'Of this one only.' })
  const { next } = await ada.tasks.complete({ id: task.id })
  expect(next).toMatchObject({
    parentId: parent.id,
    listId: list.id,
    tagIds: [tag.id],
    position: task.position,
  })
  expect(await ada.caller.comments.list({ taskId: next?.id ?? '' })).toMatchObject({ items: [] })
  expect((await ada.caller.comments.list({ taskId: task.id })).items).toHaveLength(1)
})
