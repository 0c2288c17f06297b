import fc from 'fast-check'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { errorOf } from '../errors.ts'
import { matcherOf, orderOf, type Clock, type Filter } from './filter.ts'
import { liveCounts } from './live-counts.ts'
import { liveRows } from './live-rows.ts'
import { liveStats } from './live-stats.ts'
import { createModel } from './model.ts'
import { idsOf } from './operation.ts'
import { filterOf, newTask, step, type Known } from './random-steps.fixture.ts'
import { eachKind, kinds, type Kind, type RowOf, type Task } from './rows.ts'
import { test } from './server.fixture.ts'
import { syncServer } from './sync-server.ts'
import { makeOperation } from './write.ts'

const never = new AbortController().signal

/** What a change is refused for where what it is about, or meant for, is not there, or cannot be. */
const refusals =
  /^((TASK|LIST|TAG|VIEW|COMMENT|PARENT)_NOT_FOUND|NAME_TAKEN|TASK_BELOW_ITSELF|TOO_DEEP)$/

test('what is shown at once is what the server makes of it', async ({ newUser }) => {
  let done = 0
  let carried = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
      const { id: userId, client } = await newUser()
      const server = syncServer(client, userId)
      const model = createModel()
      const known: Known = eachKind(() => [])
      const revisions = new Map<string, number>()
      for (const [at, next] of steps.entries()) {
        // Two rows of the same millisecond have no order of their own.
        await setTimeout(2)
        const around = { basedOn: 0, now: Date.now(), above: undefined }
        const operation = makeOperation(next(known), model, around)
        const [kind, name] = operation.path.split('.') as [Kind, string]
        const before = textsOf(model.rows)
        const refused = await server.run(operation, never).then(
          () => undefined,
          (error: unknown) => errorOf(error).reason,
        )
        if (refused !== undefined) {
          expect(refused, JSON.stringify(operation)).toMatch(refusals)
          continue
        }
        done++
        if (name === 'create') known[kind].push(...idsOf(operation))
        model.change({ add: [{ ...operation, seq: at + 1, acknowledged: true }] })

        const page = await server.pull({}, never)
        const after = textsOf(model.rows)
        for (const each of kinds) {
          const theirs = page[each] as RowOf[Kind][]
          const ours = [...model.rows[each].values()]
          expect(comparable(ours), JSON.stringify(operation)).toEqual(comparable(theirs))
          if (each === 'tasks' || each === 'lists' || each === 'views')
            expect(inOrder(ours as Task[])).toEqual(inOrder(theirs as Task[]))
          // A change that changes nothing is one on neither side. Moving one may move others to make room.
          const isSure = !operation.path.endsWith('.reorder') && operation.path !== 'tasks.move'
          for (const { id, revision } of theirs) {
            const moved = revisions.get(id) !== revision
            revisions.set(id, revision)
            if (moved && !idsOf(operation).includes(id)) carried++
            if (isSure) expect(before.get(id) !== after.get(id), JSON.stringify(operation)).toBe(moved)
          }
        }
      }
    }),
    { numRuns: 5, endOnFailure: true },
  )
  // It means nothing unless changes came through, and took others along.
  expect(done).toBeGreaterThan(50)
  expect(carried).toBeGreaterThan(3)
}, 120_000)

function textsOf(rows: { [K in Kind]: ReadonlyMap<string, RowOf[K]> }): Map<string, string> {
  return new Map(kinds.flatMap((kind) => [...rows[kind]].map(([id, row]) => [id, JSON.stringify(row)] as const)))
}

/** Without what only the server knows, and with moments told apart only as there or not. */
function comparable(rows: RowOf[Kind][]) {
  const known = rows.map((row) => {
    const { revision: _, createdAt: _made, updatedAt: _changed, ...rest } = row
    return {
      ...rest,
      number: 0,
      position: '',
      ...('completedAt' in row && { completedAt: row.completedAt !== null }),
      ...('archivedAt' in row && { archivedAt: row.archivedAt !== null }),
    }
  })
  return known.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

function inOrder(rows: Task[]): string[] {
  const { place, compare } = orderOf({ sort: 'position', order: 'asc' })
  return rows
    .map(place)
    .toSorted(compare)
    .map(({ task }) => task.id)
}

const zones: [string, number][] = [
  ['UTC', 1],
  ['Pacific/Auckland', 7],
  ['America/Sao_Paulo', 3],
  ['Asia/Kathmandu', 6],
]
for (const [timeZone, weekStart] of zones)
  test(`lists and counts are those of the server, in ${timeZone}`, async ({ newUser }) => {
    const { id: userId, client } = await newUser()
    await client.account.update.mutate({ timeZone, weekStart })
    const named = (many: number) => Array.from({ length: many }, (_, at) => ({ name: `${'zé'[at % 2]}${at}` }))
    const lists = await Promise.all(named(4).map((list) => client.lists.create.mutate(list)))
    const tags = await Promise.all(named(5).map((tag) => client.tags.create.mutate(tag)))
    const [tasks = []] = fc.sample(fc.array(newTask, { minLength: 120, maxLength: 120 }), 1)
    const made: string[] = []
    for (const [at, task] of tasks.entries()) {
      const listId = lists[at % 6]?.id ?? null
      const tagIds = tags.filter((_, nth) => (at >> nth) % 2 === 1).map(({ id }) => id)
      const parentId = at % 3 === 2 ? (made[at % 12] ?? null) : null
      const { id } = await client.tasks.create.mutate({ ...task, listId, tagIds, parentId })
      made.push(id)
    }
    const { revision, deleted: _, cursor: _cursor, snapshot: _snapshot, ...put } = await syncServer(client, userId).pull({}, never)
    expect(revision).toBe(129)
    const model = createModel()
    model.change({ rows: { put, remove: {}, only: true } })
    const clock = { now: Date.now(), timeZone, weekStart }

    const some = {
      lists: lists.map(({ id }) => id),
      tags: tags.map(({ id }) => id),
      tasks: made.slice(0, 8),
    }
    await fc.assert(
      fc.asyncProperty(filterOf(some), async (wanted) => {
        const { items } = await client.tasks.list.query({ ...wanted, limit: 500 })
        expect(listed(model.rows.tasks, wanted, clock)).toEqual(items.map(({ id }) => id))
      }),
      { numRuns: 100 },
    )
    expect(liveStats(model, () => clock).live.get()).toEqual(await client.tasks.stats.query())

    const counts = liveCounts(model).live.get()
    const theirLists = await client.lists.list.query({})
    expect(counts.inbox.open).toBe(theirLists.inbox.open)
    expect(liveRows(model, 'lists').live.get().map(({ id }) => [id, counts.lists.get(id)])).toEqual(
      theirLists.items.map(({ id, open, completed }) => [id, { open, completed }]),
    )
    const theirTags = await client.tags.list.query({})
    expect(liveRows(model, 'tags').live.get().map(({ id }) => [id, counts.tags.get(id)?.open ?? 0])).toEqual(
      theirTags.items.map(({ id, open }) => [id, open]),
    )
  }, 60_000)

function listed(tasks: ReadonlyMap<string, Task>, wanted: Filter, clock: Clock) {
  const { place, compare } = orderOf(wanted)
  return [...tasks.values()]
    .filter(matcherOf(wanted, clock))
    .map(place)
    .toSorted(compare)
    .map(({ task }) => task.id)
}
