import { RecurrenceError } from './error.ts'

/** A local date taken apart: the day, and the time of day with its T (`T09:00:00`), or nothing where there is none. */
export interface Local {
  day: string
  time: string
}

/**
 * A date as calendar and clock on the wall show it: `2026-11-21` for a day, `2026-11-21T09:00:00` for a time in a zone that
 * stands elsewhere.
 *
 * @throws RecurrenceError where there is no such date.
 */
export function readLocal(text: string): Local {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3])(:[0-5]\d){2})?$/.exec(text) ?? []
  const date = new Date(`${day}T00:00:00Z`)
  if (day < '0001' || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(day)) {
    throw new RecurrenceError('A local date is a day like 2026-11-21 or a time like 2026-11-21T09:00:00.')
  }
  return { day, time }
}

/** A day when there is no time zone, a time when there is one. */
export function readLocalOf(timeZone: string | undefined, text: string): Local {
  const local = readLocal(text)
  if ((local.time === '') === (timeZone === undefined)) return local
  throw new RecurrenceError(
    timeZone === undefined
      ? 'A series of days has dates like 2026-11-21; give a time zone for times.'
      : 'A series with a time zone has times like 2026-11-21T09:00:00.',
  )
}

/** The day that is so many days later. */
export function addDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + days)
  // Behind every day of the series, and still in the order of text.
  return date.getUTCFullYear() > 9999 ? '9999-12-32' : date.toISOString().slice(0, 10)
}

export function lastOfMonth(day: string): string {
  const date = new Date(`${day.slice(0, 8)}01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1, 0)
  return date.toISOString().slice(0, 10)
}
