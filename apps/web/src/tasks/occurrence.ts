import { instantOf } from './dates.ts'
import type { Due } from './task.ts'

/** When an occurrence is scheduled, in the form of the task's own due date: wall-clock time in its zone, or a day. */
export function dueOf(occurrence: string, due: Due | null): Due | undefined {
  const [date = '', time] = occurrence.split('T')
  if (time === undefined) return { date }
  if (due === null || !('timeZone' in due)) return undefined
  return { dateTime: instantOf(date, time.slice(0, 5), due.timeZone), timeZone: due.timeZone }
}

/** The same for the same moment, however it is written. */
export function momentOf(due: Due): string | number {
  return 'date' in due ? due.date : Date.parse(due.dateTime)
}
