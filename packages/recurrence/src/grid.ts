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
 * series counts as ended. In 4,800 months and 400 years the calendar has repeated; 2,100 weeks are at least 40 years and
 * 10,000 days at least 27, where only two-day steps and a rare date miss what would come later.
 */
const mostPeriods: Record<Frequency, number> = { DAILY: 10_000, WEEKLY: 2_100, MONTHLY: 4_810, YEARLY: 410 }

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

function searchIn(given: Rule, start: string): Search {
  const rule = suited(given)
  const search = isOfYears(rule) ? searchYears(rule, start) : searchEngine(rule, start)
  return (day) => (day > lastDay ? undefined : search(day > start ? day : start))
}

/**
 * The same days, in the form that is searched fastest: "every day that is a Friday and a 13th" looks at each day, "every
 * year, the Fridays that are a 13th" at each year.
 */
function suited(rule: Rule): Rule {
  const everyDay = rule.freq === 'DAILY' && rule.interval === 1
  return everyDay && (rule.byMonthDay ?? rule.byMonth)
    ? { ...rule, freq: 'YEARLY', byDay: rule.byDay ?? everyWeekday }
    : rule
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

function searchYears(rule: Rule, start: string): Search {
  const { count } = rule
  const daysFrom = yearlyDays(rule, start)
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
