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

/** The week that a day is in: its first day, and the first day of the next. `weekStart` 1 is Monday, 7 is Sunday. */
export function weekOf(day: string, weekStart: number): { from: string; to: string } {
  const date = Temporal.PlainDate.from(day)
  const from = date.subtract({ days: (date.dayOfWeek - weekStart + 7) % 7 })
  return { from: from.toString(), to: from.add({ days: 7 }).toString() }
}

/**
 * The same line drawn twice: a day falls before or after `day`, an instant before or after the
 * moment at which that day starts for the user. Where clocks skip midnight, the day starts with the
 * first moment there is.
 */
export function edgeOfDay(day: string, timeZone: string): { day: string; instant: string } {
  const date = Temporal.PlainDate.from(day)
  return { day: startOf(date, 'UTC'), instant: startOf(date, timeZone) }
}

const first = Temporal.Instant.from('0001-01-01T00:00:00Z')
const last = Temporal.Instant.from('9999-12-31T23:59:59.999999Z')

/** Within the years that a task can be due in, which are also those that PostgreSQL writes alike. */
function startOf(date: Temporal.PlainDate, timeZone: string): string {
  const start = date.toZonedDateTime(timeZone).toInstant()
  if (Temporal.Instant.compare(start, first) < 0) return first.toString()
  return Temporal.Instant.compare(start, last) > 0 ? last.toString() : start.toString()
}

/** As PostgreSQL reads it. */
function midnight(day: string): string {
  return `${day}T00:00:00Z`
}
