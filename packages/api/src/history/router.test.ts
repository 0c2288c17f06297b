import { asUser, inTransaction } from '@ownlist/db'
import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { updateTask } from '../tasks/queries.ts'
import type { TaskChange } from '../tasks/schema.ts'
import { test } from '../testing.fixture.ts'

describe('the history', () => {
  test('tells what each revision did, newest first, with who, when and from where', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    const due = { dateTime: '2026-11-21T09:00:00.5Z', timeZone: 'Europe/Paris' }
    await ada.tasks.update({ id, title: 'Buy oat milk', due })
    const task = await ada.tasks.complete({ id })
    await ada.tasks.delete({ id })

    const { items, nextCursor } = await ada.history.list()
    expect(nextCursor).toBeNull()
    const { number, description, priority, position, createdAt, completedAt } = task
    const { listId, parentId, tagIds, recurrence, series } = task
    const same = { entity: 'tasks', id, title: 'Buy oat milk', superseded: [], restorable: false }
    const place = { listId, parentId, tagIds, recurrence, series }
    const all = { number, description, priority, position, createdAt, ...place }
    const by = {
      madeAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      actor: 'session',
      client: 'tests',
      session: { id: ada.sessionId, current: true },
      undoes: null,
      undoneBy: null,
      count: 1,
    }
    expect(items).toEqual([
      {
        ...by,
        revision: 4,
        changes: [
          {
            ...same,
            kind: 'deleted',
            before: { ...all, title: 'Buy oat milk', status: 'completed', completedAt, due },
            after: null,
            restorable: true,
          },
        ],
      },
      {
        ...by,
        revision: 3,
        changes: [
          {
            ...same,
            kind: 'updated',
            before: { status: 'pending', completedAt: null },
            after: { status: 'completed', completedAt },
          },
        ],
      },
      {
        ...by,
        revision: 2,
        changes: [
          {
            ...same,
            kind: 'updated',
            before: { title: 'Buy milk', due: null },
            after: { title: 'Buy oat milk', due },
          },
        ],
      },
      {
        ...by,
        revision: 1,
        changes: [
          {
            ...same,
            title: 'Buy milk',
            kind: 'created',
            before: null,
            after: { ...all, title: 'Buy milk', status: 'pending', completedAt: null, due: null },
          },
        ],
      },
    ])
  })

  test('tells a day from an instant, though only one of their columns differs', async ({ signUp }) => {
    const ada = await signUp()
    const midnight = { dateTime: '2026-11-21T00:00:00Z', timeZone: 'UTC' }
    const { id } = await ada.tasks.create({ title: 'Call', due: midnight })
    await ada.tasks.update({ id, due: { ...midnight, timeZone: 'Europe/Paris' } })
    await ada.tasks.update({ id, due: { date: '2026-11-21' } })
    const changes = (await ada.history.list({ limit: 2 })).items.flatMap((item) => item.changes)
    expect(changes).toMatchObject([
      { before: { due: { ...midnight, timeZone: 'Europe/Paris' } }, after: { due: { date: '2026-11-21' } } },
      { before: { due: midnight }, after: { due: { ...midnight, timeZone: 'Europe/Paris' } } },
    ])
  })

  test('of one task is what happened to it, also in what happened to many', async ({ signUp }) => {
    const ada = await signUp()
    const tasks = []
    for (let n = 0; n < 25; n++) tasks.push(await ada.tasks.create({ title: `Task ${n}` }))
    const ids = tasks.map(({ id }) => id)
    const [id = ''] = ids
    await ada.tasks.bulk({ ids, change: { priority: 'high' } })
    await ada.tasks.delete({ id: ids[1] ?? '' })

    const { items } = await ada.history.list({ entity: 'tasks', entityId: id })
    expect(
      items.map(({ revision, count, changes }) => [revision, count, changes.map((one) => one.id)]),
    ).toEqual([
      [26, 25, [id]],
      [1, 1, [id]],
    ])
    const [bulk] = (await ada.history.list({ limit: 2 })).items.slice(1)
    expect(bulk).toMatchObject({ revision: 26, count: 25 })
    expect(bulk?.changes).toHaveLength(20)
    await expect(ada.history.list({ entityId: id })).rejects.toMatchObject({ issues: [{ path: 'entity' }] })
  })

  test('is filtered by kind; of the deleted it tells which can be restored', async ({ signUp }) => {
    const ada = await signUp()
    const [kept, gone, back] = [
      await ada.tasks.create({ title: 'Kept' }),
      await ada.tasks.create({ title: 'Gone' }),
      await ada.tasks.create({ title: 'Back' }),
    ]
    await ada.tasks.update({ id: gone.id, title: 'Going' })
    await ada.tasks.bulk({ ids: [gone.id, back.id], change: { delete: true } })
    await ada.history.restore({ entity: 'tasks', id: back.id })
    await ada.tasks.update({ id: kept.id, priority: 'low' })

    const of = async (kind: 'created' | 'updated' | 'deleted') =>
      (await ada.history.list({ kind })).items.map(({ revision, changes }) => [
        revision,
        ...changes.map(({ title, restorable }) => `${title}${restorable ? ' (restorable)' : ''}`).toSorted(),
      ])
    expect(await of('deleted')).toEqual([[5, 'Back', 'Going (restorable)']])
    expect(await of('updated')).toEqual([
      [7, 'Kept'],
      [4, 'Going'],
    ])
    expect(await of('created')).toEqual([
      [6, 'Back'],
      [3, 'Back'],
      [2, 'Gone'],
      [1, 'Kept'],
    ])
    // What is gone is known by its last name.
    await ada.tasks.update({ id: kept.id, title: 'Not kept' })
    await ada.tasks.delete({ id: kept.id })
    expect((await of('updated'))[1]).toEqual([7, 'Not kept'])
  })

  test('comes page by page, each revision once', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    for (let n = 0; n < 7; n++) await ada.tasks.update({ id, title: `Turn ${n}` })
    for (const filter of [{}, { kind: 'updated' as const }, { entity: 'tasks' as const, entityId: id }]) {
      const seen: number[] = []
      let cursor: string | undefined
      do {
        const page = await ada.history.list({ ...filter, limit: 3, ...(cursor !== undefined && { cursor }) })
        seen.push(...page.items.map(({ revision }) => revision))
        cursor = page.nextCursor ?? undefined
        // What comes in between belongs to no later page.
        await ada.tasks.update({ id, title: `Later ${seen.length}` })
      } while (cursor !== undefined)
      expect(seen.length).toBeGreaterThan(6)
      expect(seen).toEqual(seen.toSorted((a, b) => b - a))
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.at(-1)).toBe('kind' in filter ? 2 : 1)
    }
    await expect(ada.history.list({ cursor: 'WyJhc09mIiwxLDJd' })).rejects.toMatchObject({
      reason: 'CURSOR_INVALID',
    })
  })

  test('gives one revision whole, 500 changes on a page', async ({ signUp, database }) => {
    const ada = await signUp()
    await database.query(
      `insert into tasks (user_id, title) select $1, 'Task ' || n from generate_series(1, 1100) n`,
      [ada.user.id],
    )
    const seen = new Set<string>()
    const sizes = []
    for (let cursor: string | undefined; ;) {
      const page = await ada.history.get({ revision: 1, ...(cursor !== undefined && { cursor }) })
      expect(page).toMatchObject({ revision: 1, actor: 'database', session: null, client: null, count: 1100 })
      for (const { id } of page.changes) seen.add(id)
      sizes.push(page.changes.length)
      if (page.nextCursor === null) break
      cursor = page.nextCursor
    }
    expect(sizes).toEqual([500, 500, 100])
    expect(seen.size).toBe(1100)
    const { nextCursor } = await ada.history.get({ revision: 1 })
    await ada.tasks.create({ title: 'One more' })
    await expect(ada.history.get({ revision: 2, cursor: nextCursor ?? '' })).rejects.toMatchObject({
      reason: 'CURSOR_INVALID',
    })
    await expect(ada.history.get({ revision: 3 })).rejects.toMatchObject({ reason: 'REVISION_NOT_FOUND' })
  })
})

