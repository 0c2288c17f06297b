import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'
import type { Task } from './row.ts'

const sorts = ['created_at', 'updated_at', 'title', 'priority', 'due_date', 'position', 'number'] as const
const orders = ['asc', 'desc'] as const

const titles = ({ items }: { items: Task[] }) => items.map(({ title }) => title)

test('list gives the newest first, a hundred of them, and nothing but the page', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  expect(await ada.tasks.list()).toEqual({ items: [], nextCursor: null })
  await database.query(
    `insert into tasks (user_id, title, created_at) select $1, n::text, timestamptz '2026-01-01Z' + n * interval '1 s'
     from generate_series(1, 101) n`,
    [ada.user.id],
  )
  const page = await ada.tasks.list()
  expect(titles(page)).toEqual(Array.from({ length: 100 }, (_, n) => `${101 - n}`))
  expect(Object.keys(page)).toEqual(['items', 'nextCursor'])
  expect(page.items[0]).toEqual(await ada.tasks.get({ id: page.items[0]?.id ?? '' }))
  expect(titles(await ada.tasks.list({ cursor: page.nextCursor ?? '' }))).toEqual(['1'])
})

test('list filters by status, completed and priority, one or several', async ({ signUp }) => {
  const ada = await signUp()
  for (const status of ['pending', 'in_progress', 'completed'] as const) {
    for (const priority of ['low', 'medium', 'high', null] as const) {
      await ada.tasks.create({ title: `${status} ${priority}`, status, priority })
    }
  }
  const found = async (filter: Parameters<typeof ada.tasks.list>[0]) =>
    titles(await ada.tasks.list({ ...filter, sort: 'number', order: 'asc' }))
  const all = await found({})
  expect(all).toHaveLength(12)
  const where = (pattern: RegExp) => all.filter((title) => pattern.test(title))

  expect(await found({ status: 'pending' })).toEqual(where(/^pending/))
  expect(await found({ status: ['pending', 'completed'] })).toEqual(where(/^(pending|completed)/))
  expect(await found({ completed: true })).toEqual(where(/^completed/))
  expect(await found({ completed: false })).toEqual(where(/^(pending|in_progress)/))
  expect(await found({ priority: 'high' })).toEqual(where(/high$/))
  expect(await found({ priority: null })).toEqual(where(/null$/))
  expect(await found({ priority: ['low', null] })).toEqual(where(/(low|null)$/))
  expect(await found({ status: ['in_progress'], priority: ['low', 'high'] })).toEqual([
    'in_progress low',
    'in_progress high',
  ])
  expect(await found({ status: 'pending', completed: true })).toEqual([])
  expect(await found({ q: 'in_progress M', priority: 'medium' })).toEqual(['in_progress medium'])
})

test('a page counts all that match where total is asked for', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await eve.tasks.create({ title: 'not counted' })
  for (let n = 0; n < 5; n++) await ada.tasks.create({ title: `${n}`, completed: n < 2 })
  expect(await ada.tasks.list({ total: true, limit: 2 })).toMatchObject({ total: 5 })
  expect(await ada.tasks.list({ total: true, limit: 1, offset: 3 })).toMatchObject({ total: 5 })
  expect(await ada.tasks.list({ total: true, completed: true, limit: 1 })).toMatchObject({ total: 2 })
  const { nextCursor } = await ada.tasks.list({ limit: 4 })
  expect(await ada.tasks.list({ total: true, cursor: nextCursor ?? '' })).toMatchObject({ total: 5 })
})

