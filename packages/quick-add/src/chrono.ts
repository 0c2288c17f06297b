import type { Chrono, Component } from 'chrono-node'
import { type Day, dayOf, nextDateOfYear, dateOf } from './calendar.ts'
import type { When } from './pieces.ts'

/**
 * What chrono reads in a phrase, and only if it reads all of it: a part of a phrase means something else
 * ("pasado mañana" is not "mañana").
 *
 * chrono counts in the machine's time zone. It is given the user's day at noon there, where no clock is ever put
 * forward or back, and asked for the numbers it read, never for an instant: so the machine's zone cancels out.
 */
export function readByChrono(chrono: Chrono, phrase: string, today: Day): When | undefined {
  const { year, month, date } = dateOf(today)
  const results = chrono.parse(phrase, new Date(year, month - 1, date, 12), { forwardDate: true })
  const [result] = results
  if (results.length !== 1 || !result || result.index !== 0 || result.text.length !== phrase.length) return
  if (result.end) return
  const { start } = result
  const certain = (...parts: Component[]) => parts.every((part) => start.isCertain(part))
  const read = (part: Component) => start.get(part) ?? 0

  const when: When = {}
  if (certain('month', 'day') && !certain('year')) {
    const day = nextDateOfYear(today, read('month'), read('day'))
    if (day === undefined) return
    when.day = day
  } else if (certain('day') || certain('weekday') || certain('year')) {
    // "In two months" is only certain of its month: the day is today's.
    const day = dayOf(read('year'), read('month'), read('day'))
    if (day === undefined) return
    when.day = day
  }
  if (certain('hour')) when.minute = read('hour') * 60 + read('minute')
  return when.day === undefined && when.minute === undefined ? undefined : when
}
