/** Where another implementation differs from ours: which rules, what it does, and what RFC 5545 says. */
export interface Disagreement {
  rules: RegExp
  does: string
  rfc: string
}

const missing = 'A rule part that is given is never left out of account (3.3.10).'
const weekYears =
  'Weeks are numbered as in ISO 8601 (3.3.10), where the days around New Year belong to the year of their week.'
const invalid = 'Dates that do not exist, such as 30 February, are ignored (3.3.10).'
const open = 'What the rule leaves open is taken from DTSTART (3.3.10): here the weekday.'
const mixed = 'Each weekday of BYDAY may have a number before it (3.3.10), so also only some.'

/** rrule 2.8.1. */
export const rruleDiffers: Disagreement[] = [
  {
    rules: /BYDAY=MO,1TU/,
    does: 'gives nothing where some weekdays have a number and others do not',
    rfc: mixed,
  },
  {
    rules: /WEEKLY.*BYDAY=SA,SU;BYSETPOS=2/,
    does: 'begins the first week with DTSTART, so the second day of it is missing',
    rfc: 'BYSETPOS counts within the whole week, which begins on WKST (3.3.10).',
  },
  { rules: /BYWEEKNO=\d+$/, does: 'gives all seven days of the week', rfc: open },
  {
    rules: /YEARLY;BYWEEKNO=53;BYDAY=SU/,
    does: 'takes 2 January 2039 for week 53, which is week 52',
    rfc: weekYears,
  },
  {
    rules: /INTERVAL=\d;BYWEEKNO=(1|53|-1);BYDAY/,
    does: 'counts the days around New Year to the calendar year, and so to the wrong interval',
    rfc: weekYears,
  },
]

/** ical.js 2.2.1. */
export const icalDiffers: Disagreement[] = [
  { rules: /DAILY.*BYMONTHDAY=10,-10/, does: 'does not know days from the end of the month', rfc: missing },
  {
    rules: /WEEKLY.*BYSETPOS|MONTHLY.*BYMONTHDAY.*BYSETPOS|YEARLY.*BYSETPOS/,
    does: 'knows BYSETPOS only for weekdays of a month',
    rfc: missing,
  },
  {
    rules: /MONTHLY;INTERVAL=\d;.*BYMONTH=/,
    does: 'goes to the next named month, also where INTERVAL leaves it out',
    rfc: missing,
  },
  {
    rules: /YEARLY(;INTERVAL=\d)?;BYMONTHDAY=[\d,-]+$/,
    does: 'gives these days of one month only',
    rfc: 'BYMONTHDAY expands a year: every month has its days (table in 3.3.10).',
  },
  {
    rules: /YEARLY(;INTERVAL=\d)?;BYDAY=-?(20|52|53)/,
    does: 'gives the wrong week',
    rfc: '20MO is the 20th Monday of the year (3.3.10, and an example of 3.8.5.3).',
  },
  { rules: /BYWEEKNO/, does: 'does not know BYWEEKNO', rfc: missing },
  {
    rules: /BYMONTH=2;BYYEARDAY|BYYEARDAY=.*BYMONTHDAY/,
    does: 'refuses the rule',
    rfc: 'Both parts go with FREQ=YEARLY (table in 3.3.10).',
  },
  {
    rules: /YEARLY(;COUNT=4|;INTERVAL=\d)?(;BYMONTH=1,6)?$/,
    does: 'moves 29 February and 31 June to the day after',
    rfc: invalid,
  },
]

/** These it searches for ever, or for too long to wait. */
export const icalDoesNotEnd = /DAILY.*BYMONTHDAY=(-|29)/

/** rrule-temporal 2.2.7 by itself: years.ts takes its place for these, and for their relatives that it gets right. */
export const engineDiffers: Disagreement[] = [
  { rules: /YEARLY.*BYDAY=MO,1TU/, does: 'forgets the weekdays without a number', rfc: mixed },
  {
    rules: /YEARLY.*BYDAY=-?53/,
    does: 'gives a week of the next year where the year has no 53rd',
    rfc: invalid,
  },
  {
    rules: /BYWEEKNO=(53|-1)/,
    does: 'passes over those days of a last week that lie in January',
    rfc: weekYears,
  },
  {
    rules: /BYWEEKNO=1;BYDAY=MO;WKST=SU/,
    does: 'passes over those days of a first week that lie in December',
    rfc: weekYears,
  },
  { rules: /BYWEEKNO=.*BYMONTHDAY/, does: 'forgets BYMONTHDAY', rfc: missing },
  { rules: /BYYEARDAY=.*(BYDAY|BYMONTHDAY)/, does: 'forgets BYDAY and BYMONTHDAY', rfc: missing },
]
