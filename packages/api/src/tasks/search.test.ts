import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'

test('search finds any part of a word in titles and descriptions, without case and accents', async ({
  signUp,
}) => {
  const ada = await signUp()
  await ada.tasks.create({ title: 'Call the Café about Élodie' })
  await ada.tasks.create({ title: 'Shopping', description: 'crème brûlée, ＭＩＬＫ' })
  const found = async (q: string) => (await ada.tasks.search({ q })).items.map(({ title }) => title)
  const listed = async (q: string) => (await ada.tasks.list({ q })).items.map(({ title }) => title)

  for (const find of [found, listed]) {
    for (const q of ['cafe', 'CAFÉ', 'cafe\u0301', 'afe ab', 'elodie', 'ÉLO', '  lodie  ']) {
      expect(await find(q), q).toEqual(['Call the Café about Élodie'])
    }
    for (const q of ['brulee', 'CRÈME', 'milk', 'hopp']) expect(await find(q), q).toEqual(['Shopping'])
    expect(await find('tea')).toEqual([])
  }
})

test('%, _ and \\ are just characters', async ({ signUp }) => {
  const ada = await signUp()
  const titles = [
    '100% sure',
    '100 sure',
    'snake_case',
    'snakeXcase',
    'C:\\temp',
    'C:temp',
    "it's",
    '$1 {a} [b] (c) ^*+?.',
  ]
  for (const title of titles) await ada.tasks.create({ title })
  const found = async (q: string) => (await ada.tasks.search({ q })).items.map(({ title }) => title)
  expect(await found('100%')).toEqual(['100% sure'])
  expect(await found('%')).toEqual(['100% sure'])
  expect(await found('_')).toEqual(['snake_case'])
  expect(await found('e_c')).toEqual(['snake_case'])
  expect(await found('\\')).toEqual(['C:\\temp'])
  expect(await found("'")).toEqual(["it's"])
  expect(await found("' or true --")).toEqual([])
  for (const q of ['$1', '{a}', '[b]', '(c)', '^*+?.'])
    expect(await found(q), q).toEqual(['$1 {a} [b] (c) ^*+?.'])
})

test('the best matches come first, and what is done comes last', async ({ signUp }) => {
  const ada = await signUp()
  const make = (title: string, more: object = {}) => ada.tasks.create({ title, ...more })
  await make('Milk the cows', { completed: true })
  await make('unrelated', { description: 'something with milk' })
  await make('Buttermilk')
  await make('Buy milk')
  await make('Milk, two bottles')
  expect((await ada.tasks.search({ q: 'milk' })).items.map(({ title }) => title)).toEqual([
    'Milk, two bottles',
    'Buy milk',
    'Buttermilk',
    'unrelated',
    'Milk the cows',
  ])
  expect((await ada.tasks.search({ q: 'milk', limit: 2 })).items).toHaveLength(2)
})

test('search finds only what is one’s own', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await ada.tasks.create({ title: 'needle', description: 'secret' })
  expect(await eve.tasks.search({ q: 'needle' })).toEqual({ items: [] })
  expect(await eve.tasks.list({ q: 'secret', total: true })).toEqual({
    items: [],
    nextCursor: null,
    total: 0,
  })
  expect((await ada.tasks.search({ q: 'needle' })).items).toHaveLength(1)
})

test('a search for nothing, for too much or for U+0000 is refused', async ({ signUp }) => {
  const ada = await signUp()
  for (const q of ['', '   ', 'x'.repeat(201), 'a\u0000b', '\ud800']) {
    const refused = { reason: 'BAD_INPUT', issues: [{ path: 'q' }] }
    await expect(ada.tasks.search({ q }), JSON.stringify(q)).rejects.toMatchObject(refused)
    await expect(ada.tasks.list({ q }), JSON.stringify(q)).rejects.toMatchObject(refused)
  }
  for (const limit of [0, 101, 1.5, 1e9, NaN]) {
    await expect(ada.tasks.search({ q: 'a', limit })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
})

test('stats count each kind, for the user alone', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([
    signUp({ now: '2026-11-21T12:00:00Z', timeZone: 'Europe/Paris' }),
    signUp(),
  ])
  await eve.tasks.create({ title: 'not counted', priority: 'high' })
  const zero = { high: 0, medium: 0, low: 0, none: 0 }
  const empty = { total: 0, pending: 0, inProgress: 0, completed: 0, overdue: 0, noDate: 0 }
  const coming = { dueToday: 0, upcoming: 0, week: 0 }
  expect(await ada.tasks.stats()).toEqual({ ...empty, ...coming, priority: zero })

  const make = (more: object) => ada.tasks.create({ title: 'task', ...more })
  await make({ priority: 'high', due: { date: '2026-11-20' } })
  await make({ priority: 'high', due: { date: '2026-11-20' }, completed: true })
  await make({ priority: null, due: { date: '2026-11-21' }, status: 'in_progress' })
  await make({ due: { date: '2026-11-21' }, completed: true })
  await make({ priority: 'low' })
  await make({ due: { dateTime: '2026-11-21T11:59:59Z', timeZone: 'UTC' } })
  await make({ due: { date: '2026-11-22' } })
  expect(await ada.tasks.stats()).toEqual({
    total: 7,
    pending: 4,
    inProgress: 1,
    completed: 2,
    overdue: 2,
    dueToday: 2,
    upcoming: 1,
    // The week began on Monday, the 16th.
    week: 4,
    noDate: 1,
    priority: { high: 1, medium: 2, low: 1, none: 1 },
  })
})
