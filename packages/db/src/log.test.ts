import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asUser, inTransaction, writtenRevision, type Origin, type Scope } from './scope.ts'
import { clockOf, insert, update } from './tasks.fixture.ts'

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

async function newUser(origin?: Origin): Promise<Scope> {
  people += 1
  return asUser(database, await owner.addUser(`Writer${people}`), origin)
}

const revisionsOf = ({ db, userId }: Scope) =>
  db.selectFrom('revisions').selectAll().where('userId', '=', userId).orderBy('revision').execute()

const changesOf = ({ db, userId }: Scope, revision?: number) =>
  db
    .selectFrom('changes')
    .select(['revision', 'entity', 'entityId', 'before', 'after'])
    .where('userId', '=', userId)
    .$if(revision !== undefined, (query) => query.where('revision', '=', revision ?? 0))
    .orderBy('revision')
    .orderBy('entityId')
    .execute()

describe('an entry tells', () => {
  test('of a new row everything that it says, without what is derived', async () => {
    const ada = await newUser()
    const task = await insert(ada, { title: 'Buy milk', dueDate: '2026-11-21T00:00:00Z', dueAllDay: true })
    expect(await changesOf(ada)).toEqual([
      {
        revision: 1,
        entity: 'tasks',
        entityId: task.id,
        before: null,
        after: {
          number: 1,
          title: 'Buy milk',
          description: null,
          status: 'pending',
          completed_at: null,
          priority: 'medium',
          due_date: '2026-11-21T00:00:00+00:00',
          due_all_day: true,
          due_time_zone: null,
          list_id: null,
          parent_id: null,
          tag_ids: [],
          recurrence: null,
          recurrence_basis: null,
          series_id: null,
          series_start: null,
          occurrence: null,
          occurrence_number: null,
          position: task.position,
          created_at: expect.stringMatching(/\+00:00$/),
        },
      },
    ])
  })

  test('of a changed row the changed fields, before and after', async () => {
    const ada = await newUser()
    const { id } = await insert(ada, { title: 'Buy milk' })
    await update(ada, id, { title: 'Buy oat milk', priority: null, description: null })
    expect(await changesOf(ada, 2)).toEqual([
      {
        revision: 2,
        entity: 'tasks',
        entityId: id,
        before: { title: 'Buy milk', priority: 'medium' },
        after: { title: 'Buy oat milk', priority: null },
      },
    ])
  })

  test('of a deleted row everything that it said', async () => {
    const ada = await newUser()
    const { id } = await insert(ada, { title: 'Buy milk' })
    await ada.db.deleteFrom('tasks').where('userId', '=', ada.userId).execute()
    const [made, gone] = await changesOf(ada)
    expect(gone).toEqual({ revision: 2, entity: 'tasks', entityId: id, before: made?.after, after: null })
  })

  test('instants in UTC, whatever the time zone of whoever writes', async () => {
    const ada = await newUser()
    await owner.rows('set timezone = "Asia/Kolkata"')
    await owner.rows(
      `insert into tasks (user_id, title, created_at) values ($1, 'Abroad', '2026-11-21T12:00:00Z')`,
      [ada.userId],
    )
    await owner.rows('reset timezone')
    expect((await changesOf(ada))[0]?.after).toMatchObject({ created_at: '2026-11-21T12:00:00+00:00' })
  })
})

