import { type Rule, type WeekdayNumber, weekdays } from './rule.ts'

/**
 * The rules of the year that name weekdays, weeks or days of the year, by the table of RFC 5545, 3.3.10: rrule-temporal
 * gets many of them wrong (docs/adr/0023-recurrence.md). Each day of a year is held against every part, and BYSETPOS chooses
 * from those that remain.
 */
export function isOfYears({ freq, byDay, byWeekNo, byYearDay }: Rule): boolean {
  return freq === 'YEARLY' && Boolean(byDay ?? byWeekNo ?? byYearDay)
}

/** After 400 years the calendar repeats, so a search through as many years of the rule is complete. */
const cycle = 400
const cycleDays = 146_097
const lastYear = 9_999
const oneDay = 86_400_000

/**
 * The days of the rule, in order, from any day on, as long as there are any before the year 10,000.
 *
 * @param step takes only every so manieth of all days, counted from the start.
 */
export function yearlyDays(rule: Rule, start: string, step = 1): (from: string) => Generator<string> {
  const first = dayNumber(start)
  const startYear = yearOf(first, rule)
  const matches = conditions(rule, first)
  const longest = cycle * (step / greatestDivisor(step, cycleDays))
  const known = new Map<number, number[]>()
  const daysIn = (year: number) => {
    const days = known.get(year) ?? daysOf(year, rule, matches, first, step)
    known.set(year, days)
    return days
  }

  return function* daysFrom(from) {
    const least = Math.max(first, dayNumber(from))
    const skipped = Math.floor((yearOf(least, rule) - startYear) / rule.interval)
    let year = startYear + skipped * rule.interval
    for (let empty = 0; empty <= longest && year <= lastYear; year += rule.interval, empty += 1) {
      for (const day of daysIn(year)) {
        const text = new Date(day * oneDay).toISOString()
        // Week 52 may reach into the year 10,000, which is written with a sign.
        if (day < least || text.startsWith('+')) continue
        empty = 0
        yield text.slice(0, 10)
      }
    }
  }
}

interface Day {
  number: number
  year: number
  /** 0 for January. */
  month: number
  dayOfMonth: number
}

type Condition = (day: Day) => boolean

function daysOf(year: number, rule: Rule, matches: Condition, first: number, step: number): number[] {
  const found: number[] = []
  const begin = firstDay(year, rule)
  const end = firstDay(year + 1, rule)
  for (let day = begin + modulo(first - begin, step); day < end; day += step) {
    if (matches(dayOf(day))) found.push(day)
  }
  if (!rule.bySetPos) return found
  const chosen = rule.bySetPos.map((place) => found.at(place > 0 ? place - 1 : place))
  return [...new Set(chosen)].filter((day) => day !== undefined).toSorted((a, b) => a - b)
}

function conditions(rule: Rule, start: number): Condition {
  const { byMonth, byMonthDay, byYearDay, byWeekNo } = rule
  // What the rule leaves open, its first day says.
  const byDay =
    rule.byDay ??
    (byWeekNo && !byMonthDay && !byYearDay
      ? weekdays.filter((_, index) => index === weekdayOf(start)).map((weekday) => ({ weekday }))
      : undefined)
  // Weeks come last: they take the longest to count.
  const all: (Condition | undefined)[] = [
    byMonth && (({ month }) => byMonth.includes(month + 1)),
    byMonthDay && (({ dayOfMonth, year, month }) => isNth(byMonthDay, dayOfMonth, lengthOf(year, month))),
    byDay && ((day) => byDay.some((weekday) => isWeekday(weekday, day, byMonth !== undefined))),
    byYearDay && (({ number, year }) => isNth(byYearDay, number - january(year) + 1, lengthOf(year))),
    byWeekNo && (({ number }) => isNth(byWeekNo, ...weekOf(number, rule))),
  ]
  const needed = all.filter((condition) => condition !== undefined)
  return (day) => needed.every((condition) => condition(day))
}

/** Whether the list names the n-th of so many, counted from the front or, as -1, from the back. */
function isNth(list: number[], nth: number, of: number): boolean {
  return list.includes(nth) || list.includes(nth - of - 1)
}

function isWeekday({ nth, weekday }: WeekdayNumber, day: Day, inMonth: boolean): boolean {
  if (weekdays[weekdayOf(day.number)] !== weekday) return false
  if (nth === undefined) return true
  const before = inMonth ? day.dayOfMonth - 1 : day.number - january(day.year)
  const after = lengthOf(day.year, inMonth ? day.month : undefined) - 1 - before
  return Math.abs(nth) === Math.floor((nth > 0 ? before : after) / 7) + 1
}

/** The week's number in its year, and how many weeks that year has. */
function weekOf(day: number, rule: Rule): [number, number] {
  const year = yearOf(day, rule)
  const first = firstDay(year, rule)
  return [Math.floor((day - first) / 7) + 1, (firstDay(year + 1, rule) - first) / 7]
}

/**
 * A rule that names weeks goes by years of whole weeks: week 1 is the first with at least four days in the year (RFC 5545,
 * 3.3.10; ISO 8601), and all its days belong to that year.
 */
function firstDay(year: number, { byWeekNo, wkst }: Rule): number {
  const first = january(year)
  if (!byWeekNo) return first
  const into = (weekdayOf(first) - weekdays.indexOf(wkst) + 7) % 7
  return into <= 3 ? first - into : first - into + 7
}

function yearOf(day: number, rule: Rule): number {
  const year = new Date(day * oneDay).getUTCFullYear()
  if (day < firstDay(year, rule)) return year - 1
  return day < firstDay(year + 1, rule) ? year : year + 1
}

function dayOf(number: number): Day {
  const date = new Date(number * oneDay)
  return { number, year: date.getUTCFullYear(), month: date.getUTCMonth(), dayOfMonth: date.getUTCDate() }
}

/** Of a month, or of the year. */
function lengthOf(year: number, month?: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
  if (month === undefined) return 365 + leap
  if (month === 1) return 28 + leap
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31
}

/** The first of January. */
function january(year: number): number {
  // Date.UTC takes 0 to 99 for the twentieth century.
  return Date.UTC(year + 400, 0) / oneDay - cycleDays
}

function dayNumber(day: string): number {
  return Date.parse(`${day}T00:00:00Z`) / oneDay
}

/** 0 for Monday; day 0, the first of January 1970, was a Thursday. */
function weekdayOf(day: number): number {
  return modulo(day + 3, 7)
}

function modulo(number: number, by: number): number {
  return ((number % by) + by) % by
}

function greatestDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestDivisor(other, one % other)
}
