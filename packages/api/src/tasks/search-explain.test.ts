import { asUser, connect, type Database, type Scope } from '@ownlist/db'
import { createTestDatabase, type TestDatabase } from '@ownlist/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openOwner, type Owner } from '../../../db/src/owner.fixture.ts'
import { listenTo, nodesOf, plansOf, type Statement } from '../explain.fixture.ts'
import { listTasks } from './queries.ts'
import { taskFilter } from './schema.ts'
import { searchTasks } from './search.ts'

// What PostgreSQL reads for a search: fifteen users with 400 tasks each, whose texts are much alike. Counted in rows and
// pages, of the plans that prepared statements end up with and of those for their values.

const users = 15
const ofUser = 400

let testDatabase: TestDatabase
let database: Database
let owner: Owner
let scope: Scope
const sent: Statement[] = []
const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris', weekStart: 1 }

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  owner = await openOwner(testDatabase.ownerUrl)
  await seed()
  database = await connect({ url: testDatabase.url, max: 3 })
  scope = asUser(listenTo(database, sent), '00000000-0000-4000-8000-000000000007')
}, 60_000)

afterAll(async () => {
  await Promise.all([database.end(), owner.end()])
  await testDatabase.drop()
})

/** One task of each user in turn, so that nobody's lie side by side; without triggers, which would take ten times as long. */
async function seed() {
  await owner.rows(`set session_replication_role = replica`)
  await owner.rows(`
    insert into users (id, email, name)
    select ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, i || '@example.org', 'User ' || i
    from generate_series(1, ${users}) i`)
  await owner.rows(`
    insert into tasks (user_id, id, number, title, description, created_at, revision)
    select ('00000000-0000-4000-8000-' || lpad((1 + i % ${users})::text, 12, '0'))::uuid,
      overlay(overlay(md5(i::text) placing '4' from 13) placing '8' from 17)::uuid, 1 + n,
      'Task ' || n || case when n % 40 = 0 then ' seldom' else '' end,
      case when n % 8 = 0 then 'Some words about it ' || i end, timestamptz '2026-01-01' + i * interval '1 minute', n
    from generate_series(0, ${users * ofUser - 1}) i, lateral (select i / ${users} as n) each`)
  await owner.rows(`
    insert into comments (user_id, task_id, body)
    select user_id, id, 'Remark ' || number from tasks where number % 3 = 0`)
  await owner.rows(`
    insert into task_texts (user_id, task_id, kind, id, body)
    select user_id, id, 'title', id, e'\\n' || title_folded from tasks
    union all select user_id, id, 'description', id, description_folded from tasks where description is not null
    union all select user_id, task_id, 'comment', id, fold(body) from comments`)
  await owner.rows('vacuum analyze tasks, comments, task_texts')
}

const words: [what: string, q: string][] = [
  ['in no text', 'no such text'],
  ['in few titles', 'seldom'],
  ['in all titles', 'task'],
  ['in many descriptions', 'words about'],
  ['in many comments', 'remark'],
  ['one letter, in all texts', 'e'],
  ['two letters, in none', 'zq'],
]

test.each(words)('a search for what is %s reads the own rows only', async (_what, q) => {
  const works = [
    (one: Scope) => searchTasks(one, { q, limit: 20 }),
    (one: Scope) => listTasks(one, taskFilter.parse({ q, limit: 20, total: true }), clock),
  ]
  for (const work of works) {
    sent.length = 0
    await work(scope)
    const plans = await plansOf(owner, scope.userId, [...sent])
    expect(plans.length).toBeGreaterThan(0)
    for (const node of plans.flatMap(nodesOf)) {
      const { 'Node Type': type, 'Index Cond': condition = '', 'Relation Name': relation } = node
      expect(type).not.toMatch(/^Seq Scan/)
      if (type.startsWith('Index') || type.startsWith('Bitmap Index'))
        expect(condition).toMatch(/\buser_id = /)
      if (relation) expect(node['Actual Rows']).toBeLessThanOrEqual(ofUser)
      // What the function reads inside: the sample of the newest texts, and of the index what the needle leads to.
      if (type === 'Function Scan' && !relation && node['Shared Hit Blocks'] > 0) {
        expect(node['Shared Hit Blocks'] + node['Shared Read Blocks']).toBeLessThanOrEqual(2 * 600 + 100)
      }
    }
  }
})

test('a word that all others wrote costs no more than one that nobody did', async () => {
  await owner.rows(
    `insert into task_texts (user_id, task_id, kind, id, body)
     select user_id, task_id, 'comment', gen_random_uuid(), 'plenty' from task_texts
     where user_id <> $1 and kind = 'title'`,
    [scope.userId],
  )
  await owner.rows('vacuum analyze task_texts')
  const read = async (q: string) => {
    sent.length = 0
    expect(await searchTasks(scope, { q, limit: 20 })).toEqual([])
    const plans = await plansOf(owner, scope.userId, [...sent])
    return Math.max(...plans.map((plan) => plan['Shared Hit Blocks'] + plan['Shared Read Blocks']))
  }
  // To be planned at all costs some pages, once for each connection.
  await read('plenty')
  expect(Math.abs((await read('plenty')) - (await read('vwxyz!')))).toBeLessThanOrEqual(10)
})
