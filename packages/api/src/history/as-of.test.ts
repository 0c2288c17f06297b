import { asUser, inTransaction } from '@ownlist/db'
import fc from 'fast-check'
import { describe, expect } from 'vitest'
import { apply, randomChange, seed } from '../random-changes.fixture.ts'
import { listTasks, updateTask } from '../tasks/queries.ts'
import type { Task } from '../tasks/row.ts'
import { taskFilter } from '../tasks/schema.ts'
import { test, type SignedUp } from '../testing.fixture.ts'

const clock = { now: new Date(), timeZone: 'UTC', weekStart: 1 }

test(`every state of the past is as it was, whatever came after (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  let compared = 0
  const run = async (changes: Parameters<typeof apply>[2][], limit: number) => {
    const ada = await signUp()
    const scope = asUser(connection, ada.user.id)
    const states: Task[][] = [[]]
    const instants: string[] = []
    for (const change of changes) {
      await apply(connection, ada, change)
      const { revision } = await ada.sync.pull({ limit: 1 })
      const { items } = await listTasks(scope, taskFilter.parse({ limit: 500 }), clock)
      states[revision] = items.toSorted((a, b) => (a.id < b.id ? -1 : 1))
    }
    for (const { revision, madeAt } of (await ada.history.list({ limit: 200 })).items)
      instants[revision] = madeAt
    for (const [revision, tasks] of states.entries()) {
      const at = revision % 2 === 0 ? revision : (instants[revision] ?? revision)
      const found = await allAsOf(ada, at, limit)
      // When a task was changed is told by its revision: the log has its time, to a few milliseconds.
      expect(found.map(untimed), `at ${at}`).toEqual(tasks.map(untimed))
      compared += tasks.length
    }
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(randomChange, { minLength: 30, maxLength: 40 }),
      fc.integer({ min: 1, max: 9 }),
      run,
    ),
    { seed, numRuns: 10, endOnFailure: true },
  )
  expect(compared).toBeGreaterThan(200)
}, 120_000)

test('what one revision changed and changed back was before it as it was, with the revision it had', async ({
  signUp,
  connection,
}) => {
  const ada = await signUp()
  const before = await ada.tasks.create({ title: 'One' })
  await inTransaction(asUser(connection, ada.user.id), async (scope) => {
    await updateTask(scope, { id: before.id, title: 'Two' })
    await updateTask(scope, { id: before.id, title: 'One' })
  })
  expect(await ada.tasks.get({ id: before.id })).toMatchObject({ title: 'One', revision: 2 })
  expect((await ada.history.asOf({ at: 1 })).items).toMatchObject([{ title: 'One', revision: 1 }])
})

describe('a moment', () => {
  test('is an instant or a revision; before the first there was nothing, and the future is now', async ({
    signUp,
  }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    const [first] = (await ada.history.list()).items
    await ada.tasks.update({ id, title: 'Buy oat milk' })

    const titles = async (at: string | number) =>
      (await ada.history.asOf({ at })).items.map(({ title }) => title)
    expect(await titles(0)).toEqual([])
    expect(await titles('2020-01-01T00:00:00Z')).toEqual([])
    expect(await titles(1)).toEqual(['Buy milk'])
    expect(await titles(first?.madeAt ?? '')).toEqual(['Buy milk'])
    expect(await titles(2)).toEqual(['Buy oat milk'])
    expect(await titles('2100-01-01T00:00:00+02:00')).toEqual(['Buy oat milk'])
    await expect(ada.history.asOf({ at: 3 })).rejects.toMatchObject({ reason: 'REVISION_NOT_FOUND' })
  })

  test('stays the same from page to page, whatever happens between them', async ({ signUp }) => {
    const ada = await signUp()
    for (const title of ['a', 'b', 'c', 'd']) await ada.tasks.create({ title })
    const whole = await ada.history.asOf({ at: 4 })
    const first = await ada.history.asOf({ at: '2100-01-01T00:00:00Z', limit: 2 })
    for (const { id } of whole.items.slice(1, 4)) await ada.tasks.delete({ id })
    await ada.tasks.create({ title: 'e' })
    const second = await ada.history.asOf({ at: 4, limit: 2, cursor: first.nextCursor ?? '' })
    expect([...first.items, ...second.items].map(untimed)).toEqual(whole.items.map(untimed))
    expect(second.nextCursor).toBeNull()
    await expect(ada.history.asOf({ at: 4, cursor: 'WzFd' })).rejects.toMatchObject({
      reason: 'CURSOR_INVALID',
    })
  })

  test('is too old where the log has not everything since', async ({ signUp, database }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'One' })
    await ada.tasks.create({ title: 'Never changed' })
    for (const title of ['Two', 'Three', 'Four']) await ada.tasks.update({ id, title })
    const { items } = await ada.history.list()
    const madeAt = Object.fromEntries(items.map((item) => [item.revision, item.madeAt]))
    const forget = (until: number) =>
      database.query('delete from revisions where user_id = $1 and revision <= $2', [ada.user.id, until])
    const titleAt = async (at: string | number) =>
      (await ada.history.asOf({ at })).items.find((task) => task.id === id)?.title

    await forget(3)
    // Everything after the third is there, so the third can still be told: but not when it was.
    expect(await titleAt(3)).toBe('Two')
    expect(await titleAt(4)).toBe('Three')
    expect(await titleAt(madeAt[4] ?? '')).toBe('Three')
    const tooOld = { reason: 'HISTORY_TOO_OLD' }
    for (const at of [2, 0, madeAt[3] ?? '', '2020-01-01T00:00:00Z']) {
      await expect(ada.history.asOf({ at }), String(at)).rejects.toMatchObject(tooOld)
    }
    // What the log has forgotten of a row that changed since, and what the row itself still knows.
    const { items: atThree } = await ada.history.asOf({ at: 3 })
    expect(atThree.find((task) => task.id === id)).toMatchObject({ revision: 0, title: 'Two' })
    expect(atThree.find((task) => task.id !== id)).toMatchObject({ revision: 2, title: 'Never changed' })

    await forget(5)
    expect(await titleAt(5)).toBe('Four')
    expect(await titleAt(new Date().toISOString())).toBe('Four')
    for (const at of [4, '2020-01-01T00:00:00Z']) {
      await expect(ada.history.asOf({ at }), String(at)).rejects.toMatchObject(tooOld)
    }
  })

  test('of a user who never wrote anything is empty', async ({ signUp }) => {
    const ada = await signUp()
    for (const at of [0, '2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z']) {
      expect(await ada.history.asOf({ at })).toEqual({ items: [], nextCursor: null, revision: 0 })
    }
  })
})

async function allAsOf(ada: SignedUp, at: string | number, limit: number): Promise<Task[]> {
  const items: Task[] = []
  for (let cursor: string | undefined; ;) {
    const page = await ada.history.asOf({ at, limit, ...(cursor !== undefined && { cursor }) })
    items.push(...page.items)
    if (page.nextCursor === null) return items
    expect(page.items).toHaveLength(limit)
    cursor = page.nextCursor
  }
}

function untimed({ updatedAt: _updatedAt, ...task }: Task) {
  return task
}
