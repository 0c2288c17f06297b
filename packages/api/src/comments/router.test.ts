import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { sortable, test, type SignedUp } from '../testing.fixture.ts'

async function commented({ tasks, comments }: SignedUp, ...bodies: string[]) {
  const { id: taskId } = await tasks.create({ title: 'a' })
  const made = []
  for (const body of bodies) made.push(await comments.create({ taskId, body }))
  return { taskId, made }
}

test('a comment comes back as it was made, byte for byte', async ({ signUp }) => {
  const ada = await signUp()
  const { taskId } = await commented(ada)
  const id = randomUUID()
  const body = '  # Done?\r\n\n* no 😀\t<b>&amp;\u00a0 '
  const made = await ada.comments.create({ id, taskId, body })
  expect(made).toMatchObject({ id, taskId, body })
  expect(await ada.comments.get({ id })).toEqual(made)
})

test("a task's comments come the oldest first, and none twice however short the pages", async ({
  signUp,
}) => {
  const ada = await signUp()
  const { taskId, made } = await commented(ada, 'one', 'two', 'three', 'four', 'five')
  await commented(ada, 'of another task')
  expect(await ada.comments.list({ taskId })).toEqual({ items: made, nextCursor: null })
  const found = []
  let cursor: string | undefined
  for (let page = 0; page < 3; page++) {
    const { items, nextCursor } = await ada.comments.list({ taskId, limit: 2, cursor })
    found.push(...items)
    cursor = nextCursor ?? undefined
  }
  expect(found).toEqual(made)
  expect(cursor).toBeUndefined()
})

test('comments of one moment are told apart by their ids', async ({ signUp, database }) => {
  const ada = await signUp()
  const { taskId } = await commented(ada)
  const request = ada.oneRequest()
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map((body) => request.comments.create({ taskId, body })))
  const all = (await ada.comments.list({ taskId })).items
  expect(new Set(all.map(({ createdAt }) => createdAt)).size, database.url && 'one transaction').toBe(1)
  const found = []
  let cursor: string | undefined
  do {
    const page = await ada.comments.list({ taskId, limit: 1, cursor })
    found.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  expect(found).toEqual(all)
  expect(all).toHaveLength(5)
})

test('a cursor that is not of comments is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { taskId } = await commented(ada, 'one', 'two')
  const { nextCursor } = await ada.comments.list({ taskId, limit: 1 })
  const of = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
  for (const cursor of [
    '',
    'x',
    `${nextCursor}x`.slice(5),
    of(['comments', 'yesterday', randomUUID()]),
    of(['comments', '2026-02-30T00:00:00Z', randomUUID()]),
    of(['comments', '2026-01-01T00:00:00Z', 'x']),
    of(['history', 1]),
  ]) {
    await expect(ada.comments.list({ taskId, cursor }), cursor).rejects.toMatchObject({
      reason: 'CURSOR_INVALID',
    })
  }
})

test('only the body changes, and the time of it', async ({ signUp }) => {
  const ada = await signUp()
  const { made } = await commented(ada, 'one')
  const [before] = made
  const after = await ada.comments.update({ id: before?.id ?? '', body: 'two' })
  expect(after).toEqual({
    ...before,
    body: 'two',
    revision: (before?.revision ?? 0) + 1,
    updatedAt: after.updatedAt,
  })
  expect(sortable(after.updatedAt) > sortable(before?.updatedAt ?? '')).toBe(true)
})

test('a deleted comment is gone, and the others stay', async ({ signUp }) => {
  const ada = await signUp()
  const { taskId, made } = await commented(ada, 'one', 'two')
  const id = made[0]?.id ?? ''
  expect(await ada.comments.delete({ id })).toEqual({ deleted: true })
  expect(await ada.comments.delete({ id })).toEqual({ deleted: false })
  expect((await ada.comments.list({ taskId })).items).toEqual(made.slice(1))
})

test('a deleted task takes its comments along', async ({ signUp }) => {
  const ada = await signUp()
  const { taskId, made } = await commented(ada, 'one')
  await ada.tasks.delete({ id: taskId })
  await expect(ada.comments.list({ taskId })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
  await expect(ada.comments.get({ id: made[0]?.id ?? '' })).rejects.toMatchObject({
    reason: 'COMMENT_NOT_FOUND',
  })
})

test('a change asked for at an earlier revision is refused', async ({ signUp }) => {
  const ada = await signUp()
  const { made } = await commented(ada, 'one')
  const [id, ifRevision] = [made[0]?.id ?? '', made[0]?.revision]
  const current = await ada.comments.update({ id, body: 'two', ifRevision })
  const refusal = { reason: 'REVISION_CONFLICT', current }
  await expect(ada.comments.update({ id, body: 'x', ifRevision })).rejects.toMatchObject(refusal)
  await expect(ada.comments.delete({ id, ifRevision })).rejects.toMatchObject(refusal)
  expect(await ada.comments.get({ id })).toEqual(current)
})

test("another user's task and comments do not exist", async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const { taskId, made } = await commented(ada, 'secret')
  const id = made[0]?.id ?? ''
  const missing = { reason: 'COMMENT_NOT_FOUND' }
  await expect(eve.comments.get({ id })).rejects.toMatchObject(missing)
  await expect(eve.comments.update({ id, body: 'x' })).rejects.toMatchObject(missing)
  await expect(eve.comments.list({ taskId })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
  await expect(eve.comments.create({ taskId, body: 'x' })).rejects.toMatchObject({
    reason: 'TASK_NOT_FOUND',
  })
  expect(await eve.comments.delete({ id })).toEqual({ deleted: false })

  // The test means nothing unless Ada still has it.
  expect((await ada.comments.list({ taskId })).items).toEqual(made)
})

test('white space of any kind is no comment, and the database never has to say so', async ({ signUp }) => {
  const ada = await signUp()
  const { taskId } = await commented(ada)
  const refusals = []
  for (let code = 1; code <= 0x3000; code++) {
    const body = String.fromCodePoint(code)
    if (!/[\p{Z}\p{Cc}\p{Cf}]/u.test(body)) continue
    const refused = await ada.comments.create({ taskId, body }).then(
      () => null,
      (error: { reason: string }) => error.reason,
    )
    if (refused !== null) refusals.push(refused)
  }
  expect(new Set(refusals)).toEqual(new Set(['BAD_INPUT']))
  expect(refusals.length).toBeGreaterThan(25)
})

test.for(['', ' \n\t ', 'x'.repeat(10_001), 'a\u0000b', '\ud83d', 1, null])(
  'no comment is made of %j',
  async (body, { signUp }) => {
    const ada = await signUp()
    const { taskId } = await commented(ada)
    await expect(ada.comments.create({ taskId, body } as never)).rejects.toMatchObject({
      reason: 'BAD_INPUT',
    })
  },
)

test('a comment of 10,000 characters is taken', async ({ signUp }) => {
  const ada = await signUp()
  const { made } = await commented(ada, '😀'.repeat(10_000))
  expect(made[0]?.body).toHaveLength(20_000)
})
