import { asUser, connect, inTransaction, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../db/src/owner.fixture.ts'
import * as backwardsQueries from './history/backwards.ts'
import * as judgedQueries from './history/judged.ts'
import * as pastQueries from './history/as-of.ts'
import * as historyQueries from './history/queries.ts'
import { historyFilter, undoing, type HistoryFilter } from './history/schema.ts'
import { kindAttacks, kindQueries } from './isolation-kinds.fixture.ts'
import { daily, seriesAttacks, seriesQueries, type Attack, type Target } from './isolation-series.fixture.ts'
import * as restoreQueries from './history/restore.ts'
import * as undoQueries from './history/undo.ts'
import * as bulkQueries from './tasks/bulk.ts'
import * as orderQueries from './tasks/order.ts'
import * as taskQueries from './tasks/queries.ts'
import { taskFilter, taskSort, type TaskFilter } from './tasks/schema.ts'
import * as searchQueries from './tasks/search.ts'
import { findStarts, findText } from './tasks/text.ts'
import * as treeQueries from './tasks/tree.ts'

const queries = {
  ...taskQueries,
  ...bulkQueries,
  ...orderQueries,
  ...seriesQueries,
  ...searchQueries,
  findText,
  findStarts,
  ...treeQueries,
  ...historyQueries,
  ...pastQueries,
  ...undoQueries,
  ...restoreQueries,
  ...backwardsQueries,
  findConflicts: judgedQueries.findConflicts,
  findLeftovers: judgedQueries.findLeftovers,
  ...kindQueries,
}
const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris', weekStart: 1 }
const tasksOf = (revision: number) => ({ name: 'tasks', revision, many: false }) as const
const filterOf = (filter: Partial<TaskFilter> = {}) => taskFilter.parse(filter)

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
        { due: 'week' },
        { due: 'upcoming' },
        { listId: [null] },
        { parentId: null },
        { tagIds: 'none' },
        { withAncestors: true, withProgress: true },
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
  findText: [['by its words', (scope) => idsFound(queries.findText(scope, 'secret'))]],
  findStarts: [['by its words', (scope) => idsFound(queries.findStarts(scope, 'secret'))]],
  findTask: [
    ['by id', (scope, { id }) => queries.findTask(scope, { id })],
    ['by number', (scope, { number }) => queries.findTask(scope, { number })],
  ],
  insertTask: [
    ['of the same id', (scope, { id }) => queries.insertTask(scope, { id, title: 'Mine' }, clock.now)],
    ['under it', (scope, { id }) => queries.insertTask(scope, { title: 'Below', parentId: id }, clock.now)],
  ],
  updateTask: [
    ['its title', (scope, { id }) => queries.updateTask(scope, { id, title: 'Hacked' })],
    ['at its revision', (scope, { id }) => queries.updateTask(scope, { id, completed: true, ifRevision: 1 })],
    ['its place', (scope, { id }) => queries.updateTask(scope, { id, listId: null, parentId: null })],
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
    ['to the Inbox', (scope, { id }) => queries.moveTask(scope, { id, listId: null })],
    ['under another', (scope, { id }) => queries.moveTask(scope, { id, parentId: crypto.randomUUID() })],
  ],
  findRoom: [['behind it', (scope, { id }) => queries.findRoom(scope, crypto.randomUUID(), id)]],
  changeTasks: [
    [
      'in bulk',
      async (scope, { id }) =>
        (await queries.changeTasks(scope, { ids: [id], change: { priority: 'low' } }, clock)).filter(
          ({ ok }) => ok,
        ),
    ],
    [
      'by a filter',
      (scope) => queries.changeTasks(scope, { filter: { due: 'none' }, change: { delete: true } }, clock),
    ],
    [
      'to a place below it',
      async (scope, { id }) =>
        (
          await queries.changeTasks(scope, { ids: [id], change: { parentId: id, addTagIds: [id] } }, clock)
        ).filter(({ ok }) => ok),
    ],
  ],
  carryList: [['of it', (scope, { id }) => queries.carryList(scope, [id])]],
  findAncestors: [['as a parent', (scope, { id }) => queries.findAncestors(scope, [id])]],
  countProgress: [['as a parent', (scope, { id }) => queries.countProgress(scope, [id])]],
  countOpenSubtasks: [['as a parent', (scope, { id }) => queries.countOpenSubtasks(scope, id)]],
  ...seriesAttacks,
  listRevisions: (
    [
      {},
      { entity: 'tasks' },
      { kind: 'created' },
      { kind: 'updated' },
      { kind: 'deleted' },
      { entity: 'tasks', kind: 'created' },
    ] satisfies Partial<HistoryFilter>[]
  ).flatMap((filter): [string, Attack][] => [
    [JSON.stringify(filter), (scope) => queries.listRevisions(scope, historyFilter.parse(filter), '')],
    [
      `${JSON.stringify(filter)} of the task`,
      (scope, { id }) =>
        queries.listRevisions(scope, historyFilter.parse({ ...filter, entity: 'tasks', entityId: id }), ''),
    ],
  ]),
  findRevision: [1, 2, 3].map((revision) => [
    `${revision}`,
    (scope) => queries.findRevision(scope, { revision }, ''),
  ]),
  undoRevision: [1, 2, 3].flatMap((revision) =>
    undoing.shape.ifConflict
      .unwrap()
      .options.map((ifConflict): [string, Attack] => [
        `${revision}, ${ifConflict}`,
        (scope) => inTransaction(scope, (within) => queries.undoRevision(within, { revision, ifConflict })),
      ]),
  ),
  restoreRow: [
    [
      'of a task that is there',
      (scope, { id }) =>
        inTransaction(scope, (within) => queries.restoreRow(within, { entity: 'tasks', id })),
    ],
    [
      'of a deleted task',
      (scope, { deleted }) =>
        inTransaction(scope, (within) => queries.restoreRow(within, { entity: 'tasks', id: deleted })),
    ],
  ],
  bringBack: [
    ['what was deleted', (scope) => queries.bringBack(scope, tasksOf(3))],
    ['one of it', (scope, { deleted }) => queries.bringBack(scope, { ...tasksOf(3), ids: [deleted] })],
  ],
  setBack: [['what was changed', (scope) => queries.setBack(scope, tasksOf(1), true)]],
  unmake: [
    ['what was made', (scope) => queries.unmake(scope, tasksOf(1), { overwrite: true, rows: 1 })],
    ['if nothing hangs on it', (scope) => queries.unmake(scope, tasksOf(1), { overwrite: false, rows: 1 })],
  ],
  attach: [['under it', (scope, { id, deleted }) => queries.attach(scope, [{ id, parent: deleted }])]],
  findConflicts: [['in the first revision', (scope) => queries.findConflicts(scope, tasksOf(1))]],
  findLeftovers: [['of the first revision', (scope) => queries.findLeftovers(scope, tasksOf(1))]],
  ...kindAttacks,
  listTasksAsOf: [0, 1, 2, 3, '2100-01-01T00:00:00Z'].map((at) => [
    `${at}`,
    (scope) => queries.listTasksAsOf(scope, { at, limit: 100 }),
  ]),
}

