import { asUser, connect, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../../db/src/owner.fixture.ts'
import { listenTo, nodesOf, plansOf, type Plan, type Statement } from '../explain.fixture.ts'
import { changeTasks } from './bulk.ts'
import { numbered, seed } from '../many-tasks.fixture.ts'
import { countByKind, findTask, listTasks, moveTask, updateTask } from './queries.ts'
import { taskFilter, taskSort, type TaskFilter } from './schema.ts'
import { findSubtasks } from './series-subtasks.ts'
import { followAll, listOccurrences } from './series.ts'
import { carryList, countOpenSubtasks, countProgress, findAncestors } from './tree.ts'

// A million tasks, 10,000 of them one user's: what PostgreSQL does for every query of tasks. Asked of the statements
// that the queries really send, as the role and the user they are sent as, with the generic plan that a prepared
// statement ends up with and with the one for its values. Work is counted in rows and pages, which do not depend on
// what else the machine does. CI has the million; elsewhere a tenth of it has to do (CI=1 pnpm test explain).

// eslint-disable-next-line node/no-process-env
const users = process.env['CI'] ? 100 : 10
const ofUser = 10_000
const limit = 50

let testDatabase: TestDatabase
let database: Database
let owner: Owner
let scope: Scope
const sent: Statement[] = []
const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris', weekStart: 1 }

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
  await seed(owner, users, ofUser)
  database = await connect({ url: testDatabase.url, max: 3 })
  scope = asUser(listenTo(database, sent), '00000000-0000-4000-8000-000000000007')
}, 180_000)

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

const theUser = 7
const taskAt = (n: number) => numbered('task', n * users + theUser - 1)
const listAt = (n: number) => numbered('list', n)
const tagAt = (n: number) => numbered('tag', n)

/** The plans of everything that the work sends, generic and custom. */
async function plansOfWork(work: (scope: Scope) => Promise<unknown>): Promise<Plan[]> {
  sent.length = 0
  await work(scope)
  expect(sent).not.toEqual([])
  return plansOf(owner, scope.userId, [...sent])
}

/** What of a plan has to hold: how it finds tasks, whether it sorts, and how many rows and pages it reads. */
function sumUp(plan: Plan) {
  const nodes = nodesOf(plan)
  const scans = nodes.filter(
    (node) => node['Relation Name'] === 'tasks' && node['Node Type'] !== 'ModifyTable',
  )
  const found = nodes.filter((node) => node['Index Cond'] !== undefined)
  return {
    indexes: [...new Set(found.map((node) => node['Index Name'] ?? ''))],
    unbound: [
      ...scans.filter((node) => /Seq Scan/.test(node['Node Type'])),
      ...found.filter((node) => !/\buser_id = /.test(node['Index Cond'] ?? '')),
    ].map((node) => `${node['Node Type']} ${node['Index Name'] ?? ''} ${node['Index Cond'] ?? ''}`),
    sorts: nodes.map((node) => node['Node Type']).filter((type) => type.includes('Sort')),
    rows: scans.reduce(
      (sum, node) => sum + node['Actual Rows'] * node['Actual Loops'] + (node['Rows Removed by Filter'] ?? 0),
      0,
    ),
    pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  }
}

const filterOf = (filter: Partial<TaskFilter>) => taskFilter.parse({ limit, ...filter })

/** A page from the middle of the list, where a cursor leads. */
async function middle(filter: Partial<TaskFilter>): Promise<TaskFilter> {
  const far = await listTasks(scope, taskFilter.parse({ ...filter, limit: 500 }), clock)
  return filterOf({ ...filter, cursor: far.nextCursor ?? '' })
}

const sorting: Partial<Record<TaskFilter['sort'], string[]>> = {
  // Nobody indexes what changes with every write: all tasks of this user are read and sorted, and nobody else's.
  updated_at: ['Sort'],
  // A number is unique, so `id` behind it sorts groups of one.
  number: ['Incremental Sort'],
}

describe.each(taskSort.options)('a list sorted by %s', (sort) => {
  test.each(['asc', 'desc'] as const)(
    '%s reads one page, the first as well as one by cursor',
    async (order) => {
      for (const filter of [filterOf({ sort, order }), await middle({ sort, order })]) {
        for (const plan of await plansOfWork((one) => listTasks(one, filter, clock))) {
          const { unbound, sorts, rows, pages } = sumUp(plan)
          expect(unbound).toEqual([])
          expect(sorts).toEqual(sorting[sort] ?? [])
          expect(rows).toBeLessThanOrEqual(sort === 'updated_at' ? ofUser : 2 * limit)
          expect(pages).toBeLessThanOrEqual(sort === 'updated_at' ? 2 * ofUser : 3 * limit)
        }
      }
    },
  )
})

