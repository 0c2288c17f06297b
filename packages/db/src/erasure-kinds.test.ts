import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openErasures } from './erasure.fixture.ts'
import { askErasure, eraseDue } from './erasure.ts'
import type { Database } from './connect.ts'
import type { Owner } from './owner.fixture.ts'

let erasures: Awaited<ReturnType<typeof openErasures>>
let admin: Owner
let database: Database
const person = (tasks: number) => erasures.person(tasks)

beforeAll(async () => {
  erasures = await openErasures()
  ;({ admin, database } = erasures)
})

afterAll(() => erasures.end())

beforeEach(async () => {
  await admin.rows('delete from users')
  await admin.rows('delete from erasures')
})

test('every text that a person can write is searched for a trace', async () => {
  const ada = await person(0)
  const columns = await admin.rows<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relname = any($1) and a.atttypid in ('text'::regtype, 'jsonb'::regtype) and a.attgenerated = ''
       and not exists (
         -- A pattern, or a few words to choose from, leaves no room for what somebody writes.
         select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any(k.conkey)
           and pg_get_constraintdef(k.oid) ~ (a.attname || '( ~ | = ANY)'))
     order by 1, 2`,
    [['comments', 'lists', 'tags', 'tasks', 'views']],
  )
  expect(columns.length).toBeGreaterThan(8)
  for (const { table, column } of columns.filter(
    (one) => !['position', 'due_time_zone'].includes(one.column),
  )) {
    const found = await admin.rows(
      `select from ${table} where user_id = $1 and strpos(${column}::text, $2) > 0`,
      [ada.userId, ada.canaries.at(-1)],
    )
    expect({ table, column, found: found.length > 0 }).toEqual({ table, column, found: true })
  }
})

test('of many tasks in one list, no step removes more than its share', async () => {
  const ada = await person(1_200)
  await admin.rows(
    `update tasks set list_id = (select id from lists where user_id = $1),
       tag_ids = array(select id from tags where user_id = $1) where user_id = $1`,
    [ada.userId],
  )
  await askErasure(database, ada.email)
  const [last] = await admin.rows<{ revision: string }>(
    'select max(revision) as revision from revisions where user_id = $1',
    [ada.userId],
  )
  const [receipt] = await eraseDue(database)
  const [row] = await admin.rows<{ removed: Record<string, number> }>(
    'select removed from erasures where id = $1',
    [receipt],
  )
  // Each row's own removal is the only entry that it wrote: nothing was first taken off its list.
  const made = 1_200 + 6 + 3
  const filed = 1_201
  const removed = 1 + 1_202 + 3
  expect(row?.removed['changes']).toBe(made + filed + removed)
  expect(row?.removed['revisions']).toBe(Number(last?.revision) + 1 + 2 + 3)
})