describe('what a change overwrote without having seen it', () => {
  test('is marked as superseded, and stands in the history', async ({ signUp, connection }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk', due: { date: '2026-11-20' } })
    const [phone, laptop] = [await ada.openSession(), await ada.openSession()]
    /** A change from another device, which may have been offline for a while. */
    const from = (session: string, basedOn: number | undefined, change: Omit<TaskChange, 'id'>) =>
      inTransaction(asUser(connection, ada.user.id, { actor: 'session', session, basedOn }), (scope) =>
        updateTask(scope, { id, ...change }),
      )
    const superseded = async () => {
      const [item] = (await ada.history.list({ limit: 1 })).items
      return item?.changes.flatMap((change) => change.superseded)
    }

    await from(phone, 1, { title: 'Buy oat milk', due: { date: '2026-11-21' }, priority: 'high' })
    // The laptop saw revision 1 only.
    await from(laptop, 1, { title: 'Buy soy milk', due: { date: '2026-11-22' }, description: 'Two' })
    expect((await superseded())?.toSorted()).toEqual(['due', 'title'])
    const [item] = (await ada.history.list({ limit: 1 })).items
    expect(item?.changes[0]?.before).toMatchObject({ title: 'Buy oat milk', due: { date: '2026-11-21' } })
    expect(item?.session).toEqual({ id: laptop, current: false })

    // What it had seen, what it changed itself, what it did not change, and where nobody knows what it had seen.
    await from(phone, 3, { title: 'Buy bread' })
    expect(await superseded()).toEqual([])
    await from(phone, 3, { title: 'Buy more bread' })
    expect(await superseded()).toEqual([])
    await from(laptop, 3, { status: 'completed' })
    expect(await superseded()).toEqual([])
    await from(laptop, undefined, { title: 'Buy rice' })
    expect(await superseded()).toEqual([])
    await from(phone, 5, { status: 'in_progress', title: 'Buy noodles' })
    expect((await superseded())?.toSorted()).toEqual(['completedAt', 'status', 'title'])
    // What the phone had overwritten already is listed there, and not once more where it overwrites its own.
    await from(phone, 5, { title: 'Buy pasta', due: { date: '2026-11-23' } })
    expect(await superseded()).toEqual([])
    await from(laptop, 8, { due: { dateTime: '2026-11-24T09:00:00Z', timeZone: 'UTC' } })
    await from(phone, 8, { due: { dateTime: '2026-11-25T09:00:00Z', timeZone: 'Europe/Berlin' } })
    expect(await superseded()).toEqual(['due'])
    // A value of several columns is one value.
    await from(phone, 8, { due: { date: '2026-11-26' } })
    expect(await superseded()).toEqual([])
  })
})

