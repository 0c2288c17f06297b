import fc from 'fast-check'
import { randomBytes, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'

const sorts = ['created_at', 'updated_at', 'title', 'priority', 'due_date', 'position', 'number'] as const
const orders = ['asc', 'desc'] as const
const seed = randomBytes(4).readUInt32LE() >>> 1

const cursorOf = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url')

test(`whatever the tasks, sort and page size, pages by cursor are the whole list (seed ${seed})`, async ({
  signUp,
  database,
}) => {
  const task = fc.record({
    title: fc.constantFrom('a', 'A', 'á', 'b', 'ß', 'z', '😀'),
    priority: fc.constantFrom('low', 'medium', 'high', null),
    due: fc.constantFrom(null, '2026-11-21', '2026-11-22', '0001-01-01', '9999-12-31'),
    position: fc.constantFrom('a0', 'a1', 'Zz', 'a0V'),
    createdAt: fc.constantFrom(
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00.000001Z',
      '2025-12-31T23:59:59.999999Z',
    ),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(task, { maxLength: 25 }),
      fc.constantFrom(...sorts),
      fc.constantFrom(...orders),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      async (tasks, sort, order, limit, open) => {
        const ada = await signUp()
        await database.query(
          `insert into tasks (user_id, title, priority, due_date, due_all_day, position, created_at, status)
           select $1, title, priority, due::timestamptz, case when due is null then null else true end, position, "createdAt",
             case when title = 'b' then 'completed' else 'pending' end
           from jsonb_to_recordset($2) as t(title text, priority text, due text, position text, "createdAt" timestamptz)`,
          [
            ada.user.id,
            JSON.stringify(tasks.map((one) => ({ ...one, due: one.due && `${one.due}T00:00:00Z` }))),
          ],
        )
        const filter = { sort, order, ...(open && { completed: false }) }
        const whole = (await ada.tasks.list({ ...filter, limit: 500 })).items
        expect(whole).toHaveLength(tasks.filter(({ title }) => !open || title !== 'b').length)
        expect(await walk(ada, { ...filter, limit })).toEqual(whole)
      },
    ),
    { seed, numRuns: 60 },
  )
})

test.for(sorts)(
  'tasks that come, go and change between pages by %s neither repeat nor hide others',
  async (sort, { signUp, database }) => {
    for (const order of orders) {
      const ada = await signUp()
      await database.query(
        `insert into tasks (user_id, title, priority, due_date, due_all_day, position, created_at)
         select $1, 'task ' || (n % 20), (array['low', 'high', null, 'medium'])[1 + n % 4], timestamptz '2026-11-21Z' + n % 9 * interval '1 day', true,
           'a' || n % 9, timestamptz '2026-01-01Z' + n * interval '1 s' from generate_series(1, 60) n`,
        [ada.user.id],
      )
      const before = (await ada.tasks.list({ sort, order, limit: 500 })).items
      // Every third task is deleted, every fourth changed, and new ones come while somebody reads on.
      const doomed = new Set(before.filter((_, at) => at % 3 === 0).map(({ id }) => id))
      const changing = new Set(before.filter((_, at) => at % 4 === 1).map(({ id }) => id))
      const untouched = before.map(({ id }) => id).filter((id) => !doomed.has(id) && !changing.has(id))

      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<SignedUp['tasks']['list']>> = await ada.tasks.list({
          sort,
          order,
          limit: 7,
          cursor: cursor ?? undefined,
        })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
        const some = (ids: Set<string>) => [...ids].slice(0, 4).filter((id) => ids.delete(id))
        await ada.tasks.bulk({ ids: [...some(doomed), randomUUID()], change: { delete: true } })
        await ada.tasks.bulk({ ids: [...some(changing), randomUUID()], change: { completed: true } })
        await ada.tasks.create({ title: `new ${seen.length}`, priority: 'low', due: { date: '2026-11-25' } })
      } while (cursor)

      const known = seen.filter((id) => untouched.includes(id))
      expect(known, `${sort} ${order}`).toEqual(untouched)
      // What was changed while it was read may have moved to where it is met again, by updated_at only.
      const repeated = seen.length - new Set(seen).size
      if (sort !== 'updated_at') expect(repeated, `${sort} ${order}`).toBe(0)
    }
  },
)

