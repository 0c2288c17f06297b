import { asUser, connect, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../../db/src/owner.fixture.ts'
import { listenTo, nodesOf, plansOf, type Plan, type Statement } from '../explain.fixture.ts'
import { listTasksAsOf } from './as-of.ts'
import { findRevision, listRevisions } from './queries.ts'
import { historyFilter, type HistoryFilter } from './schema.ts'

// A user with 100,000 revisions, of whose tasks one was changed 9,000 times, among others with as many. Work is
// counted in rows, which do not depend on what else the machine does.

const revisions = 100_000
const [ada, eve] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
const busiest = '00000000-0000-4000-9000-000000000000'
const limit = 50

let testDatabase: TestDatabase
let database: Database
let owner: Owner
let scope: Scope
const sent: Statement[] = []

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
  await owner.rows('set session_replication_role = replica')
  await owner.rows(
    `insert into users (id, email, name) values ($1, 'ada@example.org', 'Ada'), ($2, 'eve@example.org', 'Eve')`,
    [ada, eve],
  )
  for (const user of [ada, eve]) await seed(user)
  await owner.rows('vacuum analyze')
  database = await connect({ url: testDatabase.url, max: 3 })
  scope = asUser(listenTo(database, sent), ada)
}, 180_000)

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

/**
 * 10,000 tasks, each made in a revision of its own; then a change in each, every tenth of the busiest task, every
 * hundredth a deletion of one of the last 900, and one import of 5,000, since gone from memory but not from the log.
 */
async function seed(user: string) {
  const id = (n: string) => `('00000000-0000-4000-9000-' || lpad((${n})::text, 12, '0'))::uuid`
  const all = `'{"number": 1, "title": "Task", "description": null, "status": "pending", "completed_at": null, "priority": "low",
    "due_date": null, "due_all_day": null, "due_time_zone": null, "position": "a0", "created_at": "2026-01-01T00:00:00+00:00"}'::jsonb`
  await owner.rows(
    `insert into revisions (user_id, revision, made_at, actor, based_on, undoes)
     select $1, n, timestamptz '2026-01-01' + n * interval '1 minute', 'session', n - 3, case when n % 1000 = 0 then n - 1 end
     from generate_series(1, ${revisions}) n`,
    [user],
  )
  await owner.rows(
    `insert into changes (user_id, revision, entity, entity_id, before, after)
     select $1, n, 'tasks', case
         when n <= 10000 then ${id('n - 1')}
         when n % 100 = 0 then ${id('9100 + n / 100 - 101')}
         when n % 10 = 0 then ${id('0')}
         else ${id('n * 7919 % 9100')}
       end,
       case when n > 10000 then case when n % 100 = 0 then ${all} else jsonb_build_object('title', 'Before ' || n) end end,
       case when n <= 10000 then ${all} when n % 100 > 0 then jsonb_build_object('title', 'After ' || n) end
     from generate_series(1, ${revisions}) n`,
    [user],
  )
  await owner.rows(
    `insert into changes (user_id, revision, entity, entity_id, after)
     select $1, 50001, 'tasks', ${id('100000 + n')}, ${all} from generate_series(1, 5000) n`,
    [user],
  )
  await owner.rows(
    `insert into tasks (user_id, id, number, title, created_at, updated_at, revision)
     select $1, ${id('n')}, n + 1, 'Task ' || n, timestamptz '2026-01-01', now(), ${revisions} from generate_series(0, 9099) n`,
    [user],
  )
  // Of every other kind as many as there may be: to look through them all would show.
  for (const [kind, columns, values] of [
    ['lists', 'name', `'List ' || n`],
    ['tags', 'name', `'Tag ' || n`],
    ['views', 'name, filter', `'View ' || n, '{}'`],
    ['comments', 'task_id, body', `${id('n')}, 'Comment ' || n`],
  ]) {
    await owner.rows(
      `insert into ${kind} (user_id, ${columns}) select $1, ${values} from generate_series(1, 2000) n`,
      [user],
    )
  }
  await owner.rows(
    `insert into user_clocks (user_id, revision, xact, xact_at) values ($1, ${revisions}, '1', now())`,
    [user],
  )
}

