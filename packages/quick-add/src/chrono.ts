import type { Chrono, Component, ParsedComponents } from 'chrono-node'
import { type Day, addMonths, dateOf, dayOf, nextDateOfYear } from './calendar.ts'
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
  const start = readAll(chrono, phrase, new Date(year, month - 1, date, 12))
  if (!start) return undefined
  const read = (part: Component) => start.get(part) ?? 0

  const when: When = {}
  if (start.isCertain('month') && start.isCertain('day') && !start.isCertain('year')) {
    const day = nextDateOfYear(today, read('month'), read('day'))
    if (day === undefined) return undefined
    when.day = day
  } else if (start.isCertain('day') || start.isCertain('weekday')) {
    const day = dayOf(read('year'), read('month'), read('day'))
    if (day === undefined) return undefined
    when.day = day
  } else if (start.isCertain('year')) {
    // "In a month" is only certain of its month. From 31 January chrono lands in March: it counts from the first instead.
    const first = readAll(chrono, phrase, new Date(year, month - 1, 1, 12))
    const months = ((first?.get('year') ?? year) - year) * 12 + (first?.get('month') ?? month) - month
    when.day = addMonths(today, months)
  }
  if (start.isCertain('hour')) when.minute = read('hour') * 60 + read('minute')
  return when.day === undefined && when.minute === undefined ? undefined : when
}

function readAll(chrono: Chrono, phrase: string, from: Date): ParsedComponents | undefined {
  const results = chrono.parse(phrase, from, { forwardDate: true })
  const [result] = results
  if (results.length !== 1 || result?.index !== 0 || result.text.length !== phrase.length) return undefined
  return result.end ? undefined : result.start
}
