import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import {
  type Disagreement,
  engineDiffers,
  icalDiffers,
  icalDoesNotEnd,
  rruleDiffers,
} from './disagreements.fixture.ts'
import { RecurrenceError } from './error.ts'
import { engineSays, icalSays, rruleSays } from './oracles.fixture.ts'
import { anyDay, anyRule, seed } from './random.fixture.ts'
import { rfcExamples, rfcExamplesWithinDays, rules } from './rules.fixture.ts'
import { firstOccurrence, nextOccurrence, occurrencesBetween, parseRule } from './series.ts'

const most = 6
// After 28 years each date has been each weekday.
const years = 30

const series = seriesOf(rules, ['2024-02-29', '2027-01-31'])
const ours = new Map(series.map(({ rule, start, end }) => [`${rule} ${start}`, datesOf(rule, start, end)]))
const distinct = new Set(series.map(({ rule }) => rule))
const rruleDiffering = differing(rruleSays)
const icalDiffering = differing(icalSays, icalDoesNotEnd)

describe('the examples of RFC 5545', () => {
  // All of them are at nine in New York, where the UTC of their UNTIL is another day.
  test.each(rfcExamples)('$rule from $start', ({ rule, start, dates, ends }) => {
    const expected = dates.split(' ')
    const limit = ends ? expected.length + 1 : expected.length
    const seriesStart = `${start}T09:00:00`
    const found = occurrencesBetween(
      { rule: parseRule(rule, 'time'), seriesStart, timeZone: 'America/New_York' },
      { from: start, limit },
    )

    expect(found.map((local) => `${local.slice(5, 7)}${local.slice(8, 10)}`)).toEqual(expected)
    expect(found).toEqual(found.toSorted())
    expect(found.every((local) => local.endsWith('T09:00:00'))).toBe(true)
  })

  test.each(rfcExamplesWithinDays)('%s is refused with advice', (rule) => {
    expect(() => parseRule(rule, 'time')).toThrow(RecurrenceError)
    expect(() => parseRule(rule, 'time')).toThrow(/FREQ must be|Leave BY(HOUR|MINUTE) out/)
  })
})

describe('other implementations', () => {
  test('there are enough rules, and each has dates', () => {
    expect(distinct.size).toBeGreaterThanOrEqual(300)
    for (const [key, dates] of ours) expect(dates.length, key).toBeGreaterThan(0)
  })

  test(`rrule agrees on all but ${rruleDiffering.size} of ${distinct.size} rules, and the table explains those`, () => {
    expect(unexplained(rruleDiffering, rruleDiffers)).toEqual([])
    expect(withoutRule(rruleDiffering, rruleDiffers)).toEqual([])
  })

  test(`ical.js agrees on all but ${icalDiffering.size} of ${distinct.size} rules, and the table explains those`, () => {
    expect(unexplained(icalDiffering, icalDiffers)).toEqual([])
    expect(withoutRule(icalDiffering, icalDiffers)).toEqual([])
  })

  test('rrule-temporal by itself differs where the table says', () => {
    // It gives up on a day as rare as this one; in our form of the rule it is found.
    const engineDiffering = differing(engineSays, /DAILY.*BYMONTH=2;BYMONTHDAY=29/)
    expect(unexplained(engineDiffering, engineDiffers)).toEqual([])
    expect(withoutRule(engineDiffering, engineDiffers)).toEqual([])
  })

  test(`rrule agrees on random rules too (seed ${seed})`, () => {
    const asked = anyRule.filter((rule) => !/BYWEEKNO|WEEKLY.*BYSETPOS/.test(rule))
    fc.assert(
      fc.property(asked, anyDay, (text, day) => {
        const rule = parseRule(text, 'day')
        const start = firstOccurrence(rule, day)
        if (start === undefined) return
        const end = `${Number(start.slice(0, 4)) + years}${start.slice(4)}`
        expect(datesOf(rule, start, end)).toEqual(rruleSays(rule, start, most, end))
      }),
      { seed, numRuns: 150 },
    )
  })

  test('no rule stands on our word alone', () => {
    const alone = [...rruleDiffering].filter((rule) => icalDiffering.has(rule) || icalDoesNotEnd.test(rule))
    // On weeks Temporal has the word, below; for the last of them, the whole week that WKST begins.
    expect(alone.filter((rule) => !/BYWEEKNO|WEEKLY.*BYDAY=SA,SU;BYSETPOS=2/.test(rule))).toEqual([])
  })
})

