import fc from 'fast-check'
import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { errorOf } from '../errors.ts'
import { orderOf } from './filter.ts'
import { liveCounts } from './live-counts.ts'
import { liveList } from './live-list.ts'
import { liveRows } from './live-rows.ts'
import { liveStats } from './live-stats.ts'
import { createModel } from './model.ts'
import { idsOf } from './operation.ts'
import { filterOf, newTask, step, type Known, type Step } from './random-steps.fixture.ts'
import { eachKind, kinds, noRows, type Kind, type RowOf, type Task } from './rows.ts'
import { test } from './server.fixture.ts'
import { syncServer } from './sync-server.ts'
import { makeOperation } from './write.ts'

const never = new AbortController().signal

/** What a change is refused for where what it is about, or meant for, is not there, or cannot be. */
const refusals = /^((TASK|LIST|TAG|VIEW|COMMENT|PARENT)_NOT_FOUND|NAME_TAKEN|TASK_BELOW_ITSELF|TOO_DEEP)$/

/** Something to put tasks into, and tasks below each other. */
const beginning: Step[] = [
  () => ({ path: 'lists.create', input: { name: 'one' } }),
  () => ({ path: 'lists.create', input: { name: 'two', after: null } }),
  () => ({ path: 'tags.create', input: { name: 'a' } }),
  () => ({ path: 'tags.create', input: { name: 'b' } }),
  ({ lists: [listId], tags }) => ({ path: 'tasks.create', input: { title: 'x', listId, tagIds: tags } }),
  ({ tasks: [parentId] }) => ({ path: 'tasks.create', input: { title: 'y', parentId } }),
  ({ tasks: [, parentId], tags: [tag = ''] }) => ({
    path: 'tasks.create',
    input: { title: 'z', parentId, tagIds: [tag] },
  }),
  ({ tasks: [, , taskId = ''] }) => ({ path: 'comments.create', input: { taskId, body: ' yes ' } }),
]

test('what is shown at once is what the server makes of it', async ({ newUser }) => {
  let done = 0
  let carried = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 40 }), async (steps) => {
      const { id: userId, client } = await newUser()
      const server = syncServer(client, userId)
      const model = createModel()
      const theirs = noRows()
      const gone: Known = eachKind(() => [])
      const revisions = new Map<string, number>()
      let revision = 0
      for (const [place, next] of [...beginning, ...steps].entries()) {
        // Two rows of the same millisecond have no order of their own.
        await setTimeout(2)
        const around = { basedOn: 0, now: Date.now(), above: undefined }
        // What is not there any more is asked for now and then.
        const known = eachKind((kind) => [...model.rows[kind].keys(), ...gone[kind].slice(-1)])
        const operation = makeOperation(next(known), model, around)
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
        model.change({ add: [{ ...operation, seq: place + 1, acknowledged: true }] })

        const page = await server.pull({ since: revision }, never)
        revision = page.revision
        for (const { entity, id } of page.deleted as { entity: Kind; id: string }[]) {
          theirs[entity].delete(id)
          gone[entity].push(id)
          if (!idsOf(operation).includes(id)) carried++
        }
        const after = textsOf(model.rows)
        for (const kind of kinds) {
          for (const row of page[kind] as RowOf[Kind][]) theirs[kind].set(row.id, row as never)
          const [ours, all] = [model.rows[kind], theirs[kind]].map((rows) => [
            ...rows.values(),
          ]) as RowOf[Kind][][]
          expect(comparable(ours ?? []), JSON.stringify(operation)).toEqual(comparable(all ?? []))
          if (kind === 'tasks' || kind === 'lists' || kind === 'views')
            expect(inOrder(ours as Task[])).toEqual(inOrder(all as Task[]))
          // A change that changes nothing is one on neither side. Moving one may move others to make room.
          const isSure = !operation.path.endsWith('.reorder') && operation.path !== 'tasks.move'
          for (const { id, revision: at } of all ?? []) {
            const moved = revisions.get(id) !== at
            revisions.set(id, at)
            if (moved && !idsOf(operation).includes(id)) carried++
            if (isSure) expect(before.get(id) !== after.get(id), JSON.stringify(operation)).toBe(moved)
          }
        }
      }
    }),
    { numRuns: 4, endOnFailure: true },
  )
  // It means nothing unless changes came through, and took others along.
  expect(done).toBeGreaterThan(50)
  expect(carried).toBeGreaterThan(3)
}, 120_000)

