import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'

const noRows = { lists: [], tags: [], views: [], tasks: [], comments: [] }

test('a new account has revision 0, nothing in it, and nothing new since', async ({ signUp }) => {
  const ada = await signUp()
  const empty = { ...noRows, deleted: [], revision: 0, cursor: null }
  expect(await ada.sync.pull()).toEqual({ ...empty, snapshot: true })
  expect(await ada.sync.pull({ since: 0 })).toEqual({ ...empty, snapshot: false })
})

test('a snapshot has all tasks as the list shows them, and a delta what changed since', async ({
  signUp,
}) => {
  const ada = await signUp()
  const milk = await ada.tasks.create({ title: 'Buy milk', due: { date: '2026-11-22' }, description: 'oat' })
  const tax = await ada.tasks.create({ title: 'Tax return' })
  const { items } = await ada.tasks.list({})

  const snapshot = await ada.sync.pull()
  expect(snapshot).toMatchObject({ deleted: [], revision: 2, cursor: null, snapshot: true })
  expect(snapshot.tasks.toSorted(byNumber)).toEqual(items.toSorted(byNumber))

  await ada.tasks.complete({ id: milk.id })
  const done = await ada.tasks.get({ id: milk.id })
  await ada.tasks.update({ id: tax.id, title: 'Tax' })
  await ada.tasks.delete({ id: tax.id })
  const bread = await ada.tasks.create({ title: 'Bread' })
  expect(await ada.sync.pull({ since: snapshot.revision })).toEqual({
    ...noRows,
    tasks: [done, bread],
    deleted: [{ entity: 'tasks', id: tax.id }],
    revision: 6,
    cursor: null,
    snapshot: false,
  })
  expect(await ada.sync.pull({ since: 6 })).toMatchObject({
    tasks: [],
    deleted: [],
    revision: 6,
    cursor: null,
  })
})

test('a snapshot and a delta have rows of every kind as they are got by their ids', async ({ signUp }) => {
  const ada = await signUp()
  const list = await ada.lists.create({ name: 'Home', color: '#1f883d', icon: '🏠' })
  await ada.lists.archive({ id: list.id, archived: true })
  const tag = await ada.tags.create({ name: 'urgent' })
  const view = await ada.views.create({ name: 'Now', filter: { due: 'today', tagIds: { any: [tag.id] } } })
  const task = await ada.tasks.create({ title: 'a', listId: list.id, tagIds: [tag.id] })
  const below = await ada.tasks.create({ title: 'b', parentId: task.id })
  const comment = await ada.comments.create({ taskId: task.id, body: 'Well.' })
  const all = {
    lists: [await ada.lists.get({ id: list.id })],
    tags: [tag],
    views: [view],
    tasks: [task, below].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    comments: [comment],
    deleted: [],
    revision: 7,
    cursor: null,
  }
  expect(await ada.sync.pull()).toEqual({ ...all, snapshot: true })
  const delta = await ada.sync.pull({ since: 0 })
  expect({ ...delta, tasks: delta.tasks.toSorted((a, b) => (a.id < b.id ? -1 : 1)) }).toEqual({
    ...all,
    snapshot: false,
  })

  // One deletion takes what hangs on it, of whatever kind, and the delta says so.
  await ada.lists.delete({ id: list.id, tasks: 'delete' })
  const gone = await ada.sync.pull({ since: 7 })
  expect(gone).toMatchObject({ ...noRows, revision: 8 })
  expect(gone.deleted.map(({ entity, id }) => `${entity} ${id}`).toSorted()).toEqual(
    [`comments ${comment.id}`, `lists ${list.id}`, `tasks ${task.id}`, `tasks ${below.id}`].toSorted(),
  )
})

test('a delta goes on where its last page ended, within one revision too', async ({ signUp }) => {
  const ada = await signUp()
  const ids = Array.from({ length: 5 }, () => randomUUID())
  for (const id of ids) await ada.tasks.create({ id, title: 'One of five' })
  await ada.tasks.bulk({ ids, change: { priority: 'low' } })

  const seen: string[] = []
  let page = await ada.sync.pull({ since: 5, limit: 2 })
  for (;;) {
    expect(page).toMatchObject({ revision: 6, snapshot: false })
    seen.push(...page.tasks.map(({ id }) => id))
    if (page.cursor === null) break
    page = await ada.sync.pull({ cursor: page.cursor, limit: 2 })
  }
  expect(seen).toEqual(ids.toSorted())
})

