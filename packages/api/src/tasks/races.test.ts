import { asUser, connect, inTransaction, type Scope } from '@ownlist/db'
import { expect } from 'vitest'
import { asAppError } from '../errors.ts'
import { test as base } from '../testing.fixture.ts'
import { changeTasks } from './bulk.ts'
import { addLists, addTags } from '../organized.fixture.ts'
import { insertTask, moveTask, updateTask } from './queries.ts'
import type { Task } from './row.ts'

// Devices of one user at the same moment, each with a connection and a transaction of its own.

const test = base.extend('atOnce', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const devices = await connect({ url: database.url, max: 25 })
  onCleanup(() => devices.end())
  /** Does all of it at once; gives what came of each: its answer, or the reason for which it was refused. */
  return <Answer>(userId: string, works: ((scope: Scope) => Promise<Answer>)[]) =>
    Promise.all(
      works.map((work) =>
        inTransaction(asUser(devices, userId), work).catch((error: unknown) => asAppError(error).reason),
      ),
    )
})

const byPosition = { sort: 'position', order: 'asc', limit: 500 } as const

test.for(['each at its own', 'all at the same'])(
  'fifty moves at once behind the same task, %s position before, end in one total order',
  async (before, { signUp, database, atOnce }) => {
    const ada = await signUp()
    const [home = ''] = await addLists(database, ada.user.id, ['Home'])
    for (let n = 0; n < 51; n++) await ada.tasks.create({ title: `${n}`, listId: home })
    if (before === 'all at the same') {
      await database.query(`update tasks set position = 'a0' where user_id = $1`, [ada.user.id])
    }
    const { items } = await ada.tasks.list(byPosition)
    const anchor = items[25]?.id ?? ''
    const moves = items.filter(({ id }) => id !== anchor).map(({ id }) => id)

    const moved = await atOnce(
      ada.user.id,
      moves.map((id, n) => async (scope: Scope) => {
        const task = await moveTask(scope, { id, after: anchor, ...(n % 2 === 0 && { listId: null }) })
        return task?.revision ?? 0
      }),
    )
    expect(new Set(moved).size).toBe(50)
    const after = (await ada.tasks.list(byPosition)).items
    expect(new Set(after.map(({ position }) => position)).size).toBe(51)
    // As if one had been moved after the other: the last one stands right behind.
    const inTurn = moves.toSorted((a, b) => Number(moved[moves.indexOf(b)]) - Number(moved[moves.indexOf(a)]))
    expect(after.map(({ id }) => id)).toEqual([anchor, ...inTurn])
    expect(after.filter(({ listId }) => listId === null)).toHaveLength(25)
  },
)

test('fifty moves at once between parents and lists make no cycle, and a subtask stands where its parent does', async ({
  signUp,
  database,
  atOnce,
}) => {
  const ada = await signUp()
  const lists = await addLists(database, ada.user.id, ['Home', 'Work'])
  const ids: string[] = []
  for (let n = 0; n < 12; n++) ids.push((await ada.tasks.create({ title: `${n}`, listId: lists[n % 3] })).id)

  for (let round = 1; round <= 3; round++) {
    const outcomes = await atOnce(
      ada.user.id,
      Array.from({ length: 50 }, (_, n) => async (scope: Scope) => {
        const id = ids[n % 12] ?? ''
        const parentId = ids[(n * (5 + round) + round) % 12] ?? ''
        if (n % 5 === 0) return moveTask(scope, { id, listId: lists[n % 2] ?? null })
        return n % 2 === 0 ? moveTask(scope, { id, parentId }) : updateTask(scope, { id, parentId })
      }),
    )
    const refused = outcomes.filter((outcome) => typeof outcome === 'string')
    expect(refused).toContain('TASK_BELOW_ITSELF')
    for (const reason of refused) expect(['TASK_BELOW_ITSELF', 'TOO_DEEP']).toContain(reason)
    const { items } = await ada.tasks.list(byPosition)
    for (const task of items)
      expect(rootOf(task, items), `round ${round}`).toMatchObject({ listId: task.listId })
  }
})

test('subtasks that come while their parent moves or goes stand in its list or are not there', async ({
  signUp,
  database,
  atOnce,
}) => {
  const ada = await signUp()
  const [home = null, work = null] = await addLists(database, ada.user.id, ['Home', 'Work'])
  const parent = await ada.tasks.create({ title: 'parent', listId: home })
  /** In any of the ways in which a task may get a parent. */
  const come = async (scope: Scope, n: number, title: string) => {
    if (n % 3 === 0) return insertTask(scope, { title, parentId: parent.id }, new Date())
    // A transaction of its own, so that this one does not hold the clock already.
    const { id } = await ada.tasks.create({ title, listId: home })
    return n % 3 === 1
      ? updateTask(scope, { id, parentId: parent.id })
      : changeTasks(scope, { ids: [id], change: { parentId: parent.id } }, clock)
  }
  for (const [round, listId] of [work, null, home, work, home].entries()) {
    await atOnce<unknown>(
      ada.user.id,
      Array.from(
        { length: 16 },
        (_, n) => (scope: Scope) =>
          n === 4 ? moveTask(scope, { id: parent.id, listId }) : come(scope, n, `${round} ${n}`),
      ),
    )
    const { items } = await ada.tasks.list(byPosition)
    expect(items).toHaveLength(1 + 15 * (round + 1))
    expect(items.filter((task) => task.parentId === null)).toHaveLength(1)
    expect(new Set(items.map((task) => task.listId)), `round ${round}`).toEqual(new Set([listId]))
  }

  const outcomes = await atOnce<unknown>(
    ada.user.id,
    Array.from(
      { length: 20 },
      (_, n) => (scope: Scope) =>
        n === 10
          ? changeTasks(scope, { ids: [parent.id], change: { delete: true } }, clock)
          : insertTask(scope, { title: `${n}`, parentId: parent.id }, new Date()),
    ),
  )
  expect(await ada.tasks.list()).toMatchObject({ items: [] })
  for (const outcome of outcomes) if (typeof outcome === 'string') expect(outcome).toBe('PARENT_NOT_FOUND')
})

test('devices that add different tags to a task at once all win', async ({ signUp, database, atOnce }) => {
  const ada = await signUp()
  const tags = await addTags(
    database,
    ada.user.id,
    Array.from({ length: 50 }, (_, n) => `tag ${n}`),
  )
  const { id } = await ada.tasks.create({ title: 'tagged', tagIds: tags.slice(0, 10) })
  await atOnce<unknown>(
    ada.user.id,
    tags.map((tag, n) => (scope: Scope) => {
      const change = n < 10 ? { removeTagIds: [tag] } : { addTagIds: [tag] }
      return n % 2 === 0
        ? updateTask(scope, { id, ...change })
        : changeTasks(scope, { ids: [id], change }, clock)
    }),
  )
  expect((await ada.tasks.get({ id })).tagIds).toEqual(tags.slice(10).toSorted())
})

const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'UTC', weekStart: 1 }

/** @throws where there is none, within eight levels. */
function rootOf(task: Task, tasks: Task[]): Task {
  let root = task
  for (let level = 1; root.parentId !== null; level++) {
    const parent = tasks.find(({ id }) => id === root.parentId)
    if (!parent || level === 8) throw new Error('there is no root')
    root = parent
  }
  return root
}