/** Rows that the plan's scans went through, and scans that are not bound to the user. */
function sumUp(plan: Plan) {
  const nodes = nodesOf(plan)
  const scans = nodes.filter((node) => node['Relation Name'] !== undefined)
  return {
    unbound: [
      ...scans.filter((node) => node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'user_clocks'),
      ...nodes.filter((node) => node['Index Cond'] !== undefined && !/\buser_id = /.test(node['Index Cond'])),
    ].map((node) => `${node['Node Type']} ${node['Relation Name']} ${node['Index Cond'] ?? ''}`),
    rows: scans.reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    ),
  }
}

/** The most rows that any statement of the work goes through, whichever plan it gets, and what it does unbound. */
async function effortOf(work: (scope: Scope) => Promise<unknown>) {
  sent.length = 0
  await work(scope)
  const efforts = (await plansOf(owner, ada, [...sent])).map(sumUp)
  return {
    unbound: efforts.flatMap(({ unbound }) => unbound),
    rows: Math.max(...efforts.map(({ rows }) => rows)),
  }
}

function atMost(rows: number) {
  return {
    unbound: [],
    rows: expect.toSatisfy((found: number) => found <= rows, `at most ${rows} rows`) as number,
  }
}

const lists: [what: string, filter: Partial<HistoryFilter>, rows: number][] = [
  ['of everything', {}, 12 * limit],
  ['of tasks', { entity: 'tasks' }, 14 * limit],
  ['of one task', { entity: 'tasks', entityId: busiest }, 14 * limit],
  ['of changes of one task', { entity: 'tasks', entityId: busiest, kind: 'updated' }, 14 * limit],
  ['of changes', { kind: 'updated' }, 14 * limit],
  ['of deletions', { kind: 'deleted' }, 14 * limit],
]

test.each(lists)('a page of the history %s reads little more than it shows', async (_what, filter, most) => {
  const first = await listRevisions(scope, historyFilter.parse({ ...filter, limit }), '')
  expect(first.items).toHaveLength(limit)
  const far = await listRevisions(scope, historyFilter.parse({ ...filter, limit: 200 }), '')
  for (const cursor of [undefined, far.nextCursor ?? undefined]) {
    expect(
      await effortOf((one) => listRevisions(one, historyFilter.parse({ ...filter, limit, cursor }), '')),
    ).toEqual(atMost(most))
  }
})

test('what was made is found behind all that was changed since by one look at each revision', async () => {
  expect(
    await effortOf((one) => listRevisions(one, historyFilter.parse({ kind: 'created', limit }), '')),
  ).toEqual(atMost(2 * revisions + 20 * limit))
})

test('a page of one large revision reads little more than it shows', async () => {
  const { nextCursor } = (await findRevision(scope, { revision: 50_001 }, '')) ?? {}
  for (const cursor of [undefined, nextCursor ?? undefined]) {
    // Its 5,001 changes are counted, which is by far the most of it.
    expect(await effortOf((one) => findRevision(one, { revision: 50_001, cursor }, ''))).toEqual(
      atMost(5_001 + 6 * 500),
    )
  }
})

const moments: [at: number, first: number, second: number][] = [
  // The first page has the busiest task, all of whose changes are read, and once more for what is gone since.
  [99_990, 2 * 10_000, 60 * limit],
  [90_000, 2 * 10_000, 60 * limit],
  [50_000, 2 * 10_000, 60 * limit],
  // Hardly any of the tasks were there, and whatever came since is read once to find that out.
  [10, 1.5 * revisions, 0],
]

test.each(moments)(
  'a page of the tasks as of revision %i reads what changed of its tasks',
  async (at, most, mostNext) => {
    expect(await effortOf((one) => listTasksAsOf(one, { at, limit }))).toEqual(atMost(most))
    const { nextCursor } = await listTasksAsOf(scope, { at, limit })
    if (mostNext === 0) return expect(nextCursor).toBeNull()
    expect(await effortOf((one) => listTasksAsOf(one, { at, limit, cursor: nextCursor ?? '' }))).toEqual(
      atMost(mostNext),
    )
  },
)
