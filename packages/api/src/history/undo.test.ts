import { asUser, inTransaction } from '@ownlist/db'
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { updateTask } from '../tasks/queries.ts'
import { test } from '../testing.fixture.ts'

const stamped = { revision: expect.any(Number) as number, updatedAt: expect.any(String) as string }

describe('undo', () => {
  test('of every kind of change gives back what was, and undoing that does it again', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.update({ id, title: 'Buy oat milk', priority: 'high' })
    const before = await ada.tasks.get({ id })
    await ada.tasks.delete({ id })

    expect(await ada.history.undo({ revision: 3 })).toEqual({ revision: 4, undone: 1, skipped: 0 })
    expect(await ada.tasks.get({ id })).toEqual({ ...before, ...stamped })
    expect(await ada.history.undo({ revision: 2 })).toEqual({ revision: 5, undone: 1, skipped: 0 })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy milk', priority: 'medium' })
    expect(await ada.history.undo({ revision: 1 })).toEqual({ revision: 6, undone: 1, skipped: 0 })
    await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
    // Redo: what is undone is undone.
    for (const revision of [6, 5]) await ada.history.undo({ revision })
    expect(await ada.tasks.get({ id })).toEqual({ ...before, ...stamped })
    // And again, by the first revision and not by its redo.
    await ada.history.undo({ revision: 2 })

    const { items } = await ada.history.list()
    expect(items.map(({ revision, undoes, undoneBy }) => [revision, undoes, undoneBy])).toEqual([
      [9, 2, null],
      [8, 5, null],
      [7, 6, null],
      [6, 1, 7],
      [5, 2, 8],
      [4, 3, null],
      [3, null, 4],
      [2, null, 9],
      [1, null, null],
    ])
  })

  test('touches nothing but what the revision changed', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    await ada.tasks.update({ id, description: 'Later', due: { date: '2026-11-21' } })
    await ada.tasks.complete({ id })
    const before = await ada.tasks.get({ id })
    await ada.history.undo({ revision: 2 })
    expect(await ada.tasks.get({ id })).toEqual({ ...before, ...stamped, title: 'a' })
  })

  test('of a completion brings back the time of an earlier one', async ({ signUp }) => {
    const ada = await signUp()
    const { id, completedAt } = await ada.tasks.create({ title: 'a', completed: true })
    await ada.tasks.reopen({ id })
    await ada.history.undo({ revision: 2 })
    expect(await ada.tasks.get({ id })).toMatchObject({ status: 'completed', completedAt })
  })

  test('of a bulk change is one change', async ({ signUp }) => {
    const ada = await signUp()
    const ids = []
    for (const title of ['a', 'b', 'c']) ids.push((await ada.tasks.create({ title })).id)
    await ada.tasks.bulk({ ids, change: { priority: 'high', due: { date: '2026-11-21' } } })
    expect(await ada.history.undo({ revision: 4 })).toEqual({ revision: 5, undone: 3, skipped: 0 })
    const { items } = await ada.tasks.list()
    expect(items.map(({ priority, due, revision }) => [priority, due, revision])).toEqual(
      ids.map(() => ['medium', null, 5]),
    )
  })

  test('of what is undone already, or was set back by hand, changes nothing', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    await ada.tasks.update({ id, title: 'a' })
    const nothing = { revision: null, undone: 0, skipped: 1 }
    for (const ifConflict of ['ask', 'skip', 'overwrite'] as const) {
      expect(await ada.history.undo({ revision: 2, ifConflict })).toEqual(nothing)
    }
    await ada.tasks.delete({ id })
    expect(await ada.history.undo({ revision: 1 })).toEqual(nothing)
    await ada.history.restore({ entity: 'tasks', id })
    expect(await ada.history.undo({ revision: 4 })).toEqual(nothing)
    expect(await ada.sync.pull()).toMatchObject({ revision: 5 })
  })

  test('says who and that it is an undo', async ({ signUp }) => {
    const ada = await signUp()
    await ada.tasks.create({ title: 'a' })
    await ada.history.undo({ revision: 1, basedOn: 1 })
    expect((await ada.history.list({ limit: 1 })).items).toMatchObject([
      { revision: 2, undoes: 1, actor: 'session', client: 'tests', session: { id: ada.sessionId } },
    ])
    // The word does not reach the next transaction on the same connection.
    await ada.tasks.create({ title: 'b' })
    expect((await ada.history.list({ limit: 1 })).items).toMatchObject([{ revision: 3, undoes: null }])
  })
})

