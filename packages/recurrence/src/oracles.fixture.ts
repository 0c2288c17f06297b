import ICAL from 'ical.js'
// It is CommonJS for Node, which has its exports as the default.
// eslint-disable-next-line import/default
import rrule from 'rrule'
import { RRuleTemporal } from 'rrule-temporal'

/** The first dates of a rule, at most `most` and none after `end`. */
type Oracle = (rule: string, start: string, most: number, end: string) => string[]

export const rruleSays: Oracle = (rule, start, most, end) => {
  const found: string[] = []
  // Without an end it would look through all years where there is nothing to find.
  const until = new Date(`${end}T00:00:00Z`)
  const options = { until, ...rrule.RRule.parseString(rule), dtstart: new Date(`${start}T00:00:00Z`) }
  new rrule.RRule(options).all((date) => keep(found, date.toISOString().slice(0, 10), most, end))
  return found
}

export const icalSays: Oracle = (rule, start, most, end) => {
  const found: string[] = []
  const dates = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromDateString(start))
  let date = dates.next()
  while (date && keep(found, date.toString().slice(0, 10), most, end)) date = dates.next()
  return found
}

/** The engine by itself, without what we put right. */
export const engineSays: Oracle = (rule, start, most, end) => {
  const found: string[] = []
  const dtstart = { timeZoneId: 'UTC', toString: () => `${start}T00:00:00+00:00[UTC]` }
  new RRuleTemporal({ rruleString: rule, dtstart }).all((date) =>
    keep(found, date.toString().slice(0, 10), most, end),
  )
  return found
}

function keep(found: string[], date: string, most: number, end: string): boolean {
  if (date > end) return false
  found.push(date)
  return found.length < most
}
