import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asUser, type Scope } from './scope.ts'
import { insert, update, type Values } from './tasks.fixture.ts'

let testDatabase: TestDatabase
let database: Database
let owner: Owner

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = await connect({ url: testDatabase.url })
  owner = await openOwner(testDatabase.ownerUrl)
})

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

let people = 0

/** A user whom no other test knows. */
async function newUser(): Promise<Scope> {
  people += 1
  return asUser(database, await owner.addUser(`Person${people}`))
}

describe('times', () => {
  test('created_at and updated_at come from the database, as ISO 8601 in UTC with microseconds', async () => {
    const task = await insert(await newUser())
    expect(task.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/)
    expect(task.updatedAt).toBe(task.createdAt)
  })

  test('updated_at rises with an update and never falls', async () => {
    const ada = await newUser()
    const task = await insert(ada)
    const updated = await update(ada, task.id, { title: 'Changed', updatedAt: '2001-01-01T00:00:00Z' })
    expect(Date.parse(updated.updatedAt)).toBeGreaterThanOrEqual(Date.parse(task.updatedAt))

    const future = await insert(ada, { updatedAt: '2999-01-01T00:00:00Z' })
    expect((await update(ada, future.id, { title: 'Changed' })).updatedAt).toBe('2999-01-01T00:00:00Z')
  })

  test('created_at, id, number and owner of a task never change', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const { id } = await insert(ada)
    const changes = [
      { createdAt: '2001-01-01T00:00:00Z' },
      { number: 12 },
      { id: '0198f5c0-0000-7000-8000-000000000001' },
    ]
    for (const change of changes) {
      await expect(update(ada, id, change)).rejects.toMatchObject({ constraint: 'tasks_immutable_check' })
    }
    await expect(
      owner.rows('update tasks set user_id = $1 where id = $2', [eve.userId, id]),
    ).rejects.toMatchObject({ constraint: 'tasks_immutable_check' })
  })

  test('created_at of the identity tables never changes, and updated_at is kept for them', async () => {
    const { userId } = await newUser()
    await expect(
      owner.rows(`update users set created_at = '2001-01-01' where id = $1`, [userId]),
    ).rejects.toMatchObject({ constraint: 'created_at_immutable_check' })
    const [user] = await owner.rows<{ kept: boolean }>(
      `update users set name = 'Ada', updated_at = '2001-01-01' where id = $1 returning updated_at >= created_at as kept`,
      [userId],
    )
    expect(user?.kept).toBe(true)
  })
})

describe('completion', () => {
  test('status is the truth: completed and completed_at follow it', async () => {
    const ada = await newUser()
    const task = await insert(ada)
    expect(task).toMatchObject({ status: 'pending', completed: false, completedAt: null })

    const done = await update(ada, task.id, { status: 'completed' })
    expect(done).toMatchObject({ completed: true, completedAt: done.updatedAt })
    const renamed = await update(ada, task.id, { title: 'Still done' })
    expect(renamed.completedAt).toBe(done.completedAt)
    expect(await update(ada, task.id, { status: 'in_progress' })).toMatchObject({
      completed: false,
      completedAt: null,
    })
  })

  test('a task may be born completed, at a time of its own or now', async () => {
    const ada = await newUser()
    const now = await insert(ada, { status: 'completed' })
    expect(now).toMatchObject({ completed: true, completedAt: now.createdAt })
    const then = await insert(ada, { status: 'completed', completedAt: '2020-02-29T12:00:00.123456Z' })
    expect(then.completedAt).toBe('2020-02-29T12:00:00.123456Z')
    expect((await insert(ada, { completedAt: '2020-02-29T12:00:00Z' })).completedAt).toBeNull()
  })

  test('completed cannot be written, only status', async () => {
    const ada = await newUser()
    const { id } = await insert(ada)
    await expect(update(ada, id, { completed: true })).rejects.toMatchObject({ code: '428C9' })
  })

  test('completed_at cannot be forged by an update', async () => {
    const ada = await newUser()
    const { id } = await insert(ada)
    expect((await update(ada, id, { completedAt: '2020-01-01T00:00:00Z' })).completedAt).toBeNull()
  })
})