describe('a filtered list', () => {
  const filters: [what: string, filter: Partial<TaskFilter>, rows: number][] = [
    // Half of all tasks are completed, a quarter is pending, a quarter of the open ones has each priority.
    ['completed tasks', { completed: true }, 4 * limit],
    ['open tasks', { completed: false }, 4 * limit],
    ['tasks of one status', { status: ['pending'] }, 8 * limit],
    ['tasks of two statuses', { status: ['pending', 'in_progress'] }, 8 * limit],
    ['tasks of one priority', { priority: ['high'] }, 8 * limit],
    ['tasks without a priority, or of low', { priority: [null, 'low'] }, 8 * limit],
    ['tasks without a date', { due: 'none' }, 8 * limit],
    [
      'tasks due in a range, by date',
      { due: { after: '2026-03-01', before: '2026-03-20' }, sort: 'due_date' },
      8 * limit,
    ],
    ['tasks due today', { due: 'today' }, 8 * limit],
    ['overdue tasks, by date', { due: 'overdue', sort: 'due_date', order: 'asc' }, 8 * limit],
    ['open tasks by priority', { completed: false, sort: 'priority' }, 2 * limit],
    ['open tasks by position', { completed: false, sort: 'position', order: 'asc' }, 4 * limit],
    ['tasks of one list', { listId: [listAt(3)], sort: 'position', order: 'asc' }, 2 * limit],
    ['tasks of several lists', { listId: [listAt(3), listAt(5)] }, ofUser],
    ['tasks of the Inbox', { listId: [null] }, 8 * limit],
    ['tasks of the Inbox or a list', { listId: [null, listAt(3)] }, 8 * limit],
    ['subtasks of one task', { parentId: taskAt(0), sort: 'position', order: 'asc' }, limit],
    ['tasks that are nobody’s subtask', { parentId: null }, 4 * limit],
    ['tasks of one of two tags', { tagIds: { any: [tagAt(1), tagAt(2)] } }, ofUser],
    ['tasks of one tag', { tagIds: { all: [tagAt(1)] } }, ofUser],
    ['tasks without a tag', { tagIds: 'none' }, 4 * limit],
    ['tasks due this week, by date', { due: 'week', sort: 'due_date', order: 'asc' }, 4 * limit],
    ['tasks to come, by date', { due: 'upcoming', sort: 'due_date', order: 'asc' }, 4 * limit],
    [
      'open tasks of a list with a tag, due this week',
      { listId: [listAt(3)], tagIds: { all: [tagAt(3)] }, due: 'week', completed: false },
      ofUser,
    ],
  ]
  test.each(filters)('of %s reads little more than it shows', async (_what, filter, most) => {
    for (const plan of await plansOfWork((one) => listTasks(one, filterOf(filter), clock))) {
      const { unbound, rows } = sumUp(plan)
      expect(unbound).toEqual([])
      expect(rows).toBeLessThanOrEqual(most)
    }
  })

  test('of open tasks by priority uses the index made for it, and sorts nothing', async () => {
    const filter = filterOf({ completed: false, sort: 'priority', order: 'desc' })
    for (const plan of await plansOfWork((one) => listTasks(one, filter, clock))) {
      expect(sumUp(plan)).toMatchObject({ indexes: ['tasks_user_id_pending_priority_idx'], sorts: [] })
    }
  })
})

describe('what the specifications name an index for', () => {
  const list = (filter: Partial<TaskFilter>) => (one: Scope) => listTasks(one, filterOf(filter), clock)
  const queries: [what: string, index: string, query: (one: Scope) => Promise<unknown>][] = [
    ['a user and the creation', 'tasks_user_id_created_at_idx', list({})],
    [
      'a user and a status',
      'tasks_user_id_status_idx',
      ({ db, userId }) =>
        db
          .selectFrom('tasks')
          .select('id')
          .where('userId', '=', userId)
          .where('status', '=', 'pending')
          .orderBy('createdAt', 'desc')
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
    ],
    [
      'a user and a priority',
      'tasks_user_id_priority_rank_idx',
      list({ priority: ['high'], sort: 'priority' }),
    ],
    [
      'a user and the due date',
      'tasks_user_id_due_order_idx',
      list({ due: { after: '2026-03-01', before: '2026-03-20' }, sort: 'due_date' }),
    ],
    [
      'a user and what is not completed',
      'tasks_user_id_pending_priority_idx',
      list({ completed: false, sort: 'priority' }),
    ],
  ]
  test.each(queries)('%s: %s serves it', async (_what, index, query) => {
    for (const plan of await plansOfWork(query)) {
      const { indexes, unbound, rows } = sumUp(plan)
      expect({ indexes, unbound }).toEqual({ indexes: [index], unbound: [] })
      expect(rows).toBeLessThanOrEqual(8 * limit)
    }
  })
})

