import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { test } from '../testing.fixture.ts'

describe('the history', () => {
  test('tells what each revision did, newest first, with who, when and from where', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.update({ id, title: 'Buy oat milk', due: { date: '2026-11-21' } })
    await ada.tasks.delete({ id })

    const { items, nextCursor } = await ada.history.list()
    expect(nextCursor).toBeNull()
    expect(items).toMatchObject([
      {
        revision: 3,
        count: 1,
        changes: [
          {
            kind: 'deleted',
            title: 'Buy oat milk',
            before: { title: 'Buy oat milk', number: 1, due: { date: '2026-11-21' } },
            after: null,
            restorable: true,
          },
        ],
      },
      {
        revision: 2,
        changes: [
          {
            entity: 'tasks',
            id,
            kind: 'updated',
            title: 'Buy oat milk',
            before: { title: 'Buy milk', due: null },
            after: { title: 'Buy oat milk', due: { date: '2026-11-21' } },
            superseded: [],
            restorable: false,
          },
        ],
      },
      {
        revision: 1,
        actor: 'session',
        client: 'tests',
        session: { id: ada.sessionId, current: true },
        undoes: null,
        undoneBy: null,
        changes: [{ kind: 'created', title: 'Buy milk', before: null }],
      },
    ])
    expect(Object.keys(items[1]?.changes[0]?.before ?? {}).toSorted()).toEqual(['due', 'title'])
    expect(items[2]?.madeAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })
})

describe('undo', () => {
  test('of every kind of change gives back what was, and undoing that does it again', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.update({ id, title: 'Buy oat milk', priority: 'high' })
    const before = await ada.tasks.get({ id })
    await ada.tasks.delete({ id })

    expect(await ada.history.undo({ revision: 3 })).toEqual({ revision: 4, undone: 1, skipped: 0 })
    expect(await ada.tasks.get({ id })).toEqual({ ...before, revision: 4, updatedAt: expect.any(String) })
    expect(await ada.history.undo({ revision: 2 })).toEqual({ revision: 5, undone: 1, skipped: 0 })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy milk', priority: 'medium' })
    expect(await ada.history.undo({ revision: 1 })).toEqual({ revision: 6, undone: 1, skipped: 0 })
    await expect(ada.tasks.get({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
    expect(await ada.history.undo({ revision: 6 })).toEqual({ revision: 7, undone: 1, skipped: 0 })
    expect(await ada.history.undo({ revision: 5 })).toEqual({ revision: 8, undone: 1, skipped: 0 })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy oat milk', priority: 'high' })

    const { items } = await ada.history.list()
    expect(items.map(({ revision, undoes, undoneBy }) => [revision, undoes, undoneBy])).toEqual([
      [8, 5, null],
      [7, 6, null],
      [6, 1, 7],
      [5, 2, 8],
      [4, 3, null],
      [3, null, 4],
      [2, null, null],
      [1, null, null],
    ])
  })

  test('asks where a field was changed again since', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk' })
    await ada.tasks.update({ id, title: 'Buy oat milk', priority: 'high' })
    await ada.tasks.update({ id, title: 'Buy bread' })
    await expect(ada.history.undo({ revision: 2 })).rejects.toMatchObject({
      reason: 'UNDO_CONFLICT',
      conflicts: [{ entity: 'tasks', id, title: 'Buy bread', fields: ['title'] }],
    })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy bread', priority: 'high', revision: 3 })
    expect(await ada.history.undo({ revision: 2, ifConflict: 'skip' })).toEqual({
      revision: 4,
      undone: 1,
      skipped: 0,
    })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy bread', priority: 'medium' })
    await ada.history.undo({ revision: 2, ifConflict: 'overwrite' })
    expect(await ada.tasks.get({ id })).toMatchObject({ title: 'Buy milk', priority: 'medium' })
  })
})

describe('restore', () => {
  test('brings a deleted task back with its number and times', async ({ signUp }) => {
    const ada = await signUp()
    const { id } = await ada.tasks.create({ title: 'Buy milk', completed: true })
    const before = await ada.tasks.get({ id })
    await ada.tasks.delete({ id })
    expect(await ada.history.restore({ entity: 'tasks', id })).toEqual({
      ...before,
      revision: 3,
      updatedAt: expect.any(String),
    })
    await expect(ada.history.restore({ entity: 'tasks', id: randomUUID() })).rejects.toMatchObject({
      reason: 'TASK_NOT_FOUND',
    })
  })
})