describe('one transaction is one revision', () => {
  test('with one entry for each row, however often it was changed', async () => {
    const ada = await newUser()
    const kept = await insert(ada, { title: 'One' })
    const lost = await insert(ada, { title: 'Lost' })
    const [fresh, passing, back] = [randomUUID(), randomUUID(), lost]
    await inTransaction(ada, async (scope) => {
      const { db, userId } = scope
      const remove = (id: string) =>
        db.deleteFrom('tasks').where('userId', '=', userId).where('id', '=', id).execute()
      await update(scope, kept.id, { title: 'Two', priority: 'high' })
      await update(scope, kept.id, { title: 'Three' })
      await update(scope, kept.id, { priority: 'medium' })
      await db.insertInto('tasks').values({ userId, id: fresh, title: 'Fresh' }).execute()
      await update(scope, fresh, { title: 'Fresher' })
      await db.insertInto('tasks').values({ userId, id: passing, title: 'Passing' }).execute()
      await update(scope, passing, { title: 'Passed' })
      await remove(passing)
      await update(scope, back.id, { title: 'Going' })
      await remove(back.id)
      expect(await writtenRevision(scope)).toBe(3)
    })
    const entries = Object.fromEntries((await changesOf(ada, 3)).map((entry) => [entry.entityId, entry]))
    expect(Object.keys(entries).toSorted()).toEqual([kept.id, fresh, lost.id].toSorted())
    expect(entries[kept.id]).toMatchObject({ before: { title: 'One' }, after: { title: 'Three' } })
    expect(Object.keys(entries[kept.id]?.after ?? {})).toEqual(['title'])
    expect(entries[fresh]).toMatchObject({ before: null, after: { title: 'Fresher', number: 3 } })
    expect(entries[lost.id]).toMatchObject({ before: { title: 'Lost' }, after: null })
    expect(await clockOf(ada)).toMatchObject({ revision: 3 })
  })

  test('a row that went and came back was changed, where it differs', async () => {
    const ada = await newUser()
    const { id, number, createdAt, position } = await insert(ada, { title: 'One' })
    await inTransaction(ada, async ({ db, userId }) => {
      await db.deleteFrom('tasks').where('userId', '=', userId).execute()
      const again = { userId, id, number, createdAt, position }
      await db
        .insertInto('tasks')
        .values({ ...again, title: 'Two' })
        .execute()
    })
    expect(await changesOf(ada, 2)).toMatchObject([{ before: { title: 'One' }, after: { title: 'Two' } }])
    expect(Object.keys((await changesOf(ada, 2))[0]?.before ?? {})).toEqual(['title'])
  })

  test('what was rolled back, as a whole or to a savepoint, leaves nothing', async () => {
    const ada = await newUser()
    await expect(
      inTransaction(ada, async (scope) => {
        await insert(scope)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(await revisionsOf(ada)).toEqual([])
    await inTransaction(ada, async (scope) => {
      await sql`savepoint before`.execute(scope.db)
      await insert(scope, { title: 'Undone' })
      await sql`rollback to savepoint before`.execute(scope.db)
      await insert(scope, { title: 'Kept' })
    })
    expect(await changesOf(ada)).toMatchObject([{ revision: 1, after: { title: 'Kept' } }])
  })

  test('a write that changes nothing is no revision', async () => {
    const ada = await newUser()
    const { id } = await insert(ada)
    await update(ada, id, { title: 'Buy milk' })
    expect(await revisionsOf(ada)).toHaveLength(1)
  })
})

describe('who and from where', () => {
  test('is what the server said with the scope', async () => {
    const session = randomUUID()
    const ada = await newUser({ actor: 'session', session, client: 'web', basedOn: 7 })
    await inTransaction(ada, (scope) => insert(scope))
    expect(await revisionsOf(ada)).toMatchObject([
      { revision: 1, actor: 'session', sessionId: session, client: 'web', basedOn: 7, undoes: null },
    ])
  })

  test('is the database itself where nobody said, and one request’s word never reaches the next', async () => {
    const ada = await newUser({ actor: 'session', client: 'web' })
    const plain = asUser(database, ada.userId)
    // The same connections, one after the other.
    for (let turn = 0; turn < 20; turn++) {
      await inTransaction(ada, (scope) => insert(scope))
      await inTransaction(plain, (scope) => insert(scope))
      await insert(plain)
    }
    const said = (await revisionsOf(ada)).map(({ actor, client }) => `${actor} ${client}`)
    expect(said).toEqual(
      Array.from({ length: 20 }, () => ['session web', 'database null', 'database null']).flat(),
    )
  })

  test('psql is logged like everybody', async () => {
    const ada = await newUser()
    await owner.rows(`insert into tasks (user_id, title) values ($1, 'By hand')`, [ada.userId])
    await owner.rows(`update tasks set title = 'By hand again' where user_id = $1`, [ada.userId])
    await owner.rows(`delete from tasks where user_id = $1`, [ada.userId])
    expect((await revisionsOf(ada)).map(({ actor }) => actor)).toEqual(['database', 'database', 'database'])
    expect(await changesOf(ada)).toHaveLength(3)
  })
})

test('one statement over many users gives each their own revision', async () => {
  const [ada, eve] = [await newUser(), await newUser()]
  const ids = [(await insert(ada)).id, (await insert(eve)).id]
  await owner.rows(`update tasks set title = 'For all' where id = any($1)`, [ids])
  await owner.rows(`delete from tasks where id = any($1)`, [ids])
  for (const scope of [ada, eve]) {
    expect((await changesOf(scope)).map(({ revision }) => revision)).toEqual([1, 2, 3])
  }
})

test('revisions of 200 transactions at once have no gaps, and later ones were made later', async () => {
  const ada = await newUser()
  const { id } = await insert(ada)
  await Promise.all(
    Array.from({ length: 200 }, (_, at) =>
      at % 2 ? insert(ada) : inTransaction(ada, (scope) => update(scope, id, { title: `Turn ${at}` })),
    ),
  )
  const revisions = await revisionsOf(ada)
  expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 201 }, (_, at) => at + 1))
  // Compared by PostgreSQL: as texts, of which the last zeros are cut off, times do not sort.
  const earlier = await owner.rows(
    `select * from (
      select revision, made_at, lag(made_at) over (order by revision) as before from revisions where user_id = $1) r
    where made_at < before`,
    [ada.userId],
  )
  expect(earlier).toEqual([])
  expect(await changesOf(ada)).toHaveLength(201)
})