test("another user's revisions, and tasks that they deleted, do not exist", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const { id } = await ada.tasks.create({ title: 'Secret' })
  await ada.tasks.update({ id, title: 'Very secret' })
  await eve.tasks.create({ title: 'Mine' })
  await ada.tasks.delete({ id })
  const before = await ada.history.list()

  const none = { reason: 'REVISION_NOT_FOUND' }
  for (const revision of [2, 3]) {
    await expect(eve.history.get({ revision })).rejects.toMatchObject(none)
    await expect(eve.history.undo({ revision })).rejects.toMatchObject(none)
    await expect(eve.history.undo({ revision, ifConflict: 'overwrite' })).rejects.toMatchObject(none)
    await expect(eve.history.asOf({ at: revision })).rejects.toMatchObject(none)
  }
  await expect(eve.history.restore({ entity: 'tasks', id })).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  })
  expect((await eve.history.list({ entity: 'tasks', entityId: id })).items).toEqual([])
  const all = [
    await eve.history.list(),
    await eve.history.get({ revision: 1 }),
    await eve.history.asOf({ at: 1 }),
  ]
  expect(JSON.stringify(all)).toContain('Mine')
  expect(JSON.stringify(all)).not.toMatch(/secret/i)

  // The test means nothing unless Ada still has it all.
  expect(await ada.history.list()).toEqual(before)
  expect(await ada.history.restore({ entity: 'tasks', id })).toMatchObject({ title: 'Very secret' })
})

describe('an operation id', () => {
  test('makes a repeated undo happen once', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.update({ id, title: 'Buy oat milk' })
    const opId = randomUUID()
    const first = await ada.history.undo({ revision: 2, opId })
    expect(first).toEqual({ revision: 3, undone: 1, skipped: 0 })
    // Redone by hand: a second effect would show.
    await ada.tasks.update({ id, title: 'Buy oat milk' })
    const again = Array.from({ length: 5 }, () => ada.history.undo({ revision: 2, opId }))
    expect(await Promise.all(again)).toEqual(again.map(() => first))
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy oat milk', revision: 4 })
    await expect(ada.history.undo({ revision: 1, opId })).rejects.toMatchObject({
      reason: 'OPERATION_REUSED',
    })
  })

  test('makes a repeated restore happen once', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.delete({ id })
    const opId = randomUUID()
    const first = await ada.history.restore({ entity: 'tasks', id, opId })
    await ada.tasks.delete({ id })
    expect(await ada.history.restore({ entity: 'tasks', id, opId })).toEqual(first)
    await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
  })

  test('of an undo that was refused may be tried again with the same one', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'a' })
    await ada.tasks.update({ id, title: 'b' })
    await ada.tasks.update({ id, title: 'c' })
    const call = { revision: 2, opId: randomUUID() }
    await expect(ada.history.undo(call)).rejects.toMatchObject({ reason: 'UNDO_CONFLICT' })
    await ada.history.undo({ revision: 3 })
    expect(await ada.history.undo(call)).toMatchObject({ undone: 1 })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'a' })
  })
})
