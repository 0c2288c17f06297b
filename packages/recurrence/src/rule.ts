import { RecurrenceError } from './error.ts'

export type Frequency = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'YEARLY'
export type Weekday = (typeof weekdays)[number]

/** A weekday, the n-th from the front or from the back where `nth` is given. */
export interface WeekdayNumber {
  nth?: number
  weekday: Weekday
}

/** A rule taken apart; lists are sorted and without repeats, and absent where the rule has no such part. */
export interface Rule {
  freq: Frequency
  interval: number
  count?: number
  until?: string
  byMonth?: number[]
  byWeekNo?: number[]
  byYearDay?: number[]
  byMonthDay?: number[]
  byDay?: WeekdayNumber[]
  bySetPos?: number[]
  wkst: Weekday
}

export const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const

const longest = 500
/** More than calendar programs offer; a date for the end serves where it is not enough. */
const mostOccurrences = 1_000
const longestInterval = 1_000

const takes =
  'A rule takes FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY, BYDAY, BYSETPOS and WKST.'

/**
 * Reads the value of an RRULE (RFC 5545, 3.3.10). It holds the rule to the RFC's table of parts and to the limits above;
 * whether it ever occurs is for grid.ts to say.
 */
export function readRule(text: string): Rule {
  if (text.length > longest) throw new RecurrenceError(`A rule has at most ${longest} characters.`)
  const parts = partsOf(text)
  const rule: Rule = {
    freq: frequency(parts.get('FREQ')),
    interval: number('INTERVAL', parts.get('INTERVAL') ?? '1', 1, longestInterval),
    wkst: weekStart(parts.get('WKST') ?? 'MO'),
  }
  const count = parts.get('COUNT')
  const until = parts.get('UNTIL')
  if (count !== undefined && until !== undefined) throw new RecurrenceError('Give COUNT or UNTIL, not both.')
  if (count !== undefined) rule.count = number('COUNT', count, 1, mostOccurrences)
  if (until !== undefined) rule.until = readUntil(until)

  const list = (name: string, most: number, negative = true) => numbers(name, parts.get(name), most, negative)
  rule.byMonth = list('BYMONTH', 12, false)
  rule.byWeekNo = list('BYWEEKNO', 53)
  rule.byYearDay = list('BYYEARDAY', 366)
  rule.byMonthDay = list('BYMONTHDAY', 31)
  rule.byDay = weekdayNumbers(parts.get('BYDAY'))
  rule.bySetPos = list('BYSETPOS', 366)
  refuseCombinations(rule)
  // A day has one occurrence, which is its first and its last.
  if (rule.freq === 'DAILY') rule.bySetPos = undefined
  return rule
}

/** The rule in one way of writing: the order of the RFC, nothing that is the default. */
export function writeRule(rule: Rule): string {
  const parts: [string, string | undefined][] = [
    ['FREQ', rule.freq],
    ['INTERVAL', rule.interval === 1 ? undefined : String(rule.interval)],
    ['COUNT', rule.count?.toString()],
    ['UNTIL', rule.until],
    ['BYMONTH', rule.byMonth?.join()],
    ['BYWEEKNO', rule.byWeekNo?.join()],
    ['BYYEARDAY', rule.byYearDay?.join()],
    ['BYMONTHDAY', rule.byMonthDay?.join()],
    ['BYDAY', rule.byDay?.map(({ nth, weekday }) => `${nth ?? ''}${weekday}`).join()],
    ['BYSETPOS', rule.bySetPos?.join()],
    ['WKST', rule.wkst === 'MO' ? undefined : rule.wkst],
  ]
  return parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join(';')
}

function partsOf(text: string): Map<string, string> {
  const parts = new Map<string, string>()
  const value = text
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
  for (const part of value.split(';')) {
    const [, name, given] = /^([A-Z-]+)=([^=\s]+)$/.exec(part.trim()) ?? []
    if (!name || !given) throw new RecurrenceError(`Write a rule like FREQ=WEEKLY;BYDAY=MO,FR. ${takes}`)
    if (parts.has(name)) throw new RecurrenceError(`Give ${name} once.`)
    if (/^BY(HOUR|MINUTE|SECOND)$/.test(name)) {
      throw new RecurrenceError(
        `Leave ${name} out: the time of day comes from the date that the task is due.`,
      )
    }
    if (!known.has(name)) throw new RecurrenceError(`Leave ${name} out. ${takes}`)
    parts.set(name, given)
  }
  return parts
}

const known = new Set(
  'FREQ INTERVAL COUNT UNTIL BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYSETPOS WKST'.split(' '),
)

