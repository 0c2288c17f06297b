import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from './connect.ts'
import { openOwner, type Owner } from './owner.fixture.ts'
import { asUser, inTransaction, type Scope } from './scope.ts'
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

/** A user whom no other test knows. */
async function newUser(): Promise<Scope> {
  people += 1
  return asUser(database, await owner.addUser(`Person${people}`))
}

describe('numbers', () => {
  test('count 1, 2, 3 for each user', async () => {
    const [ada, eve] = [await newUser(), await newUser()]
    const numbers = async (scope: Scope) => (await insert(scope)).number
    expect([await numbers(ada), await numbers(ada), await numbers(eve), await numbers(ada)]).toEqual([
      1, 2, 1, 3,
    ])
  })

  test('are not given again after a deletion, not even that of the last task', async () => {
    const ada = await newUser()
    const tasks = [await insert(ada), await insert(ada), await insert(ada)]
    expect(tasks.map(({ number }) => number)).toEqual([1, 2, 3])
    await ada.db.deleteFrom('tasks').where('userId', '=', ada.userId).execute()
    expect((await insert(ada)).number).toBe(4)
  })

  test('of 50 inserts at once are the numbers 1 to 50', async () => {
    const ada = await newUser()
    const tasks = await Promise.all(Array.from({ length: 50 }, () => insert(ada)))
    expect(tasks.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, at) => at + 1),
    )
  })

  test('of a rolled back insert are given to the next one', async () => {
    const ada = await newUser()
    await insert(ada)
    const rolledBack = inTransaction(ada, async (scope) => {
      expect((await insert(scope)).number).toBe(2)
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    expect((await insert(ada)).number).toBe(2)
  })

  test('go on within one statement and within one transaction', async () => {
    const ada = await newUser()
    const numbers = await inTransaction(ada, async ({ db, userId }) => {
      const three = Array.from({ length: 3 }, () => ({ userId, title: 'One of many' }))
      const first = await db.insertInto('tasks').values(three).returning('number').execute()
      const second = await db.insertInto('tasks').values(three).returning('number').execute()
      return [...first, ...second].map(({ number }) => number)
    })
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('brought along (an import) are kept, and the count goes on behind the highest', async () => {
    const ada = await newUser()
    expect((await insert(ada, { number: 41 })).number).toBe(41)
    expect((await insert(ada)).number).toBe(42)
    expect((await insert(ada, { number: 7 })).number).toBe(7)
    expect((await insert(ada)).number).toBe(43)
    await expect(insert(ada, { number: 42 })).rejects.toMatchObject({
      constraint: 'tasks_user_id_number_key',
    })
    await expect(insert(ada, { number: -1 })).rejects.toMatchObject({ constraint: 'tasks_number_check' })
  })
})

describe('revisions', () => {
  test('rise by one with each write: insert, update, delete', async () => {
    const ada = await newUser()
    const { id, revision } = await insert(ada)
    expect(revision).toBe(1)
    expect((await update(ada, id, { title: 'Buy oat milk' })).revision).toBe(2)
    await ada.db.deleteFrom('tasks').where('userId', '=', ada.userId).where('id', '=', id).execute()
    expect((await clockOf(ada)).revision).toBe(3)
  })

  test('are shared by all rows that one transaction writes', async () => {
    const ada = await newUser()
    const other = await insert(ada)
    const revisions = await inTransaction(ada, async (scope) => [
      (await insert(scope)).revision,
      (await insert(scope)).revision,
      (await update(scope, other.id, { title: 'Both' })).revision,
    ])
    expect(revisions).toEqual([2, 2, 2])
    expect((await insert(ada)).revision).toBe(3)
  })

  test('do not move for an update that changes nothing, nor for a delete that finds nothing', async () => {
    const ada = await newUser()
    const task = await insert(ada, { description: 'Two litres' })
    const same = await update(ada, task.id, {
      title: task.title,
      description: 'Two litres',
      status: 'pending',
    })
    expect(same).toEqual(task)
    await ada.db.deleteFrom('tasks').where('userId', '=', ada.userId).where('title', '=', 'None').execute()
    expect((await clockOf(ada)).revision).toBe(1)
  })

  test('follow the order of commits without gaps: a second writer waits for the first', async () => {
    const ada = await newUser()
    const held = Promise.withResolvers<void>()
    const written = Promise.withResolvers<void>()
    const first = inTransaction(ada, async (scope) => {
      const { revision } = await insert(scope)
      written.resolve()
      await held.promise
      return revision
    })
    await written.promise

    const second = insert(ada).then(({ revision }) => revision)
    // The second is in the database and waits for the lock on the clock's row.
    await expect
      .poll(async () =>
        owner.rows(`select from pg_locks where not granted and locktype in ('transactionid', 'tuple')
        and pid in (select pid from pg_stat_activity where datname = current_database())`),
      )
      .toHaveLength(1)
    held.resolve()
    expect(await Promise.all([first, second])).toEqual([1, 2])
  })

  test('of 200 writes by 8 writers, some of which fail, have no gaps and no doubles', async () => {
    const ada = await newUser()
    const seen: number[] = []
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let at = 0; at < 25; at += 1) {
          const work = inTransaction(ada, async (scope) => {
            const { revision } = await insert(scope)
            if ((at + writer) % 5 === 0) throw new Error('no')
            return revision
          })
          await work.then(
            (revision) => seen.push(revision),
            () => undefined,
          )
        }
      }),
    )
    expect(seen).toHaveLength(160)
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 160 }, (_, at) => at + 1))
    expect((await clockOf(ada)).revision).toBe(160)
  })

  test('cannot be chosen by a writer', async () => {
    const ada = await newUser()
    const values = { userId: ada.userId, title: 'Forged', revision: 99 }
    const { id, revision } = await ada.db
      .insertInto('tasks')
      .values(values)
      .returning(['id', 'revision'])
      .executeTakeFirstOrThrow()
    expect(revision).toBe(1)
    expect((await update(ada, id, { revision: 99 })).revision).toBe(1)
    expect((await update(ada, id, { revision: 99, title: 'Forged again' })).revision).toBe(2)
  })
})

test('5,000 tasks in one statement cost five times the work of 1,000', async () => {
  /** Pages touched, by the statement and its triggers: work that does not depend on who else runs. */
  const work = async (count: number) => {
    const { userId } = await newUser()
    const [row] = await owner.rows<{ 'QUERY PLAN': { Plan: Record<string, number> }[] }>(
      `explain (analyze, buffers, format json)
       insert into tasks (user_id, title) select '${userId}', 'Task ' || i from generate_series(1, ${count}) i`,
    )
    const plan = row?.['QUERY PLAN'][0]?.Plan ?? {}
    return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
  }
  const [small, large] = [await work(1_000), await work(5_000)]
  expect(small).toBeGreaterThan(1_000)
  expect(large / small).toBeLessThan(6)
})

test('two transactions of a user that want the same tasks in another order wait, and do not deadlock', async () => {
  const ada = await newUser()
  const [milk, bread] = [await insert(ada), await insert(ada)]
  let other: Promise<{ revision: number }> | undefined

  const first = await inTransaction(ada, async (scope) => {
    await update(scope, milk.id, { title: 'first' })
    // It wants the bread, and then the clock that this transaction holds.
    other = update(ada, bread.id, { title: 'other' })
    while ((await owner.rows(waiting)).length === 0);
    return update(scope, bread.id, { title: 'first' })
  })

  expect((await other)?.revision).toBe(first.revision + 1)
})

const waiting = `select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like 'update "tasks"%'`
