import { RRuleTemporal } from 'rrule-temporal'
import { type Frequency, type Rule, writeRule } from './rule.ts'
import { isOfYears, yearlyDays } from './years.ts'

/** The days of a rule from its start on, as the calendar on the wall has them: no zone, no time, `UNTIL` not applied. */
export interface Grid {
  /** The first day of the rule at or after `day`; undefined after the last, and where the year 9999 ends. */
  dayFrom(day: string): string | undefined
}

/**
 * How many of its days, weeks, months or years (taken INTERVAL by INTERVAL) a search passes without finding one, before the
 * series counts as ended. In 4,800 months and 400 years the calendar repeats, and a rule of days that comes to the engine
 * finds one in seven; only of weeks taken several at a time it may leave out what comes once in more than 2,100.
 */
const mostPeriods: Record<Frequency, number> = { DAILY: 100, WEEKLY: 2_100, MONTHLY: 4_810, YEARLY: 410 }

const lastDay = '9999-12-31'

/**
 * @param start the first day of the series, the rule's DTSTART. It is the first of COUNT also where the rule does not name
 * it.
 */
export function gridOf({ until: _until, ...rule }: Rule, start: string): Grid {
  const whole = searchIn(rule, start)
  if (rule.count === undefined || whole(start) === start) return { dayFrom: whole }
  const rest = rule.count === 1 ? () => undefined : searchIn({ ...rule, count: rule.count - 1 }, start)
  return { dayFrom: rest }
}

/** Whether the rule has any occurrence at all: within 28 years every year has begun on every weekday, leap years too. */
export function everOccurs({ count: _count, until: _until, ...rule }: Rule): boolean {
  const first = searchIn({ ...rule, interval: 1 }, '2001-01-01')('2001-01-01')
  return first !== undefined && first < '2030'
}

type Search = Grid['dayFrom']

function searchIn(rule: Rule, start: string): Search {
  if (start > lastDay) return () => undefined
  const search = searchFor(rule, start)
  return (day) => (day > lastDay ? undefined : search(day > start ? day : start))
}

function searchFor(rule: Rule, start: string): Search {
  if (rule.freq === 'DAILY' && (rule.byMonth ?? rule.byMonthDay)) {
    // Every second day that is a Friday and a 13th: it is found faster among the years' Fridays that are a 13th.
    const days: Rule = { ...rule, freq: 'YEARLY', interval: 1, byDay: rule.byDay ?? everyWeekday }
    return searchYears(days, start, rule.interval)
  }
  return isOfYears(rule) ? searchYears(rule, start) : searchEngine(rule, start)
}

const everyWeekday: Rule['byDay'] = [
  { weekday: 'MO' },
  { weekday: 'TU' },
  { weekday: 'WE' },
  { weekday: 'TH' },
  { weekday: 'FR' },
  { weekday: 'SA' },
  { weekday: 'SU' },
]

function searchYears(rule: Rule, start: string, step?: number): Search {
  const { count } = rule
  const daysFrom = yearlyDays(rule, start, step)
  if (count === undefined) return (day) => daysFrom(day).next().value ?? undefined
  return (day) =>
    daysFrom(start)
      .take(count)
      .find((found) => found >= day)
}

function searchEngine(rule: Rule, start: string): Search {
  const days = new RRuleTemporal({
    rruleString: writeRule(rule),
    dtstart: midnight(start),
    // COUNT is counted from the start, so these periods include those that have passed.
    maxIterations: mostPeriods[rule.freq] + (rule.count ?? 0) * 12,
  })
  return (day) => {
    try {
      const found = days
        .next(new Date(`${day}T00:00:00Z`), true)
        ?.toString()
        .slice(0, 10)
      return found?.startsWith('+') ? undefined : found
    } catch (error) {
      // The engine's way to say that it has looked through as many periods as it was told to.
      if (error instanceof Error && error.message.startsWith('Maximum iterations')) return undefined
      throw error
    }
  }
}

/** Days are computed as midnights in UTC, which has every midnight there is. */
function midnight(day: string) {
  return { timeZoneId: 'UTC', toString: () => `${day}T00:00:00+00:00[UTC]` }
}
