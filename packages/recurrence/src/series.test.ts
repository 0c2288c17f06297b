import { describe, expect, test } from 'vitest'
import { dueOf, localOf } from './due.ts'
import { RecurrenceError } from './error.ts'
import { type Series, firstOccurrence, nextOccurrence, occurrencesBetween } from './series.ts'

const paris = 'Europe/Paris'

describe('the first occurrence', () => {
  test.each([
    ['FREQ=DAILY', '2026-11-21', '2026-11-21'],
    ['FREQ=DAILY;INTERVAL=3', '2026-11-21', '2026-11-21'],
    ['FREQ=WEEKLY;BYDAY=MO', '2026-11-21', '2026-11-23'],
    // INTERVAL counts from the first date: it does not put it off.
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2026-11-21', '2026-11-23'],
    ['FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1', '2026-11-21', '2026-12-01'],
    ['FREQ=MONTHLY', '2026-01-31', '2026-01-31'],
    ['FREQ=YEARLY;BYMONTH=2', '2026-01-31', '2026-02-01'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', '2096-03-01', '2104-02-29'],
    ['FREQ=DAILY;UNTIL=20261121', '2026-11-21', '2026-11-21'],
    ['FREQ=DAILY;UNTIL=20261120', '2026-11-21', undefined],
    ['FREQ=WEEKLY;BYDAY=SA', '9999-12-26', undefined],
  ])('%s from %s', (rule, from, first) => {
    expect(firstOccurrence(rule, from)).toBe(first)
  })

  test('keeps the time of day', () => {
    expect(firstOccurrence('FREQ=WEEKLY;BYDAY=MO', '2026-11-21T09:30:00', paris)).toBe('2026-11-23T09:30:00')
  })
})

describe('on the basis of the schedule', () => {
  const weekly = series({ rule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', seriesStart: '2026-11-23' })

  test('the next one is the next one, however early or late', () => {
    for (const completedOn of ['2026-11-01', '2026-11-23', '2026-12-31', undefined]) {
      expect(nextOccurrence(weekly, completedOn)).toEqual({ occurrence: '2026-12-07', occurrenceNumber: 2 })
    }
  })

  test('what was missed is left out where asked for, and the dates stay those of the rule', () => {
    expect(nextOccurrence(weekly, '2027-01-01', '2027-01-01')).toEqual({
      occurrence: '2027-01-04',
      occurrenceNumber: 2,
    })
    expect(nextOccurrence(weekly, undefined, '2027-01-04')).toEqual({
      occurrence: '2027-01-04',
      occurrenceNumber: 2,
    })
    expect(nextOccurrence(weekly, undefined, '2020-01-01')).toEqual({
      occurrence: '2026-12-07',
      occurrenceNumber: 2,
    })
  })

  test('a time that has passed today is tomorrow', () => {
    const daily = series({ rule: 'FREQ=DAILY', seriesStart: '2026-11-20T09:00:00', timeZone: paris })
    const at = (notBefore: string) => nextOccurrence(daily, undefined, notBefore)?.occurrence
    expect(at('2026-11-25T09:00:00')).toBe('2026-11-25T09:00:00')
    expect(at('2026-11-25T09:00:01')).toBe('2026-11-26T09:00:00')
    expect(at('2026-11-25')).toBe('2026-11-25T09:00:00')
  })

  test('COUNT ends with the tasks, and with the dates where some were left out', () => {
    const five = series({ rule: 'FREQ=DAILY;COUNT=5', seriesStart: '2026-11-21' })
    expect(nextOccurrence({ ...five, occurrence: '2026-11-25', occurrenceNumber: 5 })).toBeUndefined()
    expect(nextOccurrence(five, undefined, '2026-11-25')).toEqual({
      occurrence: '2026-11-25',
      occurrenceNumber: 2,
    })
    expect(nextOccurrence(five, undefined, '2026-11-26')).toBeUndefined()
  })

  test('a start that the rule does not name is the first all the same', () => {
    const mondays = { rule: 'FREQ=WEEKLY;BYDAY=MO;COUNT=3', seriesStart: '2026-11-21' }
    const dates = ['2026-11-21', '2026-11-23', '2026-11-30']
    expect(occurrencesBetween(mondays, { from: '2026-01-01', limit: 9 })).toEqual(dates)
    expect(nextOccurrence(series(mondays))?.occurrence).toBe(dates[1])
    expect(
      nextOccurrence({ ...series(mondays), occurrence: '2026-11-30', occurrenceNumber: 3 }),
    ).toBeUndefined()
  })

  test('UNTIL: a day includes that day, an instant is compared as an instant', () => {
    const until = (end: string) =>
      occurrencesBetween(
        { rule: `FREQ=DAILY;UNTIL=${end}`, seriesStart: '2026-10-23T02:30:00', timeZone: paris },
        { from: '2026-10-25', limit: 9 },
      )
    expect(until('20261025')).toEqual(['2026-10-25T02:30:00'])
    expect(until('20261025T022959')).toEqual([])
    // Clocks show 02:30 twice that day; it is due at the first.
    expect(until('20261025T003000Z')).toEqual(['2026-10-25T02:30:00'])
    expect(until('20261025T002959Z')).toEqual([])
  })
})

describe('on the basis of completion', () => {
  test.each([
    ['FREQ=DAILY;INTERVAL=3', '2026-11-21', '2026-11-24'],
    ['FREQ=WEEKLY', '2026-11-21', '2026-11-28'],
    ['FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', '2026-11-18', '2026-11-30'],
    ['FREQ=MONTHLY;BYMONTHDAY=1', '2026-11-21', '2026-12-01'],
    ['FREQ=MONTHLY', '2026-11-21', '2026-12-21'],
    // One month later is in the next month, whatever its length.
    ['FREQ=MONTHLY', '2027-01-31', '2027-02-28'],
    ['FREQ=MONTHLY', '2027-02-28', '2027-03-28'],
    ['FREQ=MONTHLY;INTERVAL=3', '2026-11-30', '2027-02-28'],
    ['FREQ=MONTHLY', '2026-12-31', '2027-01-31'],
    ['FREQ=YEARLY', '2028-02-29', '2029-02-28'],
    ['FREQ=YEARLY;BYMONTH=2', '2027-01-31', '2027-02-28'],
    ['FREQ=MONTHLY', '9999-12-01', undefined],
  ])('%s completed on %s', (rule, completedOn, occurrence) => {
    const next = nextOccurrence(series({ rule, seriesStart: '2026-12-01', basis: 'completion' }), completedOn)
    expect(next?.occurrence).toBe(occurrence)
  })

  test('the time of day stays, and COUNT, UNTIL and notBefore hold', () => {
    const plants = series({
      rule: 'FREQ=MONTHLY;COUNT=2',
      seriesStart: '2026-11-21T09:00:00',
      timeZone: paris,
      basis: 'completion',
    })
    expect(nextOccurrence(plants, '2026-12-24')).toEqual({
      occurrence: '2027-01-24T09:00:00',
      occurrenceNumber: 2,
    })
    expect(nextOccurrence({ ...plants, occurrenceNumber: 2 }, '2026-12-24')).toBeUndefined()
    expect(nextOccurrence(plants, '2026-12-24', '2027-02-24T10:00:00')?.occurrence).toBe(
      '2027-03-24T09:00:00',
    )
    expect(nextOccurrence({ ...plants, rule: 'FREQ=DAILY;UNTIL=20261224' }, '2026-12-24')).toBeUndefined()
    // Without a day of completion it is as if completed on its own.
    expect(nextOccurrence(plants)?.occurrence).toBe('2026-12-21T09:00:00')
  })
})

describe('a search comes to an end', () => {
  test.each([
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=7', '2028-02-29', '2056-02-29'],
    ['FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2044-02-29', '2112-02-29'],
    // From a Sunday every seventh day is a Sunday.
    ['FREQ=DAILY;INTERVAL=7;BYMONTH=2;BYDAY=MO', '2026-11-22', undefined],
    ['FREQ=WEEKLY;INTERVAL=52;BYMONTH=2;BYDAY=MO', '2026-11-21', '2236-02-29'],
    ['FREQ=YEARLY;INTERVAL=1000', '2026-11-21', '3026-11-21'],
    ['FREQ=YEARLY;INTERVAL=1000', '9026-11-21', undefined],
    // The rule could occur, but never in the years and months of this series.
    ['FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29', '2026-11-21', undefined],
    ['FREQ=YEARLY;INTERVAL=2;BYYEARDAY=366', '2027-11-21', undefined],
    ['FREQ=MONTHLY;INTERVAL=12;BYMONTH=2', '2026-11-21', undefined],
    ['FREQ=MONTHLY;INTERVAL=2;BYMONTH=2;BYDAY=MO,FR;COUNT=1000', '2026-11-21', undefined],
    ['FREQ=WEEKLY;INTERVAL=1000;BYMONTH=2;BYDAY=MO,TU;BYSETPOS=2', '9999-01-01', undefined],
    ['FREQ=DAILY;INTERVAL=999;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO', '2026-11-21', undefined],
    ['FREQ=DAILY', '9999-12-31', undefined],
  ])('%s after %s', (rule, seriesStart, occurrence) => {
    expect(nextOccurrence(series({ rule, seriesStart }))?.occurrence).toBe(occurrence)
  })

  test('the earliest and the latest days', () => {
    const limits = { from: '0001-01-01', limit: 2 }
    expect(occurrencesBetween({ rule: 'FREQ=YEARLY;BYDAY=1MO', seriesStart: '0001-01-01' }, limits)).toEqual([
      '0001-01-01',
      '0002-01-07',
    ])
    expect(occurrencesBetween({ rule: 'FREQ=DAILY', seriesStart: '9999-12-31' }, limits)).toEqual([
      '9999-12-31',
    ])
    const late = { rule: 'FREQ=DAILY', seriesStart: '9999-12-30T23:00:00', timeZone: 'America/New_York' }
    expect(occurrencesBetween(late, limits)).toEqual(['9999-12-30T23:00:00'])
  })
})

test('occurrences between two moments, not more than asked for', () => {
  const daily = { rule: 'FREQ=DAILY', seriesStart: '2026-11-21T09:00:00', timeZone: paris }
  const between = (from: string, before: string, limit = 9) =>
    occurrencesBetween(daily, { from, before, limit })
  expect(between('2026-11-22', '2026-11-24')).toEqual(['2026-11-22T09:00:00', '2026-11-23T09:00:00'])
  expect(between('2026-11-22T09:00:01', '2026-11-24T09:00:01', 1)).toEqual(['2026-11-23T09:00:00'])
  expect(between('2026-01-01', '2026-11-21')).toEqual([])
})

describe('local dates and what is due', () => {
  test.each([
    ['2026-11-21T09:00:00', paris, '2026-11-21T08:00:00Z', '2026-11-21T09:00:00'],
    ['2026-03-29T02:30:00', paris, '2026-03-29T01:30:00Z', '2026-03-29T03:30:00'],
    ['2026-10-25T02:30:00', paris, '2026-10-25T00:30:00Z', '2026-10-25T02:30:00'],
    // Half an hour on Lord Howe Island; a whole day that Samoa left out.
    ['2026-10-04T02:15:00', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z', '2026-10-04T02:45:00'],
    ['2011-12-30T09:00:00', 'Pacific/Apia', '2011-12-30T19:00:00Z', '2011-12-31T09:00:00'],
  ])('%s in %s is %s', (local, timeZone, dateTime, shown) => {
    expect(dueOf(local, timeZone)).toEqual({ dateTime, timeZone })
    expect(localOf({ dateTime, timeZone })).toBe(shown)
  })

  test('a day is a day', () => {
    expect(dueOf('2026-11-21')).toEqual({ date: '2026-11-21' })
    expect(localOf({ date: '2026-11-21' })).toBe('2026-11-21')
  })

  test('fractions of a second are left off', () => {
    expect(localOf({ dateTime: '2026-11-21T09:00:00.999999+01:00', timeZone: paris })).toBe(
      '2026-11-21T09:00:00',
    )
  })

  test.each([
    ['2026-11-21', paris],
    ['2026-11-21T09:00:00', undefined],
    ['2026-02-29', undefined],
    ['2026-11-21T24:00:00', paris],
    ['2026-11-21T09:00:00', 'Mars/Olympus'],
    ['9999-12-31T23:00:00', 'America/New_York'],
    ['0001-01-01T00:00:00', 'Asia/Tokyo'],
    ['tomorrow', undefined],
  ])('%s in %s is refused', (local, timeZone) => {
    expect(() => dueOf(local, timeZone)).toThrow(RecurrenceError)
  })

  test('an instant that is none is refused', () => {
    expect(() => localOf({ dateTime: 'soon', timeZone: paris })).toThrow('Give an instant like')
  })
})

function series(given: Pick<Series, 'rule' | 'seriesStart'> & Partial<Series>): Series {
  return { basis: 'due', occurrence: given.seriesStart, occurrenceNumber: 1, ...given }
}
