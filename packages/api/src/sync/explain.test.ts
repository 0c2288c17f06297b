import { asUser, connect, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../../db/src/owner.fixture.ts'
import { listenTo, nodesOf, plansOf, type Plan, type Statement } from '../explain.fixture.ts'
import { behind, type PlaceInLog } from './cursor.ts'
import { deltaPage, snapshotPage } from './queries.ts'

// Two users with 10,000 tasks and 100,000 revisions each, half of which changed one busy task: what a page of a
// pull reads. Work is counted in rows, which do not depend on what else the machine does.

const revisions = 100_000
const [ada, eve] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']

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

async function seed(user: string) {
  const id = (n: string) => `('00000000-0000-4000-9000-' || lpad((${n})::text, 12, '0'))::uuid`
  await owner.rows(
    `insert into revisions (user_id, revision, actor) select $1, n, 'session' from generate_series(1, ${revisions}) n`,
    [user],
  )
  await owner.rows(
    `insert into changes (user_id, revision, entity, entity_id, before, after)
     select $1, n, 'tasks', case when n % 2 = 0 then ${id('0')} else ${id('n / 2 * 7919 % 10000')} end, '{}', '{"title": "x"}'
     from generate_series(1, ${revisions}) n`,
    [user],
  )
  await owner.rows(
    `insert into tasks (user_id, id, number, title, revision)
     select $1, ${id('n')}, n + 1, 'Task ' || n, ${revisions} from generate_series(0, 9999) n`,
    [user],
  )
  for (const [kind, columns, values] of [
    ['lists', 'name', `'List ' || n`],
    ['tags', 'name', `'Tag ' || n`],
    ['views', 'name, filter', `'View ' || n, '{}'`],
    ['comments', 'task_id, body', `${id('n')}, 'Comment ' || n`],
  ]) {
    await owner.rows(
      `insert into ${kind} (user_id, ${columns}) select $1, ${values} from generate_series(1, 300) n`,
      [user],
    )
  }
  await owner.rows(
    `insert into user_clocks (user_id, revision, xact, xact_at) values ($1, ${revisions}, '1', now())`,
    [user],
  )
}

/** The most rows that either plan goes through, and scans that are not bound to the user. */
async function effortOf(work: (scope: Scope) => Promise<unknown>, statements = 1) {
  sent.length = 0
  await work(scope)
  expect(sent).toHaveLength(statements)
  const plans = await plansOf(owner, ada, [...sent])
  return {
    rows: Math.max(...plans.map(rowsOf)),
    unbound: plans.flatMap(nodesOf).flatMap((node) => {
      const scans = node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== 'user_clocks'
      const bound = /\buser_id = /.test(node['Index Cond'] ?? 'user_id = ')
      return scans || !bound ? [`${node['Node Type']} ${node['Relation Name']} ${node['Index Cond']}`] : []
    }),
  }
}

function rowsOf(plan: Plan): number {
  return nodesOf(plan)
    .filter((node) => node['Relation Name'] !== undefined)
    .reduce(
      (sum, node) =>
        sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'],
      0,
    )
}

function atMost(rows: number) {
  return {
    unbound: [],
    rows: expect.toSatisfy((found: number) => found <= rows, `at most ${rows} rows`) as number,
  }
}

test('a delta reads what changed, two rows for each, however long the log is', async () => {
  const { tasks } = await deltaPage(scope, behind(revisions - 10, false), 2_500)
  expect(tasks).toHaveLength(6)
  expect(await effortOf((one) => deltaPage(one, behind(revisions - 10, false), 2_500))).toEqual(atMost(25))
  expect(await effortOf((one) => deltaPage(one, behind(revisions, false), 2_500))).toEqual(atMost(3))
  expect(await effortOf((one) => deltaPage(one, behind(revisions - 1_000, false), 2_500))).toEqual(
    atMost(1_000 * 2.1),
  )
})

test('a page of a very old delta reads no more than one of a young one', async () => {
  const first = await deltaPage(scope, behind(0, false), 100)
  expect(first.tasks).toHaveLength(50)
  expect(first.cursor).not.toBeNull()
  expect(await effortOf((one) => deltaPage(one, behind(0, false), 100))).toEqual(atMost(210))
  const place: PlaceInLog = {
    snapshot: false,
    revision: revisions - 5_000,
    entity: 'tasks',
    id: '00000000-0000-4000-9000-000000000000',
  }
  expect(await effortOf((one) => deltaPage(one, place, 100))).toEqual(atMost(210))
})

test('a page of a snapshot reads its own rows, wherever it begins', async () => {
  // Lists, tags, views, and the first of the tasks.
  expect(await effortOf((one) => snapshotPage(one, {}, 1_000), 4)).toEqual(atMost(1_005))
  const place = { base: revisions, entity: 'tasks' as const, id: '00000000-0000-4000-9000-000000005000' }
  expect(await effortOf((one) => snapshotPage(one, place, 1_000))).toEqual(atMost(1_005))
})
