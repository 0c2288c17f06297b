import { dueOf } from './due.ts'
import { RecurrenceError } from './error.ts'
import { type Grid, everOccurs, gridOf } from './grid.ts'
import { addDays, lastOfMonth, readLocal, readLocalOf } from './local.ts'
import { type Rule, readRule, writeRule } from './rule.ts'

/** What a recurring task says of its series. Dates are local: days, or times in the task's own zone where it has one. */
export interface Series {
  /** An RRULE's value, without DTSTART. */
  rule: string
  /** Whether the next occurrence follows the schedule, or the day on which the last one was completed. */
  basis: 'due' | 'completion'
  /** The first scheduled date: the rule's DTSTART. */
  seriesStart: string
  /** The scheduled date of this occurrence, wherever it was postponed to. */
  occurrence: string
  /** 1, 2, 3 … : the how manieth task of the series this is. */
  occurrenceNumber: number
  /** The task's own; absent in a series of days. */
  timeZone?: string
}

/**
 * Checks a rule and gives it in one way of writing. UNTIL may be a date, which includes that day, or a time, in UTC as RFC 5545
 * wants it or as the clock on the wall says it; of a series of days it keeps the date alone.
 *
 * @throws RecurrenceError where it is not a rule, is out of bounds, or can never occur.
 */
export function parseRule(text: string, kind: 'day' | 'time'): string {
  const rule = readRule(text)
  if (kind === 'day') rule.until = rule.until?.slice(0, 8)
  if (!everOccurs(rule))
    throw new RecurrenceError('This rule names no day that exists: change its BY… parts.')
  return writeRule(rule)
}

/**
 * The first date of a new series: the first that the rule names at or after `from`, whose time of day it keeps. INTERVAL
 * counts from there, so it does not matter yet. Undefined where UNTIL comes first.
 */
export function firstOccurrence(text: string, from: string, timeZone?: string): string | undefined {
  const { day, time } = readLocalOf(timeZone, from)
  const { count: _count, ...rule } = { ...readRule(text), interval: 1 }
  // A rule that leaves the day of the month to its start may name months without it: the first is in every month.
  const found = gridOf(rule, day).dayFrom(day) ?? gridOf(rule, firstOfNextMonth(day)).dayFrom(day)
  return found && within(rule, found + time, timeZone)
}

/**
 * The occurrence that follows, numbered one higher; undefined when the series has ended by COUNT, by UNTIL or with the year
 * 9999.
 *
 * On the basis `due` it is the next date of the rule, whenever this one was completed. On the basis `completion` the rule starts
 * anew on the day of completion: every three days is three days after it, and every month is the same day of the next month, or its
 * last where it is shorter.
 *
 * @param completedOn the local day of completion in the task's zone; only the basis `completion` asks for it, and takes the
 * scheduled day instead where it is absent.
 * @param notBefore a local day or time: what the rule names before it is left out. Left-out dates take no number, but COUNT
 * counts them: the schedule ends when it would have ended.
 */
export function nextOccurrence(
  { rule: text, basis, seriesStart, occurrence, occurrenceNumber, timeZone }: Series,
  completedOn?: string,
  notBefore?: string,
): { occurrence: string; occurrenceNumber: number } | undefined {
  const rule = readRule(text)
  if (rule.count !== undefined && occurrenceNumber >= rule.count) return undefined
  const { day: start, time } = readLocalOf(timeZone, seriesStart)
  const scheduled = readLocalOf(timeZone, occurrence).day
  const earliest = notBefore === undefined ? '' : firstDayAt(notBefore, time)
  const completed = completedOn === undefined ? scheduled : readLocal(completedOn).day
  const next =
    basis === 'due'
      ? gridOf(rule, start).dayFrom(later(addDays(scheduled, 1), earliest))
      : dayAfterCompletion(rule, completed, later(addDays(completed, 1), earliest))
  const found = next && within(rule, next + time, timeZone)
  return found === undefined ? undefined : { occurrence: found, occurrenceNumber: occurrenceNumber + 1 }
}

/**
 * The scheduled dates from `from` on and before `before`, at most `limit` of them, for a preview. The start of the series is one
 * of them, whether or not the rule names it.
 */
export function occurrencesBetween(
  { rule: text, seriesStart, timeZone }: Pick<Series, 'rule' | 'seriesStart' | 'timeZone'>,
  { from, before, limit }: { from: string; before?: string; limit: number },
): string[] {
  const rule = readRule(text)
  const { day: start, time } = readLocalOf(timeZone, seriesStart)
  const grid = gridOf(rule, start)
  const found: string[] = []
  let day: string | undefined = later(start, firstDayAt(from, time))
  if (day !== start) day = grid.dayFrom(day)
  while (day !== undefined && found.length < limit) {
    const local = within(rule, day + time, timeZone)
    if (local === undefined || (before !== undefined && local >= before)) break
    found.push(local)
    day = grid.dayFrom(addDays(day, 1))
  }
  return found
}

function dayAfterCompletion(
  { count: _count, ...rule }: Rule,
  completed: string,
  earliest: string,
): string | undefined {
  const byDays = rule.byDay ?? rule.byMonthDay ?? rule.byYearDay ?? rule.byWeekNo
  if (byDays || rule.freq === 'DAILY' || rule.freq === 'WEEKLY')
    return gridOf(rule, completed).dayFrom(earliest)

  // The rule leaves the day of the month to its start. The 28th is in every month, and stands for the days that are not.
  const wished = Number(completed.slice(8))
  const grid = gridOf(rule, `${completed.slice(0, 8)}${String(Math.min(wished, 28)).padStart(2, '0')}`)
  const month = later(firstOfNextMonth(completed), `${earliest.slice(0, 8)}01`)
  const first = clamped(grid, month, wished)
  return first !== undefined && first < earliest ? clamped(grid, firstOfNextMonth(earliest), wished) : first
}

function clamped(grid: Grid, from: string, wished: number): string | undefined {
  const month = grid.dayFrom(from)
  if (month === undefined) return undefined
  const last = lastOfMonth(month)
  const day = `${month.slice(0, 8)}${String(wished).padStart(2, '0')}`
  return day > last ? last : day
}

/** The date itself, unless UNTIL or the last year has passed. */
function within({ until }: Rule, local: string, timeZone: string | undefined): string | undefined {
  const day = local.slice(0, 10)
  // An instant of the very last day may fall into the year 10,000 of UTC.
  if (timeZone !== undefined && day > '9999-12-30') return undefined
  if (until === undefined) return local
  if (until.length === 8 || timeZone === undefined) {
    return day.replaceAll('-', '') <= until.slice(0, 8) ? local : undefined
  }
  if (!until.endsWith('Z')) return local.replaceAll(/[-:]/g, '') <= until ? local : undefined
  const due = dueOf(local, timeZone)
  return 'dateTime' in due && due.dateTime.replaceAll(/[-:]/g, '') <= until ? local : undefined
}

/** The first day whose time of day is not before the moment. */
function firstDayAt(moment: string, time: string): string {
  const { day, time: least } = readLocal(moment)
  return time < least && time !== '' ? addDays(day, 1) : day
}

function firstOfNextMonth(day: string): string {
  return addDays(lastOfMonth(day), 1)
}

function later(one: string, other: string): string {
  return one > other ? one : other
}
