import { expect, test as base } from 'vitest'
import { applyEffects } from './effects.ts'
import { memoryTables } from './memory-tables.ts'
import type { Operation } from './operation.ts'
import { recordsIn, type Pulled } from './records.ts'
import type { Ids, Task } from './rows.ts'
import { createState } from './state.ts'

const test = base.extend('records', async () => recordsIn(await memoryTables()))

const operation = (opId: string): Operation => ({
  path: 'tasks.create',
  input: { id: opId, title: opId },
  opId,
  basedOn: 0,
  madeAt: '2026-11-21T09:00:00Z',
})

function task(id: string): Task {
  const state = createState()
  applyEffects(operation(id), state, state.put)
  return state.rows.tasks.get(id) as Task
}

const pulled = ({
  tasks = [],
  deleted = [],
  ...change
}: Partial<Pulled> & { tasks?: Task[]; deleted?: string[] }): Pulled => ({
  from: null,
  only: false,
  put: { tasks },
  remove: { tasks: deleted },
  revision: 1,
  at: '2026-11-21T09:00:00Z',
  settled: [],
  ...change,
})

const idsIn = async (records: ReturnType<typeof recordsIn>) =>
  (await records.read()).rows?.put.tasks?.map(({ id }) => id)

test('a pull applies where it began, and nowhere else', async ({ records }) => {
  const first = pulled({ only: true, tasks: [task('a'), task('b')], revision: 5 })
  expect(await records.apply(first)).toEqual({ from: 0, to: 1 })
  // Two tabs that both believe to be the elected one.
  expect(await records.apply(pulled({ from: 5, tasks: [task('c')], revision: 7 }))).toEqual({
    from: 1,
    to: 2,
  })
  expect(await records.apply(pulled({ from: 5, deleted: ['a'], revision: 6 }))).toBeUndefined()
  expect(await records.apply(first)).toBeUndefined()
  expect(await idsIn(records)).toEqual(['a', 'b', 'c'])
  expect((await records.read()).meta).toMatchObject({ revision: 7, version: 2 })
})

test('a snapshot leaves nothing that is not in it, but the outbox', async ({ records }) => {
  await records.append([operation('mine')])
  await records.apply(pulled({ only: true, tasks: [task('a'), task('b')], revision: 5 }))
  await records.apply(pulled({ from: 5, only: true, tasks: [task('b'), task('c')], revision: 3 }))
  expect(await idsIn(records)).toEqual(['b', 'c'])
  expect((await records.read()).outbox).toMatchObject([{ opId: 'mine', seq: 1 }])
})

test('places in the outbox are never given twice', async ({ records }) => {
  await records.append([operation('a'), operation('b')])
  await records.apply(pulled({ only: true, settled: [1, 2] }))
  expect(await records.append([operation('c')])).toMatchObject([{ seq: 3 }])
})

test('what a pull has settled does not come back by being acknowledged late', async ({ records }) => {
  await records.append([operation('a'), operation('b')])
  await records.apply(pulled({ only: true, settled: [1] }))
  await records.acknowledge([1, 2])
  expect((await records.read()).outbox).toMatchObject([{ opId: 'b', acknowledged: true }])
})

test('a refused operation is in the list of failures, and tried again it is at the end of the outbox', async ({
  records,
}) => {
  const [a] = await records.append([operation('a'), operation('b')])
  const failure = { ...operation('a'), reason: 'BAD_INPUT' as const, message: '', issues: [], failedAt: '' }
  await records.reject(a?.seq ?? 0, failure)
  expect(await records.read()).toMatchObject({ outbox: [{ opId: 'b' }], failures: [{ opId: 'a' }] })
  expect(await records.retry('a', operation('a'))).toMatchObject([{ seq: 3 }])
  // Another tab's click.
  expect(await records.retry('a', operation('a'))).toEqual([])
  expect(await records.read()).toMatchObject({ outbox: [{ opId: 'b' }, { opId: 'a' }], failures: [] })
})

test('a tab reads what it heard of, or everything where it missed something', async ({ records }) => {
  await records.apply(pulled({ only: true, tasks: [task('a'), task('b')], revision: 1 }))
  await records.apply(pulled({ from: 1, tasks: [task('c')], deleted: ['a'], revision: 2 }))
  expect((await records.read({ version: 2, to: 2, ids: {} })).rows).toBeUndefined()
  expect((await records.read({ version: 1, to: 2, ids: { tasks: ['a', 'c'] } })).rows).toMatchObject({
    put: { tasks: [{ id: 'c' }] },
    remove: { tasks: ['a'] },
    only: false,
  })
  const missed: { version: number; to: number; ids: Ids | undefined }[] = [
    { version: 0, to: 1, ids: { tasks: ['a'] } },
    { version: 0, to: 2, ids: undefined },
  ]
  for (const known of missed)
    expect((await records.read(known)).rows).toMatchObject({
      put: { tasks: [{ id: 'b' }, { id: 'c' }] },
      only: true,
    })
})

test('only what was never sent is kept for a user who is away', async ({ records }) => {
  await records.apply(pulled({ only: true, tasks: [task('a')] }))
  await records.append([operation('sent'), operation('unsent')])
  await records.acknowledge([1])
  expect(await records.keepUnsent()).toBe(true)
  expect(await records.read()).toMatchObject({
    meta: { revision: null },
    rows: { put: { tasks: [] } },
    outbox: [{ opId: 'unsent' }],
  })
  await records.acknowledge([2])
  expect(await records.keepUnsent()).toBe(false)
})
