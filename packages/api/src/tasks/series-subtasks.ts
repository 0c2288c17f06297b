import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { randomUUID } from 'node:crypto'
import { dueFromColumns, dueToColumns, type DueColumns } from './due.ts'
import { shifted } from './recurrence.ts'

/** From which occurrence to which, and how many days later that is. */
interface Passage {
  from: string
  to: string
  days: number
}

/**
 * The subtasks of an occurrence come with the next one too: open, and as much later as it is. Those that come again by
 * themselves move there, for a series has one open task; what these were before stays with the occurrence
 * that is over. Comments stay as well: they were said of that one.
 */
export async function copySubtasks(scope: Scope, passages: Passage[]): Promise<void> {
  const { db, userId } = scope
  const subtasks = await findSubtasks(
    scope,
    passages.map(({ from }) => from),
  )
  const places = new Map(passages.map(({ from, to }) => [from, to]))
  const copies = subtasks.filter(({ recurs }) => !recurs)
  for (const { id } of copies) places.set(id, randomUUID())
  const placesOf = (ids: string[]) => ids.map((id) => places.get(id) ?? null)

  if (copies.length > 0) {
    const dues = shiftedDues(copies, new Map(passages.map(({ from, days }) => [from, days])))
    // Parents come before their children: the database looks up how deep a row stands when it comes.
    await sql`
      insert into tasks (user_id, id, parent_id, list_id, title, description, priority, tag_ids, position,
        due_date, due_all_day, due_time_zone)
      select t.user_id, n.copy, n.parent, t.list_id, t.title, t.description, t.priority, t.tag_ids, t.position,
        n.due_date, t.due_all_day, t.due_time_zone
      from unnest(${copies.map(({ id }) => id)}::uuid[], ${placesOf(copies.map(({ id }) => id))}::uuid[],
        ${placesOf(copies.map(({ parentId }) => parentId))}::uuid[], ${dues}::timestamptz[])
        with ordinality n(id, copy, parent, due_date, nth)
      join tasks t on t.user_id = ${userId} and t.id = n.id
      order by n.nth`.execute(db)
  }

  const moving = subtasks.filter(({ recurs }) => recurs)
  if (moving.length > 0) {
    await sql`
      update tasks t set parent_id = n.parent
      from unnest(${moving.map(({ id }) => id)}::uuid[], ${placesOf(moving.map(({ parentId }) => parentId))}::uuid[])
        n(id, parent)
      where t.user_id = ${userId} and t.id = n.id`.execute(db)
  }
}

/** The subtasks of an occurrence that moves on to another day begin anew with it. */
export async function renewSubtasks(scope: Scope, from: string, days: number): Promise<void> {
  const { db, userId } = scope
  const renewed = (await findSubtasks(scope, [from])).filter(({ recurs }) => !recurs)
  if (renewed.length === 0) return
  await sql`
    update tasks t set status = 'pending', due_date = n.due_date
    from unnest(${renewed.map(({ id }) => id)}::uuid[], ${shiftedDues(renewed, new Map([[from, days]]))}::timestamptz[])
      n(id, due_date)
    where t.user_id = ${userId} and t.id = n.id`.execute(db)
}

interface Subtask extends DueColumns {
  id: string
  parentId: string
  /** The occurrence that it is of. */
  root: string
  /** It carries a rule of its own. What hangs on it goes where it goes, and is not listed. */
  recurs: boolean
}

/** All that hangs on these tasks, parents before children, without what were occurrences of other series. */
export async function findSubtasks({ db, userId }: Scope, roots: string[]): Promise<Subtask[]> {
  const columns = sql`t.id, t.parent_id, t.number, t.due_date, t.due_all_day, t.due_time_zone, t.recurrence is not null as recurs`
  const { rows } = await sql<Subtask>`
    with recursive tree as (
      select ${columns}, t.parent_id as root, 1 as level from tasks t
      where t.user_id = ${userId} and t.parent_id = any(${roots}::uuid[])
        and (t.series_id is null or t.recurrence is not null)
      union all
      select ${columns}, tree.root, tree.level + 1 from tree
      join tasks t on t.user_id = ${userId} and t.parent_id = tree.id
      where not tree.recurs and tree.level < 8 and (t.series_id is null or t.recurrence is not null)
    )
    select id, parent_id, root, recurs, due_date, due_all_day, due_time_zone from tree order by level, number`.execute(
    db,
  )
  return rows
}

function shiftedDues(subtasks: Subtask[], days: Map<string, number>): (string | null)[] {
  return subtasks.map((task) => dueToColumns(shifted(dueFromColumns(task), days.get(task.root) ?? 0)).dueDate)
}