describe('a conflict', () => {
  test('is asked about, field by field, and nothing happens until it is answered', async ({ signUp }) => {
    const ada = await signUp()
    const due = { date: '2026-11-21' }
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    const other = await ada.tasks.create({ title: 'Other' })
    await ada.tasks.bulk({ ids: [id, other.id], change: { priority: 'high', due, completed: true } })
    await ada.tasks.update({ id, title: 'Buy bread', due: { date: '2026-11-22' }, status: 'in_progress' })
    const before = await ada.tasks.list()

    await expect(ada.history.undo({ revision: 3 })).rejects.toMatchObject({
      reason: 'UNDO_CONFLICT',
      conflicts: [
        {
          entity: 'tasks',
          id,
          title: 'Buy bread',
          fields: expect.toSatisfy(
            (fields: string[]) => fields.toSorted().join() === 'completedAt,due,status',
          ) as string[],
        },
      ],
    })
    expect(await ada.tasks.list()).toEqual(before)

    expect(await ada.history.undo({ revision: 3, ifConflict: 'skip' })).toEqual({
      revision: 5,
      undone: 2,
      skipped: 0,
    })
    expect(await ada.tasks.get({ id })).toMatchObject({
      title: 'Buy bread',
      priority: 'medium',
      due: { date: '2026-11-22' },
      status: 'in_progress',
    })
    expect(await ada.history.undo({ revision: 3, ifConflict: 'overwrite' })).toEqual({
      revision: 6,
      undone: 1,
      skipped: 1,
    })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy bread', due: null, status: 'pending' })
  })

  test('is a made row that was changed since, and a changed row that is gone', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    await expect(ada.history.undo({ revision: 1 })).rejects.toMatchObject({
      conflicts: [{ id, fields: ['title'] }],
    })
    expect(await ada.history.undo({ revision: 1, ifConflict: 'skip' })).toEqual({
      revision: null,
      undone: 0,
      skipped: 1,
    })
    expect(await ada.history.undo({ revision: 1, ifConflict: 'overwrite' })).toMatchObject({
      revision: 3,
      undone: 1,
    })
    await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })

    await expect(ada.history.undo({ revision: 2 })).rejects.toMatchObject({
      conflicts: [{ id, title: 'a', fields: ['title'] }],
    })
    for (const ifConflict of ['skip', 'overwrite'] as const) {
      expect(await ada.history.undo({ revision: 2, ifConflict })).toEqual({
        revision: null,
        undone: 0,
        skipped: 1,
      })
    }
  })

  test('is a deleted row that is there again with other content', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a', priority: 'high' })
    await ada.tasks.delete({ id })
    // The same id, as an import may bring it: another task, with another number.
    const { number, createdAt } = await ada.tasks.create({ id, title: 'b', priority: 'high' })
    await expect(ada.history.undo({ revision: 2 })).rejects.toMatchObject({
      conflicts: [{ id, title: 'b', fields: expect.arrayContaining(['title', 'position']) as string[] }],
    })
    expect(await ada.history.undo({ revision: 2, ifConflict: 'overwrite' })).toMatchObject({ undone: 1 })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'a', number, createdAt })
  })

  test('names a hundred rows of many', async ({ signUp, database }) => {
    const ada = await signUp()
    await database.query(`insert into tasks (user_id, title) select $1, 'a' from generate_series(1, 300)`, [
      ada.user.id,
    ])
    await database.query(`update tasks set title = 'b' where user_id = $1`, [ada.user.id])
    const refused = await ada.history.undo({ revision: 1 }).catch((error: unknown) => error)
    expect((refused as { conflicts: unknown[] }).conflicts).toHaveLength(100)
  })
})