test('the log leads from nothing to every row as it is', async () => {
  const ada = await newUser()
  for (let turn = 0; turn < 40; turn++) {
    const tasks = await ada.db.selectFrom('tasks').select('id').where('userId', '=', ada.userId).execute()
    const one = tasks[(turn * 7) % tasks.length]?.id
    if (one === undefined || turn % 3 === 0) await insert(ada, { title: `Task ${turn}` })
    else if (turn % 7 === 0) await ada.db.deleteFrom('tasks').where('id', '=', one).execute()
    else await update(ada, one, { title: `Turn ${turn}`, status: turn % 2 ? 'completed' : 'pending' })
  }
  const rows = new Map<string, object>()
  for (const { entityId, after } of await changesOf(ada)) {
    if (after === null) rows.delete(entityId)
    else rows.set(entityId, { ...rows.get(entityId), ...(after as object) })
  }
  const truth = await owner.rows<{ id: string; row: object }>(
    `select id, to_jsonb(t) - '{user_id,id,revision,updated_at,completed,priority_rank,due_order,title_folded,description_folded}'::text[] as row
     from tasks t where user_id = $1`,
    [ada.userId],
  )
  expect(truth.length).toBeGreaterThan(5)
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(truth.map(({ id, row }) => [id, row])))
})

test('no request writes, changes or empties the log', async () => {
  const ada = await newUser()
  await insert(ada)
  for (const table of ['revisions', 'changes'] as const) {
    for (const statement of [
      sql`insert into ${sql.table(table)} select * from ${sql.table(table)}`,
      sql`update ${sql.table(table)} set revision = 9`,
      sql`delete from ${sql.table(table)}`,
    ]) {
      await expect(statement.execute(ada.db)).rejects.toMatchObject({ code: '42501' })
    }
  }
  for (const statement of [sql`update operations set result = null`, sql`delete from operations`]) {
    await expect(statement.execute(ada.db)).rejects.toMatchObject({ code: '42501' })
  }
  expect(await changesOf(ada)).toHaveLength(1)
})

test('an account that goes takes its log along and logs nothing', async () => {
  const ada = await newUser()
  await insert(ada)
  await owner.rows('delete from users where id = $1', [ada.userId])
  for (const table of ['tasks', 'changes', 'revisions', 'user_clocks']) {
    expect(await owner.rows(`select from ${table} where user_id = $1`, [ada.userId])).toEqual([])
  }
})
