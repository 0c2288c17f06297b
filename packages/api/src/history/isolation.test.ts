import { asUser, inTransaction, type Scope } from '@ownlist/db'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { deleteTask, insertTask, updateTask } from '../tasks/queries.ts'
import type { TaskChange } from '../tasks/schema.ts'
import { test } from '../testing.fixture.ts'
import { listTasksAsOf } from './as-of.ts'
import { findRevision, listRevisions } from './queries.ts'
import { historyFilter, type Undoing } from './schema.ts'
import { restoreRow } from './restore.ts'
import { undoRevision } from './undo.ts'

// The where clauses alone: without row-level security, and between two users whose revisions and tasks have the
// same numbers and ids, each statement that forgets whose rows it means shows or changes the other's.

const ids = Array.from({ length: 4 }, () => randomUUID())
const [one = '', two = '', three = '', four = ''] = ids
const now = new Date('2026-11-21T12:00:00Z')

type Step = (scope: Scope) => Promise<unknown>

const make =
  (id: string, title: string): Step =>
  (scope) =>
    insertTask(scope, { id, title }, now)
const change =
  (id: string, fields: Omit<TaskChange, 'id'>): Step =>
  (scope) =>
    updateTask(scope, { id, ...fields })
const remove =
  (id: string): Step =>
  (scope) =>
    deleteTask(scope, { id })
const restore =
  (id: string): Step =>
  (scope) =>
    restoreRow(scope, { entity: 'tasks', id })
const undo =
  (revision: number, ifConflict: Undoing['ifConflict'] = 'overwrite'): Step =>
  (scope) =>
    undoRevision(scope, { revision, ifConflict })

const ofEve = [
  ...ids.map((id) => make(id, 'Mine')),
  change(one, { title: 'Mine too', priority: 'high' }),
  change(one, { title: 'Mine again' }),
  change(two, { priority: 'low' }),
  remove(two),
  remove(three),
  undo(9),
  change(four, { title: 'Mine as well' }),
]

// Of the same tasks, but something else in each revision, and more of them.
const ofAda = [
  make(four, 'Secret'),
  make(one, 'Secret'),
  change(one, { title: 'Secret too' }),
  change(one, { priority: 'low' }),
  make(two, 'Secret'),
  remove(four),
  make(three, 'Secret'),
  remove(three),
  undo(5),
  undo(9),
  undo(10),
  undo(8),
  remove(three),
  restore(two),
  remove(two),
  undo(15),
  change(one, { title: 'Secret again', completed: true }),
]

async function doAll(scope: Scope, steps: Step[]): Promise<unknown[]> {
  const answers: unknown[] = []
  for (const step of steps) answers.push(await inTransaction(scope, step))
  return answers
}

async function everythingSeenBy(scope: Scope): Promise<unknown[]> {
  const filters = [
    {},
    { kind: 'created' as const },
    { kind: 'updated' as const },
    { kind: 'deleted' as const },
    ...ids.map((entityId) => ({ entity: 'tasks' as const, entityId })),
  ]
  const seen: unknown[] = []
  for (const filter of filters) seen.push(await listRevisions(scope, historyFilter.parse(filter), ''))
  for (let revision = 1; revision <= 17; revision++) seen.push(await findRevision(scope, { revision }, ''))
  const moments = [
    ...Array.from({ length: 18 }, (_, at) => at),
    '2100-01-01T00:00:00Z',
    '2020-01-01T00:00:00Z',
  ]
  for (const at of moments) seen.push(await listTasksAsOf(scope, { at, limit: 2 }).catch(String))
  return seen
}

/** Undoes and restores whatever there is; what came of it, without what differs between any two runs. */
async function everythingDoneBy(scope: Scope) {
  const answers = await doAll(scope, [
    restore(two),
    remove(two),
    ...[17, 16, 8, 7, 5, 3, 1, 9, 10, 2].flatMap((revision) => [undo(revision, 'skip'), undo(revision)]),
    ...ids.map(restore),
  ])
  const rows = await scope.db
    .selectFrom('tasks')
    .select(['id', 'number', 'title', 'status', 'priority', 'revision'])
    .where('userId', '=', scope.userId)
    .orderBy('number')
    .execute()
  return { answers, rows }
}

test('nobody sees or moves anything of another user who has the same ids and revisions', async ({
  signUp,
  connection,
  database,
}) => {
  const tables = ['tasks', 'changes', 'revisions', 'user_clocks']
  for (const table of tables) await database.query(`alter table ${table} disable row level security`)
  const newScope = async () =>
    asUser(connection, (await signUp()).user.id, { actor: 'session', session: randomUUID(), basedOn: 1 })
  const rowsOf = ({ userId }: Scope) =>
    database.query(
      tables.map((table) => `select t::text from ${table} t where user_id = $1`).join(' union all ') +
        ' order by 1',
      [userId],
    )

  // What Eve sees and does while nobody else is there.
  const [alone, eve, ada] = [await newScope(), await newScope(), await newScope()]
  await doAll(alone, ofEve)
  const done = await everythingDoneBy(alone)
  await database.query('delete from users where id = $1', [alone.userId])
  await doAll(eve, ofEve)
  const seen = await everythingSeenBy(eve)
  expect(JSON.stringify(seen)).toContain('Mine again')

  await doAll(ada, ofAda)
  const before = await rowsOf(ada)
  expect(JSON.stringify(before)).toContain('Secret again')
  expect(await everythingSeenBy(eve)).toEqual(seen)
  expect(await everythingDoneBy(eve)).toEqual(done)
  expect(await rowsOf(ada)).toEqual(before)
})
