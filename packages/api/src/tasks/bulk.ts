import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { AppError, type Reason } from '../errors.ts'
import { holdClock } from '../hold-clock.ts'
import { matches, type Clock } from './conditions.ts'
import { isPlace } from './place.ts'
import { updateTasks } from './queries.ts'
import type { TaskBulk, ViewFilter } from './schema.ts'
import { followAll } from './series.ts'
import { searched } from './text.ts'

type Refusal = Extract<Reason, 'TASK_NOT_FOUND' | 'TASK_BELOW_ITSELF' | 'TOO_DEEP' | 'TOO_MANY_TAGS'>

/** What became of one of the tasks. */
export type BulkResult = { id: string; ok: true } | { id: string; ok: false; reason: Refusal }

/**
 * Changes or deletes many tasks at once, in as many statements for one as for a thousand. What may not be done to one
 * of them is not done to that one; a list, parent or tag that is not there refuses all.
 *
 * @throws AppError TOO_MANY_TASKS, MATCHES_DIFFER where the filter matches others than it may
 */
export async function changeTasks(
  scope: Scope,
  { ids, filter = {}, confirm, change }: TaskBulk,
  clock: Clock,
): Promise<BulkResult[]> {
  const place = 'delete' in change ? {} : change
  if (!ids || isPlace(place)) await holdClock(scope)
  const chosen = ids ?? (await findMatching(scope, filter, confirm, clock))
  const refused = await findRefusals(scope, chosen, change)
  const allowed = refused.size === 0 ? chosen : chosen.filter((id) => !refused.has(id))
  const done = await updateTasks(scope, { ids: allowed, change })
  await followAll(scope, done, change, clock)
  return chosen.map((id) =>
    done.has(id) ? { id, ok: true } : { id, ok: false, reason: refused.get(id) ?? 'TASK_NOT_FOUND' },
  )
}

const atOnce = 1000

async function findMatching(
  scope: Scope,
  filter: ViewFilter,
  confirm: number | undefined,
  clock: Clock,
): Promise<string[]> {
  const { db, filter: conditions } = await searched(scope, filter)
  const rows = await db
    .selectFrom('tasks')
    .select(['id', (eb) => eb.fn.countAll<number>().over().as('count')])
    .where((eb) => matches(eb, scope, conditions, clock))
    .orderBy('position')
    .orderBy('id')
    .limit(atOnce)
    .execute()
  const count = rows[0]?.count ?? 0
  const message = `${count.toLocaleString('en')} ${count === 1 ? 'task matches' : 'tasks match'}.`
  if (count > atOnce) {
    const issue = { path: 'filter', message: `${message} At most 1,000 can be changed at once.` }
    throw new AppError('TOO_MANY_TASKS', { issues: [issue] })
  }
  if (confirm !== undefined && confirm !== count) {
    throw new AppError('MATCHES_DIFFER', { issues: [{ path: 'confirm', message }] })
  }
  return rows.map(({ id }) => id)
}

/** Those of the tasks that may not be changed like this, each with the reason. */
async function findRefusals(
  scope: Scope,
  ids: string[],
  change: TaskBulk['change'],
): Promise<Map<string, Refusal>> {
  if ('delete' in change) return new Map()
  const { parentId, addTagIds } = change
  return new Map([
    ...(addTagIds ? await findOverTagged(scope, ids, change) : []),
    ...(typeof parentId === 'string' ? await findMisplaced(scope, ids, parentId) : []),
  ])
}

/** Those that would stand below themselves or, with what is below them now, too deep. */
async function findMisplaced(
  { db, userId }: Scope,
  ids: string[],
  parentId: string,
): Promise<[string, Refusal][]> {
  const { rows } = await sql<{ id: string; isAbove: boolean }>`
    with recursive above as (
      select id, parent_id from tasks where user_id = ${userId} and id = ${parentId}
      union all
      select t.id, t.parent_id from above join tasks t on t.user_id = ${userId} and t.id = above.parent_id
    ), below as (
      select id as root, id, 1 as level from tasks where user_id = ${userId} and id = any(${ids}::uuid[])
      union all
      select below.root, t.id, below.level + 1
      from below join tasks t on t.user_id = ${userId} and t.parent_id = below.id
    )
    select root as id, root in (select id from above) as is_above from below group by root
    having root in (select id from above) or max(level) + (select count(*) from above) > 8`.execute(db)
  return rows.map(({ id, isAbove }) => [id, isAbove ? 'TASK_BELOW_ITSELF' : 'TOO_DEEP'])
}

async function findOverTagged(
  { db, userId }: Scope,
  ids: string[],
  { addTagIds = [], removeTagIds = [] }: { addTagIds?: string[]; removeTagIds?: string[] },
): Promise<[string, Refusal][]> {
  const { rows } = await sql<{ id: string }>`
    select id from tasks where user_id = ${userId} and id = any(${ids}::uuid[])
      and cardinality(array(
        select unnest(tag_ids || ${addTagIds}::uuid[]) except select unnest(${removeTagIds}::uuid[]))) > 50`.execute(
    db,
  )
  return rows.map(({ id }) => [id, 'TOO_MANY_TAGS'])
}