describe('weeks are those that Temporal counts by ISO 8601', () => {
  const weekdays = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
  const days = Array.from({ length: 42 * 366 }, (_, index) => {
    const day = Temporal.PlainDate.from('2026-01-01').add({ days: index })
    const week = day.weekOfYear ?? 0
    const weeks = Temporal.PlainDate.from({ year: day.yearOfWeek ?? 0, month: 12, day: 28 }).weekOfYear ?? 0
    return {
      text: day.toString(),
      year: day.yearOfWeek ?? 0,
      week,
      last: week === weeks,
      weekday: weekdays[day.dayOfWeek - 1],
    }
  })

  test.each([1, 10, 52, 53, -1])('week %i', (week) => {
    for (const interval of [1, 2, 3]) {
      for (const weekday of ['MO', 'TH', 'SU']) {
        const named = days.filter(
          (day) => day.weekday === weekday && (week === -1 ? day.last : day.week === week),
        )
        const start = named[0]
        const expected = named
          .filter(({ year }) => (year - (start?.year ?? 0)) % interval === 0)
          .map(({ text }) => text)
        const seriesStart = String(start?.text)
        const limits = { from: '2026-01-01', before: '2066-06-01', limit: 100 }
        const wanted = expected.filter((day) => day < limits.before)
        expect(wanted.length).toBeGreaterThan(2)

        const text = `FREQ=YEARLY;INTERVAL=${interval};BYWEEKNO=${week}`
        expect(occurrencesBetween({ rule: `${text};BYDAY=${weekday}`, seriesStart }, limits)).toEqual(wanted)
        // The weekday of the first date, where the rule names none.
        expect(occurrencesBetween({ rule: text, seriesStart }, limits)).toEqual(wanted)
      }
    }
  })
})

test('the next occurrence walks the same dates', () => {
  const steps = series.flatMap(({ rule, start }) => {
    const dates = ours.get(`${rule} ${start}`) ?? []
    return dates.slice(0, 3).flatMap((occurrence, index) => {
      const current = {
        rule,
        basis: 'due' as const,
        seriesStart: start,
        occurrence,
        occurrenceNumber: index + 1,
      }
      const following = dates[index + 1]
      return following
        ? [[nextOccurrence(current), { occurrence: following, occurrenceNumber: index + 2 }]]
        : []
    })
  })

  expect(steps.length).toBeGreaterThan(series.length)
  expect(steps.map(([next]) => next)).toEqual(steps.map(([, following]) => following))
})

/** The rules that we take, in our way of writing, each from its first date at or after these. */
function seriesOf(texts: string[], from: string[]) {
  const taken = texts.flatMap((text) => {
    try {
      return [parseRule(text, 'day')]
    } catch (error) {
      if (error instanceof RecurrenceError) return []
      throw error
    }
  })
  return [...new Set(taken)].flatMap((rule) =>
    from.flatMap((day) => {
      const start = firstOccurrence(rule, day)
      return start ? [{ rule, start, end: `${Number(start.slice(0, 4)) + years}${start.slice(4)}` }] : []
    }),
  )
}

function datesOf(rule: string, seriesStart: string, end: string) {
  return occurrencesBetween({ rule, seriesStart }, { from: seriesStart, limit: most }).filter(
    (day) => day <= end,
  )
}

function differing(oracle: typeof rruleSays, notAsked?: RegExp): Set<string> {
  const asked = series.filter(({ rule }) => !notAsked?.test(rule))
  const different = asked.filter(({ rule, start, end }) => {
    const expected = ours.get(`${rule} ${start}`)
    try {
      return String(oracle(rule, start, most, end)) !== String(expected)
    } catch {
      return true
    }
  })
  return new Set(different.map(({ rule }) => rule))
}

/** The table explains each rule that differs. */
function unexplained(different: Set<string>, table: Disagreement[]): string[] {
  return [...different].filter((rule) => !table.some(({ rules: named }) => named.test(rule)))
}

/** The lines of the table that explain nothing any more. */
function withoutRule(different: Set<string>, table: Disagreement[]): string[] {
  const unused = table.filter(({ rules: named }) => ![...different].some((rule) => named.test(rule)))
  return unused.map(({ does }) => does)
}
