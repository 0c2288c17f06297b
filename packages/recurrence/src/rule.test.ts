import { describe, expect, test } from 'vitest'
import { RecurrenceError } from './error.ts'
import { parseRule } from './series.ts'

describe('a rule is written one way', () => {
  test.each([
    ['freq=weekly;byday=fr,mo', 'FREQ=WEEKLY;BYDAY=MO,FR'],
    ['RRULE:FREQ=DAILY;INTERVAL=1', 'FREQ=DAILY'],
    ['BYMONTHDAY=-1,15,+1,15;FREQ=MONTHLY;', 'FREQ=MONTHLY;BYMONTHDAY=1,15,-1'],
    ['FREQ=MONTHLY;WKST=MO;BYDAY=-1FR,1MO,+2TU', 'FREQ=MONTHLY;BYDAY=1MO,2TU,-1FR'],
    [' FREQ=WEEKLY;WKST=SU;INTERVAL=02 ', 'FREQ=WEEKLY;INTERVAL=2;WKST=SU'],
    ['FREQ=DAILY;BYDAY=MO;BYSETPOS=-1', 'FREQ=DAILY;BYDAY=MO'],
    [
      'FREQ=YEARLY;BYSETPOS=1;BYDAY=MO;BYMONTH=9;COUNT=3',
      'FREQ=YEARLY;COUNT=3;BYMONTH=9;BYDAY=MO;BYSETPOS=1',
    ],
  ])('%s', (given, written) => {
    expect(parseRule(given, 'day')).toBe(written)
    expect(parseRule(written, 'time')).toBe(written)
  })

  test('UNTIL is a date for days; for times it stays as it was meant', () => {
    for (const until of ['20261231', '20261231T235959', '20261231T235959Z']) {
      expect(parseRule(`FREQ=DAILY;UNTIL=${until}`, 'day')).toBe('FREQ=DAILY;UNTIL=20261231')
      expect(parseRule(`FREQ=DAILY;UNTIL=${until}`, 'time')).toBe(`FREQ=DAILY;UNTIL=${until}`)
    }
  })
})

describe('what is not a rule is refused, and the message says what to do', () => {
  test.each([
    ['', 'Write a rule like'],
    ['every day', 'Write a rule like'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'Give FREQ once'],
    ['FREQ=FORTNIGHTLY', 'FREQ must be DAILY'],
    ['BYDAY=MO', 'FREQ must be DAILY'],
    ['FREQ=HOURLY', 'FREQ must be DAILY'],
    ['FREQ=DAILY;BYHOUR=9', 'Leave BYHOUR out: the time of day comes from the date'],
    ['FREQ=DAILY;EXDATE=20261121', 'Leave EXDATE out. A rule takes FREQ'],
    ['FREQ=DAILY;DTSTART=20261121', 'Leave DTSTART out'],
    ['DTSTART:20261121\nRRULE:FREQ=DAILY', 'Write a rule like'],
    ['FREQ=MONTHLY;RSCALE=CHINESE', 'Leave RSCALE out'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL must be a whole number from 1 to 1000'],
    ['FREQ=DAILY;INTERVAL=1001', 'from 1 to 1000'],
    ['FREQ=DAILY;INTERVAL=-1', 'from 1 to 1000'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT must be a whole number from 1 to 1000'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20261231', 'COUNT or UNTIL, not both'],
    ['FREQ=DAILY;UNTIL=20260230', 'UNTIL must be a date like'],
    ['FREQ=DAILY;UNTIL=20261231T2500', 'UNTIL must be a date like'],
    ['FREQ=DAILY;UNTIL=tomorrow', 'UNTIL must be a date like'],
    ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH must be whole numbers from 1 to 12'],
    ['FREQ=YEARLY;BYMONTH=-1', 'BYMONTH must be whole numbers from 1 to 12'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY must be whole numbers from 1 to 31 or -31 to -1'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be'],
    ['FREQ=YEARLY;BYYEARDAY=367', 'BYYEARDAY must be'],
    ['FREQ=YEARLY;BYWEEKNO=54', 'BYWEEKNO must be'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY must be weekdays'],
    ['FREQ=YEARLY;BYDAY=54MO', 'BYDAY must be weekdays'],
    ['FREQ=WEEKLY;WKST=1', 'WKST must be one of'],
    ['FREQ=WEEKLY;BYDAY=1MO', 'BYDAY with a number goes with FREQ=MONTHLY or YEARLY'],
    ['FREQ=MONTHLY;BYDAY=6MO', 'no more than 5 of a weekday'],
    ['FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO', 'no numbers beside BYWEEKNO'],
    ['FREQ=WEEKLY;BYMONTHDAY=1', 'BYMONTHDAY does not go with FREQ=WEEKLY'],
    ['FREQ=MONTHLY;BYYEARDAY=1', 'BYYEARDAY goes with FREQ=YEARLY'],
    ['FREQ=MONTHLY;BYWEEKNO=1', 'BYWEEKNO goes with FREQ=YEARLY'],
    ['FREQ=MONTHLY;BYSETPOS=1', 'BYSETPOS needs another'],
    ['FREQ=WEEKLY;BYDAY=MO;BYSETPOS=8', 'BYSETPOS chooses more days than there are'],
    [`FREQ=DAILY;BYDAY=${'MO,'.repeat(200)}MO`, 'at most 500 characters'],
  ])('%s', (rule, message) => {
    expect(() => parseRule(rule, 'time')).toThrow(RecurrenceError)
    expect(() => parseRule(rule, 'time')).toThrow(message)
  })
})

test.each([
  'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  'FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31',
  'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30,31',
  'FREQ=DAILY;INTERVAL=7;BYMONTH=2;BYMONTHDAY=-30',
  'FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2',
  'FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6',
  'FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1',
  'FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1',
  'FREQ=YEARLY;BYYEARDAY=1;BYWEEKNO=20',
])('%s names no day, and is refused', (rule) => {
  expect(() => parseRule(rule, 'day')).toThrow('This rule names no day that exists: change its BY… parts.')
})
