import type { Due } from './schema.ts'

/** The three columns that hold when a task is due. */
export interface DueColumns {
  dueDate: string | null
  dueAllDay: boolean | null
  dueTimeZone: string | null
}

/** A day is kept as its midnight in UTC, marked as a day; an instant keeps the zone it was meant in. */
export function dueToColumns(due: Due | null): DueColumns {
  if (due === null) return { dueDate: null, dueAllDay: null, dueTimeZone: null }
  if ('date' in due) return { dueDate: midnight(due.date), dueAllDay: true, dueTimeZone: null }
  return { dueDate: due.dateTime, dueAllDay: false, dueTimeZone: due.timeZone }
}

export function dueFromColumns({ dueDate, dueAllDay, dueTimeZone }: DueColumns): Due | null {
  if (dueDate === null) return null
  if (dueAllDay) return { date: dueDate.slice(0, 10) }
  return { dateTime: dueDate, timeZone: dueTimeZone ?? 'UTC' }
}

/** The calendar day that it is at an instant in a time zone. */
export function dayIn(timeZone: string, now: Date): string {
  return now.toTemporalInstant().toZonedDateTimeISO(timeZone).toPlainDate().toString()
}

export function nextDay(day: string): string {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toString()
}

/**
 * The same line drawn twice: a day falls before or after `day`, an instant before or after the
 * moment at which that day starts for the user. Where clocks skip midnight, the day starts with the
 * first moment there is.
 */
export function edgeOfDay(day: string, timeZone: string): { day: string; instant: string } {
  const start = Temporal.PlainDate.from(day).toZonedDateTime(timeZone).toInstant()
  return { day: midnight(day), instant: start.toString() }
}

/** As PostgreSQL reads it. */
function midnight(day: string): string {
  return `${day}T00:00:00Z`
}
