import fc from 'fast-check'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { errorOf } from '../errors.ts'
import { matcherOf, orderOf, type Filter } from './filter.ts'
import { liveStats } from './live-stats.ts'
import { createModel } from './model.ts'
import { idsOf, type Task } from './operation.ts'
import { filter, newTask, step } from './random-tasks.fixture.ts'
import { test } from './server.fixture.ts'
import { syncServer } from './sync-server.ts'
import { makeOperation } from './write.ts'

const never = new AbortController().signal

test('what is shown at once is what the server makes of it', async ({ newUser }) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
      const { id: userId, client } = await newUser()
      const server = syncServer(client, userId)
      const model = createModel()
      const ids: string[] = []
      const revisions = new Map<string, number>()
      for (const [at, next] of steps.entries()) {
        // Two tasks of the same millisecond have no order of their own.
        await setTimeout(2)
        const operation = makeOperation(next(ids), model, { basedOn: 0, now: Date.now(), above: undefined })
        const touched = idsOf(operation)
        if (operation.path === 'tasks.create') ids.push(...touched)
        const before = touched.map((id) => JSON.stringify(model.tasks.get(id)))
        const isRefused = await server.run(operation, never).then(
          () => false,
          (error: unknown) => {
            expect(errorOf(error)).toMatchObject({ reason: 'TASK_NOT_FOUND' })
            return true
          },
        )
        if (!isRefused) model.change({ add: [{ ...operation, seq: at + 1, acknowledged: true }] })

        const { tasks } = await server.pull({}, never)
        const theirs = new Map(tasks.map((task) => [task.id, task]))
        expect([...model.tasks.keys()].toSorted()).toEqual([...theirs.keys()].toSorted())
        for (const task of tasks) expect(comparable(model.tasks.get(task.id))).toEqual(comparable(task))
        expect(inOrder([...model.tasks.values()])).toEqual(inOrder(tasks))
        // A change that changes nothing is one on neither side.
        const isSure = operation.path !== 'tasks.reorder'
        for (const [place, id] of touched.entries()) {
          if (!isSure) break
          const moved = theirs.get(id)?.revision !== revisions.get(id)
          expect(JSON.stringify(model.tasks.get(id)) !== before[place]).toBe(moved)
        }
        for (const id of touched) revisions.delete(id)
        for (const { id, revision } of tasks) revisions.set(id, revision)
      }
    }),
    { numRuns: 3 },
  )
}, 120_000)

/** Without what only the server knows, and with moments told apart only as there or not. */
function comparable(task: Task | undefined) {
  if (!task) return undefined
  const {
    number: _number,
    revision: _revision,
    position: _position,
    createdAt: _made,
    updatedAt: _changed,
    ...rest
  } = task
  return { ...rest, completedAt: task.completedAt !== null }
}

function inOrder(tasks: Task[]): string[] {
  const { place, compare } = orderOf({ sort: 'position', order: 'asc' })
  return tasks
    .map(place)
    .toSorted(compare)
    .map(({ task }) => task.id)
}

for (const timeZone of ['UTC', 'Pacific/Auckland', 'America/Sao_Paulo', 'Asia/Kathmandu'])
  test(`lists and counts are those of the server, in ${timeZone}`, async ({ newUser }) => {
    const { id: userId, client } = await newUser()
    await client.account.update.mutate({ timeZone })
    const [tasks] = fc.sample(fc.array(newTask, { minLength: 120, maxLength: 120 }), 1)
    await Promise.all((tasks ?? []).map((task) => client.tasks.create.mutate(task)))
    const { tasks: put, revision } = await syncServer(client, userId).pull({}, never)
    expect(revision).toBe(120)
    const model = createModel()
    model.change({ tasks: { put, remove: [], only: true } })
    const clock = { now: Date.now(), timeZone }

    await fc.assert(
      fc.asyncProperty(filter, async (wanted) => {
        const { items } = await client.tasks.list.query({ ...wanted, limit: 500 })
        expect(listed(model.tasks, wanted, clock)).toEqual(items.map(({ id }) => id))
      }),
      { numRuns: 100 },
    )
    expect(liveStats(model, () => clock).live.get()).toEqual(await client.tasks.stats.query())
  }, 60_000)

function listed(tasks: ReadonlyMap<string, Task>, wanted: Filter, clock: { now: number; timeZone: string }) {
  const { place, compare } = orderOf(wanted)
  return [...tasks.values()]
    .filter(matcherOf(wanted, clock))
    .map(place)
    .toSorted(compare)
    .map(({ task }) => task.id)
}