test.for(sorts.flatMap((sort) => orders.map((order) => [sort, order] as const)))(
  'list sorts by %s %s, and offset and cursor walk the same order',
  async ([sort, order], { signUp, database }) => {
    const ada = await signUp()
    // Everything that sorts has equal values too, so the order also rests on the id.
    await database.query(
      `insert into tasks (user_id, title, status, priority, due_date, due_all_day, position, created_at)
       select $1, (array['Äpfel', 'apfel', 'Zebra', 'zebra 10', 'zebra 9', 'Ωmega'])[1 + n % 6], 'pending',
         (array['low', 'high', null, 'medium'])[1 + n % 4],
         case when n % 3 > 0 then timestamptz '2026-11-21Z' + (n % 5) * interval '1 day' end,
         case when n % 3 > 0 then true end, 'a' || n % 7, timestamptz '2026-01-01Z' + (n % 4) * interval '1 us'
       from generate_series(1, 40) n`,
      [ada.user.id],
    )
    const column = { title: 'title_folded', priority: 'priority_rank', due_date: 'due_order' } as Record<
      string,
      string
    >
    const rows = await database.query<{ id: string }>(
      `select id from tasks where user_id = $1 order by ${column[sort] ?? sort} ${order}, id ${order}`,
      [ada.user.id],
    )
    const expected = rows.map(({ id }) => id)
    expect((await ada.tasks.list({ sort, order })).items.map(({ id }) => id)).toEqual(expected)

    const byOffset: string[] = []
    for (let offset = 0; offset < 40; offset += 7) {
      byOffset.push(...(await ada.tasks.list({ sort, order, limit: 7, offset })).items.map(({ id }) => id))
    }
    expect(byOffset).toEqual(expected)

    const byCursor: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await ada.tasks.list({ sort, order, limit: 7, cursor: cursor ?? undefined })
      byCursor.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    } while (cursor)
    expect(byCursor).toEqual(expected)
  },
)

test('priority sorts high, medium, low, none, and tasks without a date come last', async ({ signUp }) => {
  const ada = await signUp()
  for (const priority of ['medium', null, 'high', 'low'] as const) {
    await ada.tasks.create({ title: `${priority}`, priority, due: priority && { date: '2026-12-01' } })
  }
  expect(titles(await ada.tasks.list({ sort: 'priority' }))).toEqual(['high', 'medium', 'low', 'null'])
  expect(titles(await ada.tasks.list({ sort: 'priority', order: 'asc' }))).toEqual([
    'null',
    'low',
    'medium',
    'high',
  ])
  expect(titles(await ada.tasks.list({ sort: 'due_date', order: 'asc' })).at(-1)).toBe('null')
})

test('titles sort as people read them: case and accents do not matter', async ({ signUp }) => {
  const ada = await signUp()
  for (const title of ['banana', 'Äpfel', 'apple', 'Cherry', 'ähnlich', 'Banana split']) {
    await ada.tasks.create({ title })
  }
  expect(titles(await ada.tasks.list({ sort: 'title', order: 'asc' }))).toEqual([
    'ähnlich',
    'Äpfel',
    'apple',
    'banana',
    'Banana split',
    'Cherry',
  ])
})

test('limits, offsets, sorts and orders that are none are refused', async ({ signUp }) => {
  const ada = await signUp()
  for (const wrong of [
    { limit: 0 },
    { limit: 501 },
    { limit: 1e9 },
    { limit: -1 },
    { limit: 2.5 },
    { limit: '10' },
    { offset: -1 },
    { offset: 1e12 },
    { offset: Infinity },
    { sort: 'user_id' },
    { sort: 'created_at; drop table tasks' },
    { sort: 'constructor' },
    { order: 'up' },
    { status: 'done' },
    { status: [] },
    { priority: ['urgent'] },
    { completed: 'true' },
    { due: 'tomorrow' },
    { due: {} },
    { total: 1 },
    { offset: 0, cursor: '' },
  ]) {
    await expect(ada.tasks.list(wrong as never), JSON.stringify(wrong)).rejects.toMatchObject({
      reason: 'BAD_INPUT',
    })
  }
  expect(await ada.tasks.list({ limit: 500, offset: 1_000_000 })).toEqual({ items: [], nextCursor: null })
})
