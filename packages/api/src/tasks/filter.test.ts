import fc from 'fast-check'
import { expect } from 'vitest'
import { seed } from '../random-changes.fixture.ts'
import { test, type SignedUp } from '../testing.fixture.ts'
import { addLists, addTags } from '../organized.fixture.ts'
import type { Task } from './row.ts'

type Filter = Exclude<Parameters<SignedUp['tasks']['list']>[0], void | undefined>

interface Model {
  tasks: Task[]
  today: Temporal.PlainDate
  now: Temporal.Instant
  timeZone: string
  weekStart: number
}

const nth = fc.nat(3)
const someOf = (most: number) => fc.array(nth, { minLength: 1, maxLength: most })
const anyStatus = fc.constantFrom('pending', 'in_progress', 'completed')
const anyPriority = fc.constantFrom('low', 'medium', 'high', null)
// Around the 21st of November 2026, which is a Saturday, and days that are another elsewhere.
const anyDay = fc.integer({ min: -9, max: 9 }).map((days) => {
  return Temporal.PlainDate.from('2026-11-21').add({ days }).toString()
})
const anyInstant = fc
  .tuple(
    anyDay,
    fc.constantFrom('00:00:00', '05:29:59.999999', '10:00:00', '12:00:00', '13:15:00', '23:59:59.5'),
  )
  .map(([on, time]) => `${on}T${time}Z`)
const anyDue = fc.oneof(
  fc.constant(null),
  anyDay.map((date) => ({ date })),
  anyInstant.map((dateTime) => ({ dateTime, timeZone: 'Asia/Tokyo' })),
)
const words = fc.constantFrom('Pay RENT', 'call Zoë', '100% _sure_', 'rent a car')

const randomTask = fc.record({
  title: words,
  description: fc.option(words),
  status: anyStatus,
  priority: anyPriority,
  due: anyDue,
  list: fc.option(nth),
  tags: fc.uniqueArray(nth, { maxLength: 3 }),
  /** How many tasks before it its parent was made. */
  below: fc.option(fc.integer({ min: 1, max: 3 })),
})

const conditions = {
  status: fc.oneof(anyStatus, fc.uniqueArray(anyStatus, { minLength: 1 })),
  completed: fc.boolean(),
  priority: fc.oneof(anyPriority, fc.uniqueArray(anyPriority, { minLength: 1 })),
  due: fc.oneof(
    fc.constantFrom('today', 'by_today', 'upcoming', 'week', 'overdue', 'none'),
    fc
      .record(
        { before: fc.oneof(anyDay, anyInstant), after: fc.oneof(anyDay, anyInstant) },
        { requiredKeys: [] },
      )
      .filter((bounds) => Object.keys(bounds).length > 0),
  ),
  q: fc.constantFrom('rent', 'ZOE', 'zoë', '%', '_', 'a'),
  listId: fc.oneof(fc.constant(null), nth, fc.array(fc.option(nth), { minLength: 1, maxLength: 3 })),
  parentId: fc.option(fc.nat(30)),
  tagIds: fc.oneof(fc.constant('none'), fc.record({ any: someOf(3) }), fc.record({ all: someOf(2) })),
}

/** Some conditions, in some order. Lists, tags and tasks are named by their numbers. */
const randomFilter = fc
  .record({
    all: fc.record(conditions),
    some: fc.subarray(Object.keys(conditions), { minLength: 1, maxLength: 4 }),
    sort: fc.constantFrom('created_at', 'title', 'priority', 'due_date', 'position', 'number'),
    order: fc.constantFrom('asc', 'desc'),
  })
  .map(({ all, some, sort, order }) => ({
    ...Object.fromEntries(Object.entries(all).filter(([name]) => some.includes(name))),
    sort,
    order,
  }))

test(`any filter finds, counts and pages through what a plain model does (seed ${seed})`, async ({
  signUp,
  database,
}) => {
  let some = 0
  const run = async (
    tasks: (typeof randomTask extends fc.Arbitrary<infer One> ? One : never)[],
    timeZone: string,
    weekStart: number,
    filters: object[],
  ) => {
    const now = '2026-11-21T12:00:00Z'
    const ada = await signUp({ timeZone, now })
    // What the session will say with the next request.
    ada.user.weekStart = weekStart
    const lists = await addLists(database, ada.user.id, ['A', 'B', 'C', 'D'])
    const tags = await addTags(database, ada.user.id, ['a', 'b', 'c', 'd'])
    const ids: string[] = []
    for (const { list, tags: tagged, below, ...task } of tasks) {
      const made = await ada.tasks.create({
        ...(task as object),
        title: task.title,
        listId: list === null ? null : lists[list],
        tagIds: tagged.map((tag) => tags[tag] ?? ''),
        // Chains of parents stay below eight.
        parentId: below !== null && ids.length % 8 >= below ? ids[ids.length - below] : null,
      })
      ids.push(made.id)
    }
    const model: Model = {
      tasks: (await ada.tasks.list({ limit: 500 })).items,
      now: Temporal.Instant.from(now),
      today: Temporal.Instant.from(now).toZonedDateTimeISO(timeZone).toPlainDate(),
      timeZone,
      weekStart,
    }
    for (const one of filters) {
      const filter = named(one, { lists, tags, ids })
      const expected = model.tasks.filter((task) => belongs(task, filter, model)).map(({ id }) => id)
      if (expected.length > 0 && expected.length < tasks.length) some++
      const whole = await ada.tasks.list({ ...filter, limit: 500, total: true })
      const what = JSON.stringify(filter)
      expect(whole.items.map(({ id }) => id).toSorted(), what).toEqual(expected.toSorted())
      expect(whole.total, what).toBe(expected.length)

      const pages: Task[] = []
      let cursor: string | null | undefined
      do {
        const page: Awaited<ReturnType<SignedUp['tasks']['list']>> = await ada.tasks.list({
          ...filter,
          limit: 9,
          cursor: cursor ?? undefined,
        })
        pages.push(...page.items)
        cursor = page.nextCursor
      } while (cursor)
      expect(pages, what).toEqual(whole.items)
    }
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(randomTask, { minLength: 20, maxLength: 30 }),
      fc.constantFrom('UTC', 'Pacific/Kiritimati', 'America/St_Johns', 'Pacific/Pago_Pago'),
      fc.integer({ min: 1, max: 7 }),
      fc.array(randomFilter, { minLength: 30, maxLength: 30 }),
      run,
    ),
    { seed, numRuns: 8, endOnFailure: true },
  )
  // Filters that find nothing, or everything, show little.
  expect(some).toBeGreaterThan(50)
}, 60_000)