async function idsFound(finding: Promise<Record<string, string[] | null>>) {
  return Object.values(await finding).flatMap((ids) => ids ?? 'many')
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
    async (owner) => {
      for (const table of [
        'tasks',
        'lists',
        'tags',
        'views',
        'comments',
        'changes',
        'revisions',
        'user_clocks',
      ]) {
        await owner.rows(`alter table ${table} disable row level security`)
      }
    },
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
  let secret: Target
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
    const task = await inTransaction(ada, async (within) => {
      const made = await queries.insertTask(
        within,
        { title: 'Secret', due: { date: '2026-11-21' } },
        clock.now,
      )
      return (await queries.followChange(within, made, { recurrence: daily }, clock)).task
    })
    const { id, number } = task
    const { id: deleted } = await queries.insertTask(ada, { title: 'Secret too' }, clock.now)
    await queries.deleteTask(ada, { id: deleted })
    const [list, tag, view, comment] = [
      await queries.insertList(ada, { name: 'Secret' }),
      await queries.insertTag(ada, { name: 'Secret' }),
      await queries.insertView(ada, { name: 'Secret', filter: {} }),
      await queries.insertComment(ada, { taskId: id, body: 'Secret' }),
    ]
    secret = {
      task,
      id,
      number,
      deleted,
      list: list?.id ?? '',
      tag: tag.id,
      view: view?.id ?? '',
      comment: comment.id,
    }
    attacker = scopeOf(ada, eve)
  })

  test.each(every)('%s (%s) shows and changes nothing of another user', async (_name, _what, attack) => {
    const before = await everythingOf(ada.userId)
    expect(before).toHaveLength(5 + 7 + 7 + 1)
    // Refused, or answered as if the task did not exist.
    const answer = await attack(attacker, secret).catch((error: { code: string }) => error.code)
    expect(
      JSON.stringify([answer, answer instanceof Set || answer instanceof Map ? [...answer] : []]),
    ).not.toContain('Secret')
    expect(harmless(answer)).toBe(true)
    expect(await everythingOf(ada.userId)).toEqual(before)
  })

  function everythingOf(userId: string) {
    return owner.rows(
      `select t::text from tasks t where user_id = $1 union all select l::text from lists l where user_id = $1
       union all select g::text from tags g where user_id = $1 union all select v::text from views v where user_id = $1
       union all select m::text from comments m where user_id = $1 union all select c::text from changes c where user_id = $1
       union all select r::text from revisions r where user_id = $1 union all select k::text from user_clocks k where user_id = $1
       order by 1`,
      [userId],
    )
  }

  /** No task, no count, no success: except for a task of one's own. */
  function harmless(answer: unknown): boolean {
    if (
      answer === undefined ||
      answer === null ||
      answer === false ||
      answer === 0 ||
      answer === '42501' ||
      // What it would hang on is not there.
      answer === '23503' ||
      answer === 'NOT_FOUND'
    )
      return true
    if (answer instanceof Set || answer instanceof Map) return answer.size === 0
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

test('every query is attacked', () => {
  expect(Object.entries(attacks).filter(([, list]) => list.length === 0)).toEqual([])
  const functions = Object.entries(queries).flatMap(([name, value]) =>
    typeof value === 'function' ? [name] : [],
  )
  expect(Object.keys(attacks).toSorted()).toEqual(functions.toSorted())
})