describe('at the same time', () => {
  test('an undo waits for a change under way, and then sees it', async ({ signUp, connection }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    let undo: Promise<unknown> | undefined
    await inTransaction(asUser(connection, ada.user.id), async (scope) => {
      await updateTask(scope, { id, title: 'c' })
      undo = ada.history.undo({ revision: 2 }).catch((error: unknown) => error)
      await setTimeout(200)
    })
    expect(await undo).toMatchObject({ reason: 'UNDO_CONFLICT', conflicts: [{ fields: ['title'] }] })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'c' })
  })

  test('one of many undos of the same revision does it, and the others have nothing to do', async ({
    signUp,
  }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    const answers = await Promise.all(Array.from({ length: 10 }, () => ada.history.undo({ revision: 2 })))
    expect(answers.filter(({ undone }) => undone === 1)).toHaveLength(1)
    expect(answers.filter(({ revision }) => revision === null)).toHaveLength(9)
    expect(await ada.sync.pull()).toMatchObject({ revision: 3 })
  })

  test('undos, changes in bulk and restores never block each other for good', async ({ signUp }) => {
    const ada = await signUp()
    const ids: string[] = []
    for (let n = 0; n < 20; n++) ids.push((await ada.tasks.create({ title: `Task ${n}` })).id)
    await ada.tasks.bulk({ ids, change: { priority: 'high' } })
    await ada.tasks.bulk({ ids: ids.slice(0, 5), change: { delete: true } })
    const turns = Array.from({ length: 60 }, (_, turn) => {
      const some = turn % 2 ? ids : ids.toReversed()
      if (turn % 4 === 0) return ada.tasks.bulk({ ids: some, change: { priority: 'low' } })
      if (turn % 4 === 1) return ada.history.undo({ revision: 21, ifConflict: 'overwrite' })
      if (turn % 4 === 2) return ada.history.undo({ revision: 22, ifConflict: 'overwrite' })
      return ada.history.restore({ entity: 'tasks', id: ids[turn % 5] ?? '' })
    })
    const results = await Promise.allSettled(turns)
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([])
    expect((await ada.tasks.list()).items).toHaveLength(20)
  })
})

describe('restore', () => {
  test('brings a deleted task back whole, as a new revision, however often it went', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a', completed: true, due: { date: '2026-11-21' } })
    await ada.tasks.delete({ id })
    await ada.history.restore({ entity: 'tasks', id })
    await ada.tasks.update({ id, title: 'b' })
    const before = await ada.tasks.get({ id })
    await ada.tasks.delete({ id })
    expect(await ada.history.restore({ entity: 'tasks', id })).toEqual({
      ...before,
      revision: 6,
      updatedAt: stamped.updatedAt,
    })
    // It is there: nothing to do, and no revision.
    expect(await ada.history.restore({ entity: 'tasks', id })).toMatchObject({ id, revision: 6 })
    expect(await ada.sync.pull()).toMatchObject({ revision: 6 })
  })

  test('brings back one of many that went together', async ({ signUp }) => {
    const ada = await signUp()
    const ids = []
    for (const title of ['a', 'b', 'c']) ids.push((await ada.tasks.create({ title })).id)
    await ada.tasks.bulk({ ids, change: { delete: true } })
    await ada.history.restore({ entity: 'tasks', id: ids[1] ?? '' })
    expect((await ada.tasks.list()).items.map(({ id }) => id)).toEqual([ids[1]])
    // The rest comes with the undo of the deletion.
    expect(await ada.history.undo({ revision: 4 })).toEqual({ revision: 6, undone: 2, skipped: 1 })
    expect((await ada.tasks.list()).items).toHaveLength(3)
  })

  test('knows nothing of a task that never was', async ({ signUp }) => {
    const ada = await signUp()
    await expect(ada.history.restore({ entity: 'tasks', id: randomUUID() })).rejects.toMatchObject({
      reason: 'TASK_NOT_FOUND',
    })
  })
})

test('an import of 5,000 tasks is undone and redone as one', async ({ signUp, database }) => {
  const ada = await signUp()
  const { id } = await ada.tasks.create({ title: 'Mine' })
  // Statistics of another time: of one task, and then of none but it.
  await database.query('analyze tasks, changes, revisions')
  await database.query(
    `insert into tasks (user_id, title, description, due_date, due_all_day)
     select $1, 'Task ' || n, 'Some words about it', '2026-11-21Z', true from generate_series(1, 5000) n`,
    [ada.user.id],
  )
  const steps: [what: string, revision: number][] = [
    ['import undone', 2],
    ['redone', 3],
    ['undone again', 4],
  ]
  for (const [what, revision] of steps) {
    const start = performance.now()
    expect(await ada.history.undo({ revision })).toEqual({
      revision: revision + 1,
      undone: 5_000,
      skipped: 0,
    })
    process.stdout.write(`5,000 tasks, ${what}: ${Math.round(performance.now() - start)} ms\n`)
    expect((await ada.tasks.stats()).total).toBe(what === 'redone' ? 5_001 : 1)
    if (what !== 'redone') await database.query('analyze tasks, changes, revisions')
  }
  expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Mine', revision: 1 })
}, 120_000)