test('a cursor outlives the task that it names', async ({ signUp }) => {
  const ada = await signUp()
  for (const title of ['a', 'b', 'c', 'd']) await ada.tasks.create({ title })
  const { items, nextCursor } = await ada.tasks.list({ sort: 'title', order: 'asc', limit: 2 })
  await ada.tasks.bulk({ ids: items.map(({ id }) => id), change: { delete: true } })
  const rest = await ada.tasks.list({ sort: 'title', order: 'asc', cursor: nextCursor ?? '' })
  expect(rest.items.map(({ title }) => title)).toEqual(['c', 'd'])
})

test('a cursor of another sort or order is refused', async ({ signUp }) => {
  const ada = await signUp()
  for (const title of ['a', 'b']) await ada.tasks.create({ title })
  for (const sort of sorts) {
    for (const order of orders) {
      const { nextCursor } = await ada.tasks.list({ sort, order, limit: 1 })
      for (const other of sorts) {
        for (const way of orders) {
          const page = ada.tasks.list({ sort: other, order: way, cursor: nextCursor ?? '' })
          if (other === sort && way === order) expect((await page).items).toHaveLength(1)
          else await expect(page, `${sort} ${order}`).rejects.toMatchObject({ reason: 'CURSOR_INVALID' })
        }
      }
    }
  }
})

test('a cursor of another filter is refused; of the same in other words, and on pages of another kind, it is taken', async ({
  signUp,
}) => {
  const ada = await signUp()
  for (const title of ['a', 'b', 'c']) await ada.tasks.create({ title, priority: 'low' })
  const id = randomUUID()
  const filters: Parameters<typeof ada.tasks.list>[0][] = [
    {},
    { completed: false },
    { status: 'pending' },
    { priority: ['low', 'high'] },
    { priority: ['low', null] },
    { listId: null },
    { listId: [null, id] },
    { parentId: null },
    { tagIds: 'none' },
    { due: 'none' },
    { due: 'none', completed: false },
  ]
  for (const filter of filters) {
    const { nextCursor } = await ada.tasks.list({ ...filter, limit: 1 })
    for (const other of filters) {
      const page = ada.tasks.list({ ...other, cursor: nextCursor ?? '' })
      if (other === filter) expect((await page).items).toHaveLength(2)
      else
        await expect(page, JSON.stringify([filter, other])).rejects.toMatchObject({
          reason: 'CURSOR_INVALID',
        })
    }
    const cursor = nextCursor ?? ''
    const more = { limit: 7, total: true, withAncestors: true, withProgress: true }
    expect((await ada.tasks.list({ ...filter, ...more, cursor })).items).toHaveLength(2)
  }
  const { nextCursor } = await ada.tasks.list({ status: 'pending', sort: 'created_at', limit: 1 })
  expect((await ada.tasks.list({ status: ['pending'], cursor: nextCursor ?? '' })).items).toHaveLength(2)
})

test("another user's cursor shows nothing of that user", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  for (const title of ['a', 'b']) await ada.tasks.create({ title })
  const { nextCursor } = await ada.tasks.list({ limit: 1 })
  expect(await eve.tasks.list({ cursor: nextCursor ?? '', total: true })).toEqual({
    items: [],
    nextCursor: null,
    total: 0,
  })
})

