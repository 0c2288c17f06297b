import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import type { Clock } from './conditions.ts'
import { dueToColumns } from './due.ts'
import { daysBetween, following, type Carrier } from './recurrence.ts'
import { taskColumns, toTask, type Task, type TaskRow } from './row.ts'
import { copySubtasks } from './series-subtasks.ts'

/**
 * Hands the rules of these tasks to their next occurrences, which are made here: a fixed number of statements,
 * however many. The user's clock is held by whoever wrote the tasks, so whoever comes second finds no rule on them any
 * more; and where an undo has left two carriers of one series, a number that is taken is not made again.
 */
export async function makeNext(
  { db, userId }: Scope,
  carriers: Carrier[],
  clock: Clock,
  how: 'completed' | 'passed',
): Promise<{ ended: Task[]; made: Task[] }> {
  const nexts = carriers.flatMap(({ id, ...carrier }) => {
    const next = following({ id, ...carrier }, clock, how)
    return next ? [{ id, occurrence: next.occurrence, ...dueToColumns(next.due) }] : []
  })
  const made: Task[] = []
  if (nexts.length > 0) {
    const { rows } = await sql<TaskRow>`
      insert into tasks (user_id, title, description, priority, list_id, parent_id, tag_ids, position,
        due_date, due_all_day, due_time_zone,
        recurrence, recurrence_basis, series_id, series_start, occurrence, occurrence_number)
      select t.user_id, t.title, t.description, t.priority, t.list_id, t.parent_id, t.tag_ids, t.position,
        n.due_date, n.due_all_day, n.due_time_zone,
        t.recurrence, t.recurrence_basis, t.series_id, t.series_start, n.occurrence, t.occurrence_number + 1
      from unnest(${nexts.map(({ id }) => id)}::uuid[], ${nexts.map(({ dueDate }) => dueDate)}::timestamptz[],
        ${nexts.map(({ dueAllDay }) => dueAllDay)}::boolean[], ${nexts.map(({ dueTimeZone }) => dueTimeZone)}::text[],
        ${nexts.map(({ occurrence }) => occurrence)}::text[])
        with ordinality n(id, due_date, due_all_day, due_time_zone, occurrence, nth)
      join tasks t on t.user_id = ${userId} and t.id = n.id
      order by n.nth
      on conflict (user_id, series_id, occurrence_number) where series_id is not null do nothing
      returning ${columns}`.execute(db)
    made.push(...rows.map(toTask))
  }

  const { rows } = await sql<TaskRow>`
    update tasks set recurrence = null, recurrence_basis = null
    where user_id = ${userId} and id = any(${carriers.map(({ id }) => id)}::uuid[])
    returning ${columns}`.execute(db)

  const followers = new Map(made.map((task) => [`${task.series?.id} ${task.series?.number}`, task]))
  const passages = carriers.flatMap(({ id, series }) => {
    const next = followers.get(`${series.id} ${series.number + 1}`)
    if (!next?.series) return []
    return [{ from: id, to: next.id, days: daysBetween(series.occurrence, next.series.occurrence) }]
  })
  if (passages.length > 0) await copySubtasks({ db, userId }, passages)
  return { ended: rows.map(toTask), made }
}

const columns = sql.join(taskColumns.map((column) => sql.ref(column)))