describe('what a task may hold', () => {
  const day = { dueDate: '2026-11-21T00:00:00Z', dueAllDay: true, dueTimeZone: null }
  const instant = { dueDate: '2026-11-21T09:30:00Z', dueAllDay: false, dueTimeZone: 'Europe/Paris' }

  const accepted: [string, Values][] = [
    ['a title of one character', { title: 'x' }],
    ['a title of 200 characters', { title: 'x'.repeat(200) }],
    ['a title of 200 characters of four bytes each', { title: '𝕏'.repeat(200) }],
    ['a description of 1,000 characters of four bytes each', { description: '𝕏'.repeat(1000) }],
    ['an empty description', { description: '' }],
    ['no description', { description: null }],
    ['no priority', { priority: null }],
    ['a day', day],
    ['an instant with its zone', instant],
    ['the last moment of the year 9999', { ...instant, dueDate: '9999-12-31T23:59:59.999999Z' }],
  ]
  test.each(accepted)('%s is kept as it is', async (_what, values) => {
    expect(await insert(await newUser(), values)).toMatchObject(values)
  })

  const refused: [string, Values, string][] = [
    ['an empty title', { title: '' }, 'tasks_title_check'],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, 'tasks_title_check'],
    ['a title of 201 characters of four bytes each', { title: '𝕏'.repeat(201) }, 'tasks_title_check'],
    ['a title with a space in front', { title: ' x' }, 'tasks_title_check'],
    ['a title with a space behind', { title: 'x ' }, 'tasks_title_check'],
    ['a description of 1,001 characters', { description: 'x'.repeat(1001) }, 'tasks_description_check'],
    ['an unknown status', { status: 'done' as never }, 'tasks_status_check'],
    ['an unknown priority', { priority: 'urgent' as never }, 'tasks_priority_check'],
    ['a due date that is neither day nor instant', { dueDate: day.dueDate }, 'tasks_due_check'],
    ['a day with a time', { ...day, dueDate: '2026-11-21T09:30:00Z' }, 'tasks_due_check'],
    ['a day with a zone', { ...day, dueTimeZone: 'Europe/Paris' }, 'tasks_due_check'],
    ['an instant without a zone', { ...instant, dueTimeZone: null }, 'tasks_due_check'],
    ['an instant with an empty zone', { ...instant, dueTimeZone: '' }, 'tasks_due_check'],
    ['a zone without a date', { dueTimeZone: 'Europe/Paris' }, 'tasks_due_check'],
    ['"all day" without a date', { dueAllDay: true }, 'tasks_due_check'],
    [
      'a due date in the year 10000',
      { ...instant, dueDate: '10000-01-01T00:00:00Z' },
      'tasks_due_date_check',
    ],
    [
      'a due date before the year 1',
      { ...instant, dueDate: '0001-12-31 00:00:00 BC' },
      'tasks_due_date_check',
    ],
    ['an infinite due date', { ...instant, dueDate: 'infinity' }, 'tasks_due_date_check'],
    ['an empty position', { position: '' }, 'tasks_position_check'],
    ['a position of 256 characters', { position: 'a'.repeat(256) }, 'tasks_position_check'],
  ]
  test.each(refused)('%s is refused', async (_what, values, constraint) => {
    const ada = await newUser()
    await expect(insert(ada, values)).rejects.toMatchObject({ code: '23514', constraint })
    const { id } = await insert(ada)
    await expect(update(ada, id, values)).rejects.toMatchObject({ code: '23514', constraint })
  })

  test('omitted is pending and medium, null priority is none', async () => {
    const ada = await newUser()
    expect(await insert(ada)).toMatchObject({ status: 'pending', priority: 'medium', description: null })
    expect((await insert(ada, { priority: null })).priority).toBeNull()
  })

  test('a task needs a title, and an owner who exists', async () => {
    const ada = await newUser()
    await expect(insert(ada, { title: null as never })).rejects.toMatchObject({
      code: '23502',
      column: 'title',
    })
    const nobody = asUser(database, '00000000-0000-4000-8000-000000000000')
    await expect(insert(nobody)).rejects.toMatchObject({ code: '23503' })
    await expect(
      owner.rows(`insert into tasks (user_id, title) values (gen_random_uuid(), 'Orphan')`),
    ).rejects.toMatchObject({ code: '23503' })
  })

  test('priorities sort high, medium, low, none', async () => {
    const ada = await newUser()
    for (const priority of ['low', null, 'high', 'medium'] as const) await insert(ada, { priority })
    const sorted = await ada.db
      .selectFrom('tasks')
      .select('priority')
      .where('userId', '=', ada.userId)
      .orderBy('priorityRank', 'desc')
      .execute()
    expect(sorted.map(({ priority }) => priority)).toEqual(['high', 'medium', 'low', null])
  })

  test('text is folded for search and sorting: no accents, no case, no compatibility forms', async () => {
    const task = await insert(await newUser(), { title: 'Éclair ﬁx Ⅷ Ångström', description: 'ÇA' })
    expect(task).toMatchObject({ titleFolded: 'eclair fix viii angstrom', descriptionFolded: 'ca' })
  })

  test('e-mail addresses are one account however they are written', async () => {
    await owner.rows(`insert into users (email, name) values ('Mixed@Example.org', 'One')`)
    await expect(
      owner.rows(`insert into users (email, name) values ('mixed@example.ORG', 'Two')`),
    ).rejects.toMatchObject({ code: '23505', constraint: 'users_email_key' })
  })
})

test('deleting a user deletes everything they own, and nothing of others', async () => {
  const [ada, eve] = [await newUser(), await newUser()]
  await Promise.all([insert(ada), insert(ada), insert(eve)])
  await owner.rows('delete from users where id = $1', [ada.userId])

  const owned = await owner.rows<{ table: string; left: string }>(
    `select 'tasks' as table, count(*) as left from tasks where user_id = $1
     union all select 'user_clocks', count(*) from user_clocks where user_id = $1`,
    [ada.userId],
  )
  expect(owned.map(({ left }) => left)).toEqual(['0', '0'])
  expect(
    await eve.db.selectFrom('tasks').select('id').where('userId', '=', eve.userId).execute(),
  ).toHaveLength(1)
})