test('what is no cursor of ours is refused as CURSOR_INVALID, whatever it is', async ({ signUp }) => {
  const ada = await signUp()
  const id = randomUUID()
  for (const title of ['a', 'b']) await ada.tasks.create({ title, due: { date: '2026-11-21' } })
  // Each is wrong in one thing only: the mark of its list is right.
  const marks = new Map<string, unknown>()
  for (const sort of sorts) {
    const { nextCursor } = await ada.tasks.list({ sort, limit: 1 })
    const [mark, value, of] = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString()) as unknown[]
    marks.set(sort, mark)
    expect((await ada.tasks.list({ sort, cursor: cursorOf([mark, value, of]) })).items).toHaveLength(1)
  }
  const wrong: [sort: (typeof sorts)[number], cursor: string][] = [
    ['number', ''],
    ['number', 'nonsense'],
    ['number', '%%%'],
    ['number', '😀'],
    ['number', cursorOf(null)],
    ['number', cursorOf([])],
    ['number', cursorOf({})],
    ['number', cursorOf([marks.get('number'), 1, 'no uuid'])],
    ['number', cursorOf([marks.get('number'), '1', id])],
    ['number', cursorOf([marks.get('number'), 1.5, id])],
    ['number', cursorOf([marks.get('number'), 1e300, id])],
    ['number', cursorOf([marks.get('number'), 2_147_483_648, id])],
    ['number', cursorOf([marks.get('number'), null, id])],
    ['number', cursorOf([marks.get('number'), 1, id, 1])],
    ['priority', cursorOf([marks.get('priority'), 40_000, id])],
    ['priority', cursorOf([marks.get('priority'), -40_000, id])],
    ['title', cursorOf([marks.get('title'), 1, id])],
    ['title', cursorOf([marks.get('title'), 'a\u0000', id])],
    ['title', cursorOf([marks.get('title'), '\ud800', id])],
    ['position', cursorOf([marks.get('position'), ['a0'], id])],
    ...[
      'yesterday',
      '-infinity',
      '2026-13-01T00:00:00Z',
      '2026-02-30T00:00:00Z',
      '2026-02-29T00:00:00Z',
      '2026-04-31T00:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-01-01T24:00:00Z',
      '2026-01-01T24:00:01Z',
      '2026-01-01T23:59:60Z',
      '2026-01-01T00:00:00',
      '99999-01-01T00:00:00Z',
      "'; select 1",
    ].map((value): [(typeof sorts)[number], string] => [
      'due_date',
      cursorOf([marks.get('due_date'), value, id]),
    ]),
    ['created_at', cursorOf([marks.get('created_at'), 'infinity', id])],
  ]
  for (const [sort, cursor] of wrong) {
    const outcome = await ada.tasks.list({ sort, cursor }).then(
      () => 'taken',
      (error: { reason: string }) => error.reason,
    )
    // A value that happens to have a meaning may be taken; what never may be is a failure of ours.
    const content = Buffer.from(cursor, 'base64url').toString()
    if (content.includes('"infinity"')) expect(outcome, content).toMatch(/^(taken|CURSOR_INVALID)$/)
    else expect(outcome, content).toBe('CURSOR_INVALID')
  }
  await expect(ada.tasks.list({ cursor: 'x'.repeat(2001) })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})

test(`a cursor changed anywhere is refused or gives a page, and never fails (seed ${seed})`, async ({
  signUp,
}) => {
  const ada = await signUp()
  for (const title of ['a', 'b', 'c']) await ada.tasks.create({ title, due: { date: '2026-02-28' } })
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...sorts),
      fc.nat(200),
      fc.integer({ min: 32, max: 126 }),
      fc.boolean(),
      async (sort, at, code, decoded) => {
        const { nextCursor } = await ada.tasks.list({ sort, limit: 1 })
        const text = decoded ? Buffer.from(nextCursor ?? '', 'base64url').toString() : (nextCursor ?? '')
        const place = at % text.length
        const changed = text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1)
        const cursor = decoded ? Buffer.from(changed).toString('base64url') : changed
        const outcome = await ada.tasks.list({ sort, cursor }).then(
          () => 'taken',
          (error: { reason: string }) => error.reason,
        )
        expect(outcome, `${sort} ${changed}`).toMatch(/^(taken|CURSOR_INVALID)$/)
      },
    ),
    { seed, numRuns: 400 },
  )
})

async function walk(ada: SignedUp, filter: Parameters<SignedUp['tasks']['list']>[0]) {
  const seen = []
  let cursor: string | null | undefined
  do {
    const page: Awaited<ReturnType<SignedUp['tasks']['list']>> = await ada.tasks.list({
      ...filter,
      cursor: cursor ?? undefined,
    })
    seen.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return seen
}