function textsOf(rows: { [K in Kind]: ReadonlyMap<string, RowOf[K]> }): Map<string, string> {
  return new Map(
    kinds.flatMap((kind) => [...rows[kind]].map(([id, row]) => [id, JSON.stringify(row)] as const)),
  )
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
    const named = (many: number) =>
      Array.from({ length: many }, (_, at) => ({ name: `${'zé'[at % 2]}${at}` }))
    const lists = await Promise.all(named(4).map((list) => client.lists.create.mutate(list)))
    const tags = await Promise.all(named(5).map((tag) => client.tags.create.mutate(tag)))
    const [tasks = []] = fc.sample(fc.array(newTask, { minLength: 120, maxLength: 120 }), 1)
    const create = async (task: (typeof tasks)[number], at: number) => {
      const listId = lists[at % 6]?.id ?? null
      const tagIds = tags.filter((_, nth) => (at >> nth) % 2 === 1).map(({ id }) => id)
      const parentId = at % 3 === 2 ? (parents[at % 12]?.id ?? null) : null
      return client.tasks.create.mutate({ ...task, listId, tagIds, parentId })
    }
    const parents: Task[] = []
    parents.push(...(await Promise.all(tasks.slice(0, 12).map(create))))
    await Promise.all(tasks.slice(12).map((task, at) => create(task, at + 12)))
    // What one task says in its title, another has in a comment.
    await Promise.all(
      parents.map(({ id }, at) =>
        client.comments.create.mutate({ taskId: id, body: `, ${tasks.at(-1 - at)?.title}` }),
      ),
    )
    const pulled = await syncServer(client, userId).pull({}, never)
    const { revision, deleted: _, cursor: _cursor, snapshot: _snapshot, ...put } = pulled
    expect(revision).toBe(141)
    const model = createModel()
    model.change({ rows: { put, remove: {}, only: true } })
    const clock = { now: Date.now(), timeZone, weekStart }

    const some = {
      lists: lists.map(({ id }) => id),
      tags: tags.map(({ id }) => id),
      tasks: parents.map(({ id }) => id),
    }
    const filters = fc.sample(filterOf(some), 100)
    let found = 0
    await Promise.all(
      filters.map(async (wanted) => {
        const { items } = await client.tasks.list.query({ ...wanted, limit: 500 })
        const ids = items.map(({ id }) => id)
        const ours = liveList(model, wanted, () => clock).live.get()
        expect(
          ours.map(({ id }) => id),
          JSON.stringify(wanted),
        ).toEqual(ids)
        if (ids.length > 0) found++
      }),
    )
    expect(found).toBeGreaterThan(30)
    expect(liveStats(model, () => clock).live.get()).toEqual(await client.tasks.stats.query())

    const counts = liveCounts(model).live.get()
    const theirLists = await client.lists.list.query({})
    expect(counts.inbox.open).toBe(theirLists.inbox.open)
    expect(
      liveRows(model, 'lists')
        .live.get()
        .map(({ id }) => [id, counts.lists.get(id)]),
    ).toEqual(theirLists.items.map(({ id, open, completed }) => [id, { open, completed }]))
    const theirTags = await client.tags.list.query({})
    expect(
      liveRows(model, 'tags')
        .live.get()
        .map(({ id }) => [id, counts.tags.get(id)?.open ?? 0]),
    ).toEqual(theirTags.items.map(({ id, open }) => [id, open]))
  }, 60_000)
