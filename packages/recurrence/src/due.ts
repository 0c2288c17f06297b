import { Temporal } from 'temporal-polyfill'
import { RecurrenceError } from './error.ts'
import { readLocalOf } from './local.ts'

/** When a task is due, as the interface has it: a day, or an instant with the zone it was meant in. */
export type Due = { date: string } | { dateTime: string; timeZone: string }

/**
 * What is due at a local date. A time that clocks skip is moved forward by as much as they are, and one that they show
 * twice is the first (RFC 5545, 3.3.5; Temporal calls it compatible).
 *
 * @throws RecurrenceError where the date does not fit, the zone is not known or the instant is not in the years 1 to 9999.
 */
export function dueOf(local: string, timeZone?: string): Due {
  const { day } = readLocalOf(timeZone, local)
  if (timeZone === undefined) return { date: day }
  const dateTime = inZone(timeZone, () =>
    Temporal.PlainDateTime.from(local)
      .toZonedDateTime(timeZone, { disambiguation: 'compatible' })
      .toInstant()
      .toString(),
  )
  if (dateTime < '0001' || !/^\d/.test(dateTime))
    throw new RecurrenceError('Choose a date between the years 1 and 9999.')
  return { dateTime, timeZone }
}

/** The local date of what is due, to the second. A skipped time comes back as the one that took its place. */
export function localOf(due: Due): string {
  if ('date' in due) return readLocalOf(undefined, due.date).day
  return inZone(due.timeZone, () =>
    Temporal.Instant.from(due.dateTime)
      .toZonedDateTimeISO(due.timeZone)
      .toPlainDateTime()
      .toString({ smallestUnit: 'second' }),
  )
}

function inZone(timeZone: string, compute: () => string): string {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new RecurrenceError(
      `Give an instant like 2026-11-21T09:00:00Z and a time zone like Europe/Paris, not ${timeZone}.`,
    )
  }
}