test('the week is the one that the user begins it with', async ({ signUp }) => {
  // A Saturday; in Kiritimati it is Sunday already.
  const ada = await signUp({ now: '2026-11-21T12:00:00Z' })
  for (let on = 14; on <= 29; on++) await ada.tasks.create({ title: `${on}`, due: { date: `2026-11-${on}` } })
  const week = async (timeZone: string, weekStart: number) => {
    Object.assign(ada.user, { timeZone, weekStart })
    const { items } = await ada.tasks.list({ due: 'week', sort: 'due_date', order: 'asc' })
    expect((await ada.tasks.stats()).week).toBe(items.length)
    return `${items.at(0)?.title} to ${items.at(-1)?.title}`
  }
  expect(await week('UTC', 1)).toBe('16 to 22')
  expect(await week('UTC', 6)).toBe('21 to 27')
  expect(await week('UTC', 7)).toBe('15 to 21')
  expect(await week('Pacific/Kiritimati', 7)).toBe('22 to 28')
  expect(await week('Pacific/Kiritimati', 1)).toBe('16 to 22')
})

/** The filter as the API takes it. */
function named(filter: object, ids: { lists: string[]; tags: string[]; ids: string[] }): Filter {
  const { listId, parentId, tagIds, ...rest } = filter as {
    listId?: number | null | (number | null)[]
    parentId?: number | null
    tagIds?: 'none' | { any: number[] } | { all: number[] }
  }
  const list = (n: number | null) => (n === null ? null : (ids.lists[n] ?? null))
  const tags = (which: number[]) => which.map((n) => ids.tags[n] ?? '')
  return {
    ...rest,
    ...(listId !== undefined && { listId: Array.isArray(listId) ? listId.map(list) : list(listId) }),
    ...(parentId !== undefined && {
      parentId: parentId === null ? null : (ids.ids[parentId % ids.ids.length] ?? null),
    }),
    ...(tagIds !== undefined && {
      tagIds:
        tagIds === 'none' ? tagIds : 'any' in tagIds ? { any: tags(tagIds.any) } : { all: tags(tagIds.all) },
    }),
  }
}

function belongs(
  task: Task,
  { status, completed, priority, due, q, listId, parentId, tagIds }: Filter,
  model: Model,
) {
  return (
    (status === undefined || [status].flat().includes(task.status)) &&
    (completed === undefined || completed === (task.status === 'completed')) &&
    (priority === undefined || [priority].flat().includes(task.priority)) &&
    (listId === undefined || [listId].flat().includes(task.listId)) &&
    (parentId === undefined || task.parentId === parentId) &&
    (tagIds === undefined ||
      (tagIds === 'none'
        ? task.tagIds.length === 0
        : 'any' in tagIds
          ? tagIds.any.some((tag) => task.tagIds.includes(tag))
          : tagIds.all.every((tag) => task.tagIds.includes(tag)))) &&
    (q === undefined ||
      [task.title, task.description ?? ''].some((text) => plain(text).includes(plain(q)))) &&
    (due === undefined || isDue(task, due, model))
  )
}

function plain(text: string) {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function isDue(
  { due, status }: Task,
  wanted: NonNullable<Filter['due']>,
  { now, today, timeZone, weekStart }: Model,
): boolean {
  if (wanted === 'none' || due === null) return wanted === 'none' && due === null
  const at = Temporal.Instant.from('date' in due ? `${due.date}T00:00:00Z` : due.dateTime)
  const on = 'date' in due ? Temporal.PlainDate.from(due.date) : at.toZonedDateTimeISO(timeZone).toPlainDate()
  const days = today.until(on).days
  if (wanted === 'today') return days === 0
  if (wanted === 'by_today') return days <= 0
  if (wanted === 'upcoming') return days > 0
  if (wanted === 'overdue') {
    return status !== 'completed' && ('date' in due ? days < 0 : Temporal.Instant.compare(at, now) < 0)
  }
  if (wanted === 'week') {
    // Days go by until a week begins; the same day of the week is the same week's only once.
    let first = today
    while (first.dayOfWeek !== weekStart) first = first.subtract({ days: 1 })
    const since = first.until(on).days
    return since >= 0 && since < 7
  }
  const against = (moment: string) =>
    moment.length === 10
      ? Temporal.PlainDate.compare(on, moment)
      : Temporal.Instant.compare(at, Temporal.Instant.from(moment))
  return (
    (wanted.before === undefined || against(wanted.before) < 0) &&
    (wanted.after === undefined || against(wanted.after) > 0)
  )
}
