import { asUser, inTransaction, type Database, type Scope } from '@ownlist/db'
import fc from 'fast-check'
import { sql } from 'kysely'
import { randomBytes } from 'node:crypto'
import { deleteTask, insertTask, moveTask, updateTask, updateTasks } from './tasks/queries.ts'
import type { SignedUp } from './testing.fixture.ts'

/** Of this run; set SEED to repeat another. */
// eslint-disable-next-line node/no-process-env
export const seed = Number(process.env['SEED'] ?? randomBytes(4).readUInt32LE() >>> 1)

const title = fc.constantFrom('a', 'Buy milk', 'É', '😀', '{"a":1}', `O'Neill \\ "x"`)
const due = fc.constantFrom(
  null,
  { date: '2026-11-21' },
  { date: '2026-11-22' },
  { dateTime: '2026-11-21T00:00:00Z', timeZone: 'Europe/Paris' },
  { dateTime: '2026-11-21T00:00:00Z', timeZone: 'Asia/Tokyo' },
  { dateTime: '0001-01-01T00:00:00.123456Z', timeZone: 'UTC' },
)
const fields = {
  title,
  description: fc.constantFrom(null, '', 'Some words', 'null'),
  status: fc.constantFrom('pending' as const, 'in_progress' as const, 'completed' as const),
  priority: fc.constantFrom('low' as const, 'medium' as const, 'high' as const, null),
  due,
}
/** Which of the tasks there are, by a number however large. */
const which = fc.nat(1000)
const change = fc.record(fields, { requiredKeys: [] }).filter((one) => Object.keys(one).length > 0)
const { title: _title, description: _description, ...ofMany } = fields
const changeOfMany = fc.record(ofMany, { requiredKeys: [] }).filter((one) => Object.keys(one).length > 0)

/** One change of tasks. */
export const singleChange = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      task: fc.record(fields, { requiredKeys: ['title'] }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('update' as const), which, change }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('complete' as const, 'reopen' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('reorder' as const), which, after: fc.option(which) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('bulk' as const),
      many: fc.array(which, { minLength: 1, maxLength: 4 }),
      change: changeOfMany,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      many: fc.array(which, { minLength: 1, maxLength: 2 }),
    }),
  },
)

/** Something that a user does: one change, or several in one transaction. */
export const randomChange = fc.oneof(
  { weight: 4, arbitrary: singleChange.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(singleChange, { minLength: 2, maxLength: 6 }) },
)

export type RandomChange = typeof randomChange extends fc.Arbitrary<infer Value> ? Value : never

/** Does it to the user's tasks as they are, in one transaction. */
export function apply(
  connection: Database,
  { user, sessionId }: SignedUp,
  changes: RandomChange,
): Promise<void> {
  const origin = { actor: 'session', session: sessionId } as const
  return inTransaction(asUser(connection, user.id, origin), async (scope) => {
    for (const one of changes) await applyOne(scope, one)
  })
}

export async function applyOne(scope: Scope, one: RandomChange[number]): Promise<void> {
  const tasks = await scope.db
    .selectFrom('tasks')
    .select('id')
    .where('userId', '=', scope.userId)
    .orderBy('number')
    .execute()
  const idOf = (number: number) => tasks[number % tasks.length]?.id ?? ''
  if (one.do === 'create') {
    await insertTask(scope, one.task, new Date())
    return
  }
  if (tasks.length === 0) return
  switch (one.do) {
    case 'update':
      await updateTask(scope, { id: idOf(one.which), ...one.change })
      return
    case 'complete':
      await updateTask(scope, { id: idOf(one.which), status: 'completed' })
      return
    case 'reopen':
      await updateTask(scope, { id: idOf(one.which), completed: false })
      return
    case 'reorder': {
      const [id, after] = [idOf(one.which), one.after === null ? null : idOf(one.after)]
      if (id !== after) await moveTask(scope, { id, after })
      return
    }
    case 'bulk':
      await updateTasks(scope, { ids: one.many.map(idOf), change: one.change })
      return
    case 'delete':
      for (const number of one.many) await deleteTask(scope, { id: idOf(number) })
  }
}

/** What a row says, by the names of its columns: all of it, but not when and by which revision it came to say so. */
export type Row = Record<string, unknown>

/** All rows of the user, and the newest revision. */
export async function stateOf(
  connection: Database,
  userId: string,
): Promise<{ revision: number; rows: Map<string, Row> }> {
  const { db } = asUser(connection, userId)
  const { rows } = await sql<{ revision: number; rows: Record<string, Row> }>`
    select coalesce((select revision from user_clocks where user_id = ${userId}), 0) as revision,
      coalesce((
        select jsonb_object_agg(id, to_jsonb(t) - '{updated_at,revision}'::text[]) from tasks t where user_id = ${userId}
      ), '{}') as rows`.execute(db)
  const [state] = rows
  if (!state) throw new Error('no state')
  return { revision: state.revision, rows: new Map(Object.entries(state.rows)) }
}
