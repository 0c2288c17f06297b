import type { DB } from '@ownlist/db'
import { sql, type ExpressionBuilder } from 'kysely'
import { dueToColumns } from './due.ts'
import { scheduleOf } from './recurrence.ts'
import type { TaskChange } from './schema.ts'

/**
 * What a change of date or rule means to a task that comes again, in the statement that changes it. Another date postpones this one
 * alone; a day instead of a time, a time instead of a day or another zone is a new schedule from there on, with the
 * same rule; without a date nothing comes again. A new rule is written when the row is known (`followChange`).
 */
export function seriesAssignments(
  eb: ExpressionBuilder<DB, 'tasks'>,
  { due, recurrence }: Pick<TaskChange, 'due' | 'recurrence'>,
) {
  // Changes nothing: a statement needs something to assign where the rule is all that was given.
  if (recurrence) return { number: eb.ref('number') }
  if (recurrence === null || due === null) return { recurrence: null, recurrenceBasis: null }
  if (due === undefined) return {}
  const { dueAllDay, dueTimeZone } = dueToColumns(due)
  // What is outside the calendar is refused by the table, where the task comes again.
  const local = scheduleOf(due) ?? ''
  const isElsewhere = sql`recurrence is not null
    and (due_all_day, due_time_zone) is distinct from (${dueAllDay}::boolean, ${dueTimeZone}::text)`
  return {
    seriesStart: sql<string | null>`case when ${isElsewhere} then ${local} else series_start end`,
    occurrence: sql<string | null>`case when ${isElsewhere} then ${local} else occurrence end`,
  }
}