describe('one task', () => {
  test.each(['id', 'number'] as const)('by %s is one row from one index', async (by) => {
    const { items } = await listTasks(scope, filterOf({}), clock)
    const [task] = items
    const key = by === 'id' ? { id: task?.id ?? '' } : { number: task?.number ?? 0 }
    for (const plan of await plansOfWork((one) => findTask(one, key))) {
      const { indexes, unbound, rows, pages } = sumUp(plan)
      expect({ indexes, unbound, rows }).toEqual({
        indexes: [by === 'id' ? 'tasks_pkey' : 'tasks_user_id_number_key'],
        unbound: [],
        rows: 1,
      })
      expect(pages).toBeLessThanOrEqual(8)
    }
  })

  test('is updated through its key', async () => {
    const { items } = await listTasks(scope, filterOf({}), clock)
    const change = { id: items[0]?.id ?? '', title: 'Changed' }
    for (const plan of await plansOfWork((one) => updateTask(one, change))) {
      expect(sumUp(plan)).toMatchObject({ indexes: ['tasks_pkey'], unbound: [] })
    }
  })
})

test('what comes again is found through keys, however many are completed at once', async () => {
  const { items } = await listTasks(scope, filterOf({ limit: 200 }), clock)
  const ids = items.map(({ id }) => id)
  const works = [
    (one: Scope) => followAll(one, new Set(ids), { completed: true }, clock),
    (one: Scope) => findSubtasks(one, ids),
    (one: Scope) => listOccurrences(one, ids[0] ?? '', { limit }),
  ]
  for (const work of works) {
    for (const plan of await plansOfWork(work)) {
      expect(sumUp(plan).unbound).toEqual([])
      expect(sumUp(plan).rows).toBeLessThanOrEqual(10 * ids.length)
    }
  }
})

describe('a tree', () => {
  const works: [what: string, work: (one: Scope) => Promise<unknown>, rows: number][] = [
    [
      'what is above the tasks of a page',
      (one) =>
        findAncestors(
          one,
          Array.from({ length: 500 }, (_, n) => taskAt(10 * n)),
          [taskAt(1)],
        ),
      3 * 500,
    ],
    [
      'the progress of the tasks of a page',
      (one) =>
        countProgress(
          one,
          Array.from({ length: 500 }, (_, n) => taskAt(10 * n)),
        ),
      4 * 500,
    ],
    ['what is open below a task', (one) => countOpenSubtasks(one, taskAt(10)), 2 * 5],
    ['the list of what is below a task', (one) => carryList(one, [taskAt(10)]), 4 * 5],
    ['a move', (one) => moveTask(one, { id: taskAt(10), listId: listAt(7), after: taskAt(200) }), 100],
    ['a move under another task', (one) => moveTask(one, { id: taskAt(10), parentId: taskAt(20) }), 100],
    [
      'a bulk change of places',
      (one) =>
        changeTasks(one, { ids: [taskAt(30), taskAt(31), taskAt(50)], change: { listId: listAt(3) } }, clock),
      200,
    ],
    [
      'a bulk change of parents and tags',
      (one) =>
        changeTasks(
          one,
          { ids: [taskAt(30), taskAt(50)], change: { parentId: taskAt(20), addTagIds: [] } },
          clock,
        ),
      200,
    ],
  ]
  test.each(works)('%s reads little more than it is about', async (_what, work, most) => {
    for (const plan of await plansOfWork(work)) {
      const { unbound, rows } = sumUp(plan)
      expect(unbound).toEqual([])
      expect(rows).toBeLessThanOrEqual(most)
    }
  })
})

test('counts read the own tasks only', async () => {
  const works = [
    (one: Scope) => countByKind(one, clock),
    (one: Scope) => listTasks(one, filterOf({ total: true }), clock),
  ]
  for (const work of works) {
    for (const plan of await plansOfWork(work)) {
      expect(sumUp(plan).unbound).toEqual([])
      expect(sumUp(plan).rows).toBeLessThanOrEqual(ofUser)
    }
  }
})