test('what changes while a snapshot is read comes with it at last', async ({ signUp }) => {
  const ada = await signUp()
  const ids = Array.from({ length: 4 }, () => randomUUID()).toSorted()
  for (const id of ids) await ada.tasks.create({ id, title: 'Before' })
  const first = await ada.sync.pull({ limit: 2 })
  expect(first).toMatchObject({ revision: 4, snapshot: true })
  await ada.tasks.update({ id: ids[0] ?? '', title: 'After' })
  await ada.tasks.delete({ id: ids[1] ?? '' })

  const second = await ada.sync.pull({ cursor: first.cursor ?? '', limit: 2 })
  expect(second.tasks.map(({ id }) => id)).toEqual(ids.slice(2))
  const third = await ada.sync.pull({ cursor: second.cursor ?? '', limit: 2 })
  expect(third).toMatchObject({
    tasks: [{ id: ids[0], title: 'After' }],
    deleted: [{ entity: 'tasks', id: ids[1] }],
    revision: 6,
    cursor: null,
    snapshot: true,
  })
})

test('a revision that the log does not know, on either side, is told to start over', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  for (const title of ['One', 'Two', 'Three', 'Four']) await ada.tasks.create({ title })
  const tooOld = { reason: 'SYNC_TOO_OLD', code: 'PRECONDITION_FAILED' }
  await expect(ada.sync.pull({ since: 5 })).rejects.toMatchObject(tooOld)
  const { cursor } = await ada.sync.pull({ since: 0, limit: 1 })

  await database.query('delete from revisions where user_id = $1 and revision <= 2', [ada.user.id])
  await expect(ada.sync.pull({ since: 0 })).rejects.toMatchObject(tooOld)
  await expect(ada.sync.pull({ since: 1 })).rejects.toMatchObject(tooOld)
  await expect(ada.sync.pull({ cursor: cursor ?? '' })).rejects.toMatchObject(tooOld)
  expect((await ada.sync.pull({ since: 2 })).tasks).toHaveLength(2)
  expect((await ada.sync.pull()).tasks).toHaveLength(4)

  // With nothing of the log left, those who have everything need nothing of it.
  await database.query('delete from revisions where user_id = $1', [ada.user.id])
  expect((await ada.sync.pull({ since: 4 })).tasks).toEqual([])
  await expect(ada.sync.pull({ since: 3 })).rejects.toMatchObject(tooOld)
})

test('what is no cursor is refused, and none goes with a revision', async ({ signUp }) => {
  const ada = await signUp()
  const forged = [
    ['rows', -1, randomUUID()],
    ['rows', 1, 'x'],
    ['log', 1, 'tasks', "'; drop table tasks"],
    ['log', 1, 'Ta\u0000sks', randomUUID()],
    ['log', Number.MAX_VALUE, 'tasks', randomUUID()],
    ['page', 1, randomUUID()],
    {},
    null,
  ].map((content) => Buffer.from(JSON.stringify(content)).toString('base64url'))
  for (const cursor of ['', 'x', '!', ...forged]) {
    await expect(ada.sync.pull({ cursor }), cursor).rejects.toMatchObject({ reason: 'CURSOR_INVALID' })
  }
  await expect(ada.sync.pull({ cursor: 'x', since: 1 })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
})

test('nobody pulls what is not theirs, not with their cursors either', async ({ signUp, stranger }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await ada.tasks.create({ title: 'Secret' })
  await ada.tasks.create({ title: 'Secret too' })
  const { cursor } = await ada.sync.pull({ limit: 1 })
  const { cursor: inLog } = await ada.sync.pull({ since: 0, limit: 1 })
  await eve.tasks.create({ title: 'Hers' })
  await eve.tasks.create({ title: 'Hers' })

  for (const input of [undefined, { since: 0 }, { cursor: cursor ?? '' }, { cursor: inLog ?? '' }]) {
    const { tasks } = await eve.sync.pull(input)
    expect(tasks.filter(({ title }) => title !== 'Hers')).toEqual([])
    await expect(stranger.sync.pull(input)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
  expect((await ada.sync.pull()).tasks).toHaveLength(2)
})

function byNumber(a: { number: number }, b: { number: number }) {
  return a.number - b.number
}
