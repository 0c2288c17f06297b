import { describe, expect, test } from 'vitest'
import {
  addDays,
  dayIn,
  dayOf,
  instantOf,
  isOver,
  nextWeek,
  sayDay,
  sayDue,
  wallClock,
  weekday,
} from './dates.ts'

const now = new Date('2026-11-21T23:30:00Z')

test('what day it is depends on where', () => {
  expect(dayIn('UTC', now)).toBe('2026-11-21')
  expect(dayIn('Europe/Paris', now)).toBe('2026-11-22')
  expect(dayIn('Pacific/Kiritimati', now)).toBe('2026-11-22')
  expect(dayIn('America/Los_Angeles', now)).toBe('2026-11-21')
})

test('a day is never shifted by a time zone', () => {
  for (const timeZone of ['Pacific/Kiritimati', 'Pacific/Niue', 'Africa/Cairo', 'UTC']) {
    expect(dayOf({ date: '2026-11-22' }, timeZone)).toBe('2026-11-22')
    const words = sayDue({ date: '2027-01-05' }, { now, timeZone }, 'en-GB')
    expect(words).toBe('5 Jan 2027')
  }
})

test('days are counted over months, leap days and changes of the clocks', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30')
  expect(weekday('2026-11-21')).toBe(6)
  expect(weekday('2026-11-22')).toBe(7)
})

test('next week begins on the day the user chose, and never today', () => {
  expect(nextWeek('2026-11-21', 1)).toBe('2026-11-23')
  expect(nextWeek('2026-11-21', 7)).toBe('2026-11-22')
  expect(nextWeek('2026-11-23', 1)).toBe('2026-11-30')
})

describe('a time on the wall', () => {
  test('is an instant in its zone', () => {
    expect(instantOf('2026-11-22', '09:00', 'Europe/Paris')).toBe('2026-11-22T08:00:00.000Z')
    expect(instantOf('2026-07-01', '09:00', 'Europe/Paris')).toBe('2026-07-01T07:00:00.000Z')
    expect(instantOf('2026-11-22', '09:00', 'Asia/Kathmandu')).toBe('2026-11-22T03:15:00.000Z')
  })

  test('comes back as it was entered, all year round', () => {
    for (const timeZone of ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
      for (let day = '2026-01-01'; day < '2027-01-01'; day = addDays(day, 1)) {
        expect(wallClock(instantOf(day, '12:34', timeZone), timeZone)).toEqual({ date: day, time: '12:34' })
      }
    }
  })

  test('that the clocks skip moves forward; one that comes twice is the first', () => {
    expect(wallClock(instantOf('2026-03-29', '02:30', 'Europe/Paris'), 'Europe/Paris').time).toBe('03:30')
    expect(instantOf('2026-10-25', '02:30', 'Europe/Paris')).toBe('2026-10-25T00:30:00.000Z')
  })
})

test('a day is over when the next begins, an instant at once', () => {
  const clock = { now, timeZone: 'Europe/Paris' }
  expect(isOver({ date: '2026-11-22' }, clock)).toBe(false)
  expect(isOver({ date: '2026-11-21' }, clock)).toBe(true)
  expect(isOver({ dateTime: '2026-11-21T23:29:59Z', timeZone: 'UTC' }, clock)).toBe(true)
  expect(isOver({ dateTime: '2026-11-21T23:30:01Z', timeZone: 'UTC' }, clock)).toBe(false)
})

test('days are said as people say them', () => {
  const say = (day: string) => sayDay(day, '2026-11-21', 'en-GB')
  expect(
    ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-25', '2026-11-28', '2027-11-21'].map(say),
  ).toEqual(['Yesterday', 'Today', 'Tomorrow', 'Wednesday', '28 Nov', '21 Nov 2027'])
})

test("a moment is said in its own zone, which is named where it is not the user's", () => {
  const due = { dateTime: '2026-11-23T08:00:00Z', timeZone: 'Europe/Paris' }
  expect(sayDue(due, { now, timeZone: 'Europe/Paris' }, 'en-GB')).toBe('Tomorrow, 9:00')
  expect(sayDue(due, { now, timeZone: 'America/New_York' }, 'en-GB')).toBe('Tomorrow, 9:00 Paris')
})
