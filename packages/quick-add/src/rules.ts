import { type Day, type Weekday, dateOf, daysInMonth, textOf, weekdayOf } from './calendar.ts'
import type { Zone } from './zone.ts'

/** The part of RFC 5545 that people say in a few words. */
export type Rule = {
  frequency: 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
  interval?: number
  /** For months, `nth` counts the weekdays of the month; -1 is the last. */
  weekdays?: { day: Weekday; nth?: number }[]
  /** -1 is the last day of the month. */
  monthDay?: number
  month?: number
  count?: number
  /** The last day on which it may happen. */
  until?: Day
}

export const dayCodes = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

/**
 * The rule as RFC 5545, section 3.3.10, writes it. UNTIL is a date where occurrences are days, and an instant in UTC
 * where they have a time: the last second of that day in the user's zone.
 */
export function ruleText(
  rule: Rule,
  { timed, zone, weekStart }: { timed: boolean; zone: Zone; weekStart: Weekday },
) {
  const parts = [`FREQ=${rule.frequency}`]
  if (rule.interval && rule.interval > 1) parts.push(`INTERVAL=${rule.interval}`)
  if (rule.month) parts.push(`BYMONTH=${rule.month}`)
  if (rule.monthDay) parts.push(`BYMONTHDAY=${rule.monthDay}`)
  if (rule.weekdays)
    parts.push(`BYDAY=${rule.weekdays.map(({ day, nth }) => `${nth ?? ''}${dayCodes[day - 1]}`).join(',')}`)
  if (rule.count) parts.push(`COUNT=${rule.count}`)
  if (rule.until !== undefined)
    parts.push(`UNTIL=${timed ? lastSecond(rule.until, zone) : basic(textOf(rule.until))}`)
  // Which weeks are left out depends on where a week starts; Monday is what the standard assumes.
  if (rule.frequency === 'WEEKLY' && (rule.interval ?? 1) > 1 && weekStart !== 1)
    parts.push(`WKST=${dayCodes[weekStart - 1]}`)
  return parts.join(';')
}

function lastSecond(day: Day, zone: Zone) {
  return `${basic(new Date(zone.instantOf(day + 1, 0) - 1000).toISOString().slice(0, 19))}Z`
}

const basic = (text: string) => text.replaceAll(/[-:]/g, '')

/** Eight years: 29 February passes over 2100. */
const furthest = 8 * 366 + 1

/** The first day from `from` on that the rule names; undefined where it names none. */
export function firstDay(rule: Rule, from: Day): Day | undefined {
  for (let day = from; day < from + furthest; day++) {
    if (rule.until !== undefined && day > rule.until) return undefined
    if (isNamed(rule, day)) return day
  }
  return undefined
}

function isNamed({ weekdays, monthDay, month: inMonth }: Rule, day: Day): boolean {
  const { year, month, date } = dateOf(day)
  const length = daysInMonth(year, month)
  if (inMonth && month !== inMonth) return false
  if (monthDay && date !== (monthDay > 0 ? monthDay : length + 1 + monthDay)) return false
  if (!weekdays) return true
  return weekdays.some((one) => {
    if (one.day !== weekdayOf(day)) return false
    if (!one.nth) return true
    return one.nth > 0 ? Math.ceil(date / 7) === one.nth : Math.ceil((length - date + 1) / 7) === -one.nth
  })
}