function frequency(value: string | undefined): Frequency {
  if (value === 'DAILY' || value === 'WEEKLY' || value === 'MONTHLY' || value === 'YEARLY') return value
  throw new RecurrenceError('FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY.')
}

function weekStart(value: string): Weekday {
  const day = weekdays.find((weekday) => weekday === value)
  if (!day) throw new RecurrenceError(`WKST must be one of ${weekdays.join(', ')}.`)
  return day
}

function number(name: string, value: string, least: number, most: number): number {
  const found = /^\+?\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (found >= least && found <= most) return found
  throw new RecurrenceError(`${name} must be a whole number from ${least} to ${most}.`)
}

function numbers(name: string, value: string | undefined, most: number, negative: boolean) {
  if (value === undefined) return undefined
  const found = value.split(',').map((item) => {
    if (/^[+-]?\d{1,3}$/.test(item)) {
      const size = Math.abs(Number(item))
      if (size >= 1 && size <= most && (negative || !item.startsWith('-'))) return Number(item)
    }
    const range = negative ? `1 to ${most} or -${most} to -1` : `1 to ${most}`
    throw new RecurrenceError(`${name} must be whole numbers from ${range}, with commas between them.`)
  })
  return [...new Set(found)].toSorted(inOrder)
}

function weekdayNumbers(value: string | undefined): WeekdayNumber[] | undefined {
  if (value === undefined) return undefined
  const found = new Map<string, WeekdayNumber>()
  for (const item of value.split(',')) {
    const [, nth, name] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(item) ?? []
    const weekday = weekdays.find((day) => day === name)
    const size = nth === undefined ? 1 : Math.abs(Number(nth))
    if (!weekday || size < 1 || size > 53) {
      throw new RecurrenceError('BYDAY must be weekdays like MO, or the n-th of them like 1MO or -1FR.')
    }
    const day = nth === undefined ? { weekday } : { nth: Number(nth), weekday }
    found.set(`${day.nth ?? 0}${weekday}`, day)
  }
  const place = ({ weekday }: WeekdayNumber) => weekdays.indexOf(weekday)
  return [...found.values()].toSorted((a, b) => inOrder(a.nth ?? 0, b.nth ?? 0) || place(a) - place(b))
}

/** As people say them: the first, the second, the second to last, the last. */
function inOrder(a: number, b: number): number {
  return a < 0 === b < 0 ? a - b : b - a
}

const mostDays: Record<Frequency, number> = { DAILY: 1, WEEKLY: 7, MONTHLY: 31, YEARLY: 366 }

/** RFC 5545, 3.3.10: which parts go with which frequency. */
function refuseCombinations({ freq, byWeekNo, byYearDay, byMonthDay, byMonth, byDay, bySetPos }: Rule) {
  const refuse = (message: string): never => {
    throw new RecurrenceError(message)
  }
  if (byWeekNo && freq !== 'YEARLY') refuse('BYWEEKNO goes with FREQ=YEARLY only.')
  if (byYearDay && freq !== 'YEARLY') refuse('BYYEARDAY goes with FREQ=YEARLY only.')
  if (byMonthDay && freq === 'WEEKLY')
    refuse('BYMONTHDAY does not go with FREQ=WEEKLY: use FREQ=MONTHLY or DAILY.')
  if (byDay?.some(({ nth }) => nth !== undefined)) {
    if (freq !== 'MONTHLY' && freq !== 'YEARLY')
      refuse('BYDAY with a number goes with FREQ=MONTHLY or YEARLY only.')
    if (byWeekNo) refuse('BYDAY takes no numbers beside BYWEEKNO.')
    const inMonth = freq === 'MONTHLY' || byMonth
    if (inMonth && byDay.some(({ nth = 1 }) => Math.abs(nth) > 5))
      refuse('A month has no more than 5 of a weekday.')
  }
  if (bySetPos && !(byWeekNo ?? byYearDay ?? byMonthDay ?? byMonth ?? byDay)) {
    refuse('BYSETPOS needs another BY… part to choose from.')
  }
  if (bySetPos?.every((place) => Math.abs(place) > mostDays[freq]))
    refuse('BYSETPOS chooses more days than there are.')
}

/** The date of UNTIL, or its date and time, with Z where it is in UTC. */
function readUntil(value: string): string {
  const [, year, month, day, , hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(value) ?? []
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`)
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`)
  const inDay = hour === undefined || (hour < '24' && String(minute) < '60' && String(second) < '60')
  if (exists && inDay && String(year) > '0000') return value
  throw new RecurrenceError(
    'UNTIL must be a date like 20261231, or a date and time in UTC like 20261231T170000Z.',
  )
}
