import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { taskColumns, toTask, type Task, type TaskRow } from './row.ts'

/** How far the work below a task has come: its direct subtasks. */
export interface Progress {
  subtasks: number
  completedSubtasks: number
}

/** Puts everything below these tasks into the list of the task that it is below. */
export async function carryList({ db, userId }: Scope, ids: string[]): Promise<void> {
  await sql`
    with recursive tree as (
      select id, list_id from tasks where user_id = ${userId} and id = any(${ids}::uuid[])
      union
      select t.id, tree.list_id from tree join tasks t on t.user_id = ${userId} and t.parent_id = tree.id
    )
    update tasks t set list_id = tree.list_id from tree
    where t.user_id = ${userId} and t.id = tree.id and t.list_id is distinct from tree.list_id`.execute(db)
}

/** The tasks above those with these parents, up to the roots, without those of `except`. */
export async function findAncestors(
  { db, userId }: Scope,
  parentIds: string[],
  except: string[] = [],
): Promise<Task[]> {
  const { rows } = await sql<TaskRow>`
    with recursive above as (
      select id, parent_id from tasks where user_id = ${userId} and id = any(${parentIds}::uuid[])
      union
      select t.id, t.parent_id from above join tasks t on t.user_id = ${userId} and t.id = above.parent_id
    )
    select ${sql.join(taskColumns.map((column) => sql.ref(column)))} from tasks
    where user_id = ${userId} and id in (select id from above) and id <> all(${except}::uuid[])
    order by position, id`.execute(db)
  return rows.map(toTask)
}

/** The progress of each of these tasks that has subtasks. */
export async function countProgress({ db, userId }: Scope, ids: string[]): Promise<Map<string, Progress>> {
  const { rows } = await sql<Progress & { id: string }>`
    select parent_id as id, count(*) as subtasks, count(*) filter (where completed) as completed_subtasks
    from tasks where user_id = ${userId} and parent_id = any(${ids}::uuid[]) group by parent_id`.execute(db)
  return new Map(rows.map(({ id, ...progress }) => [id, progress]))
}

/** How many tasks below this one are open, however deep. */
export async function countOpenSubtasks({ db, userId }: Scope, id: string): Promise<number> {
  const { rows } = await sql<{ open: number }>`
    with recursive below as (
      select id, completed from tasks where user_id = ${userId} and parent_id = ${id}
      union all
      select t.id, t.completed from below join tasks t on t.user_id = ${userId} and t.parent_id = below.id
    )
    select count(*) as open from below where not completed`.execute(db)
  return rows[0]?.open ?? 0
}
