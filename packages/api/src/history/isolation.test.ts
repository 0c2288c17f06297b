import { asUser, inTransaction, type Scope } from '@ownlist/db'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { deleteTask, insertTask, updateTask } from '../tasks/queries.ts'
import { test } from '../testing.fixture.ts'
import { listTasksAsOf } from './as-of.ts'
import { findRevision, listRevisions } from './queries.ts'
import { historyFilter } from './schema.ts'
import { restoreRow, undoRevision } from './undo.ts'

// The where clauses alone: without row-level security, and between two users whose revisions and tasks have the
// same numbers and ids, each statement that forgets whose rows it means shows or changes the other's.

const ids = Array.from({ length: 4 }, () => randomUUID())
const [one = '', two = '', three = '', four = ''] = ids
const now = new Date('2026-11-21T12:00:00Z')

/** The same steps for everybody, in other words. */
async function live(scope: Scope, word: string, turns: string[]) {
  for (const id of ids) await insertTask(scope, { id, title: word }, now)
  await updateTask(scope, { id: one, title: `${word} too`, priority: 'high' })
  await updateTask(scope, { id: one, title: `${word} again` })
  await deleteTask(scope, { id: two })
  await deleteTask(scope, { id: three })
  await inTransaction(scope, (within) => undoRevision(within, { revision: 8, ifConflict: 'ask' }))
  for (const turn of turns) await updateTask(scope, { id: four, title: `${word} ${turn}` })
}

async function everythingSeenBy(scope: Scope) {
  const filters = [
    {},
    { kind: 'created' as const },
    { kind: 'updated' as const },
    { kind: 'deleted' as const },
    ...ids.map((entityId) => ({ entity: 'tasks' as const, entityId })),
  ]
  const seen: unknown[] = []
  for (const filter of filters) seen.push(await listRevisions(scope, historyFilter.parse(filter), ''))
  for (let revision = 1; revision <= 11; revision++) seen.push(await findRevision(scope, { revision }, ''))
  for (let at = 0; at <= 11; at++) seen.push(await listTasksAsOf(scope, { at, limit: 2 }).catch(String))
  seen.push(await listTasksAsOf(scope, { at: '2100-01-01T00:00:00Z', limit: 100 }))
  seen.push(await listTasksAsOf(scope, { at: '2020-01-01T00:00:00Z', limit: 100 }))
  return seen
}

test('nobody sees or moves anything of another user who has the same ids and revisions', async ({
  signUp,
  connection,
  database,
}) => {
  for (const table of ['tasks', 'changes', 'revisions', 'user_clocks']) {
    await database.query(`alter table ${table} disable row level security`)
  }
  const [eve, ada] = [await signUp(), await signUp()]
  const scopeOf = (userId: string, basedOn: number) =>
    asUser(connection, userId, { actor: 'session', session: randomUUID(), basedOn })
  const [asEve, asAda] = [scopeOf(eve.user.id, 1), scopeOf(ada.user.id, 1)]
  const rowsOf = (userId: string) =>
    database.query(
      `select t::text from tasks t where user_id = $1 union all select c::text from changes c where user_id = $1
       union all select r::text from revisions r where user_id = $1 order by 1`,
      [userId],
    )

  await live(asEve, 'Mine', ['a'])
  const alone = await everythingSeenBy(asEve)
  expect(JSON.stringify(alone)).toContain('Mine again')

  await live(asAda, 'Secret', ['a', 'b', 'c'])
  // More than Eve did, from other sessions, and of the same tasks.
  await inTransaction(scopeOf(ada.user.id, 2), (within) =>
    updateTask(within, { id: one, title: 'Secret again and again' }),
  )
  await inTransaction(asAda, (within) => undoRevision(within, { revision: 5, ifConflict: 'overwrite' }))
  await inTransaction(asAda, (within) => restoreRow(within, { entity: 'tasks', id: two }))
  await deleteTask(asAda, { id: four })
  expect(await everythingSeenBy(asEve)).toEqual(alone)

  const before = await rowsOf(ada.user.id)
  for (const ifConflict of ['skip', 'overwrite'] as const) {
    for (let revision = 1; revision <= 10; revision++) {
      await inTransaction(asEve, (within) => undoRevision(within, { revision, ifConflict }))
    }
  }
  for (const id of ids) await inTransaction(asEve, (within) => restoreRow(within, { entity: 'tasks', id }))
  expect(await rowsOf(ada.user.id)).toEqual(before)
  expect(JSON.stringify(await rowsOf(eve.user.id))).not.toContain('Secret')
  expect(JSON.stringify(before)).toContain('Secret again and again')
})
