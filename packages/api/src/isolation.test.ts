import { asUser, connect, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../db/src/owner.fixture.ts'
import * as queries from './tasks/queries.ts'
import { taskFilter, taskSort, type TaskFilter } from './tasks/schema.ts'

const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris' }
const filterOf = (filter: Partial<TaskFilter> = {}) => taskFilter.parse(filter)

/** Everything that a query of tasks can be asked to do to somebody else's task. */
type Attack = (scope: Scope, task: { id: string; number: number }) => Promise<unknown>

const attacks: Record<keyof typeof queries, [what: string, attack: Attack][]> = {
  listTasks: [
    ['all', (scope) => queries.listTasks(scope, filterOf({ limit: 500, total: true }), clock)],
    ['page by page', (scope) => queries.listTasks(scope, filterOf({ limit: 1, offset: 0 }), clock)],
    ...taskSort.options.map((sort): [string, Attack] => [
      `by ${sort}`,
      (scope) => queries.listTasks(scope, filterOf({ sort }), clock),
    ]),
    ...(
      [
        { status: ['pending', 'in_progress', 'completed'] },
        { completed: false },
        { priority: ['low', 'medium', 'high', null] },
        { due: 'none' },
        { due: 'today' },
        { due: 'overdue' },
        { due: { before: '2030-01-01', after: '2020-01-01' } },
        { q: 'secret' },
      ] satisfies Partial<TaskFilter>[]
    ).map((filter): [string, Attack] => [
      JSON.stringify(filter),
      (scope) => queries.listTasks(scope, filterOf(filter), clock),
    ]),
  ],
  countByKind: [['all', (scope) => queries.countByKind(scope, clock)]],
  searchTasks: [['by its words', (scope) => queries.searchTasks(scope, { q: 'secret', limit: 100 })]],
  findTask: [
    ['by id', (scope, { id }) => queries.findTask(scope, { id })],
    ['by number', (scope, { number }) => queries.findTask(scope, { number })],
  ],
  insertTask: [
    ['of the same id', (scope, { id }) => queries.insertTask(scope, { id, title: 'Mine' }, clock.now)],
  ],
  updateTask: [
    ['its title', (scope, { id }) => queries.updateTask(scope, { id, title: 'Hacked' })],
    ['at its revision', (scope, { id }) => queries.updateTask(scope, { id, completed: true, ifRevision: 1 })],
  ],
  deleteTask: [
    ['by id', (scope, { id }) => queries.deleteTask(scope, { id })],
    ['at its revision', (scope, { id }) => queries.deleteTask(scope, { id, ifRevision: 1 })],
  ],
  updateTasks: [
    ['in bulk', (scope, { id }) => queries.updateTasks(scope, { ids: [id], change: { priority: 'low' } })],
    [
      'deletion in bulk',
      (scope, { id }) => queries.updateTasks(scope, { ids: [id], change: { delete: true } }),
    ],
  ],
  moveTask: [
    ['to the top', (scope, { id }) => queries.moveTask(scope, { id, after: null })],
    ['behind it', (scope, { id }) => queries.moveTask(scope, { id: crypto.randomUUID(), after: id })],
  ],
}

const every = Object.entries(attacks).flatMap(([name, list]) =>
  list.map(([what, attack]): [name: string, what: string, attack: Attack] => [name, what, attack]),
)

/** Each layer by itself: what the others would have caught is let through. */
const layers: [
  layer: string,
  prepare: (owner: Owner) => Promise<unknown>,
  scopeOf: (ada: Scope, eve: Scope) => Scope,
][] = [
  [
    'the where clauses alone, without row-level security',
    (owner) => owner.rows('alter table tasks disable row level security'),
    (_ada, eve) => eve,
  ],
  [
    'row-level security alone, under where clauses that name the victim',
    async () => {},
    // Every statement says `user_id = Ada`, on a connection that is Eve's.
    (ada, eve) => ({ db: eve.db, userId: ada.userId }),
  ],
]

describe.each(layers)('%s', (_layer, prepare, scopeOf) => {
  let testDatabase: TestDatabase
  let database: Database
  let owner: Owner
  let ada: Scope
  let attacker: Scope
  let secret: { id: string; number: number }
  let people = 0

  beforeAll(async () => {
    testDatabase = await createTestDatabase()
    database = await connect({ url: testDatabase.url, max: 6 })
    owner = await openOwner(testDatabase.ownerUrl)
    await prepare(owner)
  })

  afterAll(async () => {
    await Promise.all([database.end(), owner.end()])
    await testDatabase.drop()
  })

  beforeEach(async () => {
    people += 1
    ada = asUser(database, await owner.addUser(`Ada${people}`))
    const eve = asUser(database, await owner.addUser(`Eve${people}`))
    secret = await queries.insertTask(ada, { title: 'Secret', due: { date: '2026-11-21' } }, clock.now)
    attacker = scopeOf(ada, eve)
  })

  test.each(every)('%s (%s) shows and changes nothing of another user', async (_name, _what, attack) => {
    const before = await owner.rows('select t::text from tasks t where user_id = $1', [ada.userId])
    expect(before).toHaveLength(1)
    // Refused, or answered as if the task did not exist.
    const answer = await attack(attacker, secret).catch((error: { code: string }) => error.code)
    expect(JSON.stringify([answer, answer instanceof Set ? [...answer] : []])).not.toContain('Secret')
    expect(harmless(answer)).toBe(true)
    expect(await owner.rows('select t::text from tasks t where user_id = $1', [ada.userId])).toEqual(before)
  })

  /** No task, no count, no success: except for a task of one's own. */
  function harmless(answer: unknown): boolean {
    if (answer === undefined || answer === false || answer === 0 || answer === '42501') return true
    if (answer instanceof Set) return answer.size === 0
    if (Array.isArray(answer)) return answer.length === 0
    if (typeof answer !== 'object' || answer === null) return false
    if ('items' in answer)
      return Array.isArray(answer.items) && answer.items.length === 0 && !hasTotal(answer)
    if ('title' in answer) return answer.title === 'Mine'
    return Object.values(answer).every((count) => count === 0)
  }

  function hasTotal(answer: object): boolean {
    return 'total' in answer && answer.total !== 0
  }
})

test('every query of tasks is attacked', () => {
  expect(Object.entries(attacks).filter(([, list]) => list.length === 0)).toEqual([])
  const functions = Object.entries(queries).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  )
  expect(Object.keys(attacks).toSorted()).toEqual(functions.toSorted())
})
