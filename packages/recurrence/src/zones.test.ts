import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { afterAll, describe, expect, test } from 'vitest'
import { dueOf, localOf } from './due.ts'
import { addDays } from './local.ts'
import { anyDay, anyRule, anyTime, seed } from './random.fixture.ts'
import { type Series, nextOccurrence, occurrencesBetween } from './series.ts'

const zones = Intl.supportedValuesOf('timeZone')
const zone = fc.constantFrom(...zones)
const userZone = process.env['TZ']

afterAll(() => travelTo(userZone))

describe(`in all ${zones.length} time zones (seed ${seed})`, () => {
  test('nine o’clock stays nine o’clock over the last two changes of the clocks', () => {
    let changes = 0
    for (const timeZone of zones) {
      for (const change of changesOf(timeZone)) {
        changes += 1
        expectDaily(timeZone, `${addDays(change.slice(0, 10), -2)}T09:00:00`, 4)
      }
    }
    expect(changes).toBeGreaterThan(zones.length)
  })

  test('a time that clocks skip or repeat is the same each day but that one', () => {
    let skipped = 0
    for (const timeZone of zones) {
      for (const change of changesOf(timeZone)) {
        for (const minutes of [-15, 15]) {
          const time = Temporal.PlainDateTime.from(change)
            .add({ minutes })
            .toString({ smallestUnit: 'second' })
          skipped += expectDaily(timeZone, `${addDays(time.slice(0, 10), -1)}${time.slice(10)}`, 3)
        }
      }
    }
    expect(skipped).toBeGreaterThan(100)
  })

  test('a day is the same day wherever its owner is', () => {
    const series = { rule: 'FREQ=MONTHLY;BYMONTHDAY=1,-1', seriesStart: '2026-01-31' }
    const limits = { from: '2026-01-31', limit: 8 }
    const days = occurrencesBetween(series, limits)
    const offsets = new Set<number>()
    for (const timeZone of zones) {
      travelTo(timeZone)
      offsets.add(new Date(2026, 0, 31).getTimezoneOffset())
      expect(occurrencesBetween(series, limits), timeZone).toEqual(days)
      expect(dueOf('2026-03-29')).toEqual({ date: '2026-03-29' })
      expect(localOf({ date: '2026-03-29' })).toBe('2026-03-29')
    }
    // The test means nothing unless the process has travelled.
    expect(offsets.size).toBeGreaterThan(20)
  })

  test('any rule, any zone, completed anywhere: the dates stand, and follow each other', () => {
    fc.assert(
      fc.property(
        anyRule,
        anyDay,
        anyTime,
        zone,
        zone,
        fc.nat(400),
        (rule, day, time, timeZone, elsewhere, late) => {
          travelTo(elsewhere)
          const limits = { from: '0001-01-01', limit: 6 }
          const days = occurrencesBetween({ rule, seriesStart: day }, limits)
          const times = occurrencesBetween({ rule, seriesStart: `${day}${time}`, timeZone }, limits)
          expect(times).toEqual(days.map((date) => `${date}${time}`))
          expectWalk({ rule, basis: 'due', seriesStart: day }, days, late)
          expectWalk({ rule, basis: 'due', seriesStart: `${day}${time}`, timeZone }, times, late)

          const instants = times.map((local) => expectOnTheWall(local, timeZone))
          for (const [index, instant] of instants.entries()) {
            const before = instants[index - 1]
            // A zone that left a whole day out has two dates on one instant.
            if (before) expect(instant > before || isLeftOut(String(times[index - 1]), timeZone)).toBe(true)
          }
        },
      ),
      { seed, numRuns: 200 },
    )
  })

  test('COUNT gives so many, UNTIL ends on time', () => {
    fc.assert(
      fc.property(anyRule, anyDay, fc.integer({ min: 1, max: 12 }), fc.nat(10), (rule, day, count, late) => {
        const endless = occurrencesBetween({ rule, seriesStart: day }, { from: day, limit: count + 1 })
        const counted = `${rule};COUNT=${count}`
        expectWalk({ rule: counted, basis: 'due', seriesStart: day }, endless.slice(0, count), late, true)

        const last = endless.slice(0, count).at(-1) ?? day
        const until = `${rule};UNTIL=${last.replaceAll('-', '')}`
        expectWalk({ rule: until, basis: 'due', seriesStart: day }, endless.slice(0, count), late, true)
        expect(
          occurrencesBetween({ rule: counted, seriesStart: day }, { from: day, limit: 100 }),
        ).toHaveLength(Math.min(count, endless.length))
      }),
      { seed, numRuns: 150 },
    )
  })

  test('UNTIL in UTC ends with the instant, whatever the clocks show', () => {
    fc.assert(
      fc.property(zone, anyDay, anyTime, fc.integer({ min: 1, max: 5 }), (timeZone, day, time, count) => {
        const seriesStart = `${day}${time}`
        const all = occurrencesBetween({ rule: 'FREQ=DAILY', seriesStart, timeZone }, { from: day, limit: 6 })
        const due = all.map((local) => expectOnTheWall(local, timeZone))
        const last = String(due[count - 1])
        const rule = `FREQ=DAILY;UNTIL=${last.replaceAll(/[-:]/g, '')}`
        const ended = all.filter((_, index) => String(due[index]) <= last)
        expect(occurrencesBetween({ rule, seriesStart, timeZone }, { from: day, limit: 6 })).toEqual(ended)
      }),
      { seed, numRuns: 150 },
    )
  })

  test('on completion, so many days after is that, early or late', () => {
    fc.assert(
      fc.property(
        anyDay,
        anyTime,
        zone,
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: -60, max: 60 }),
        (...given) => {
          const [day, time, timeZone, interval, late] = given
          const local = `${day}${time}`
          const rule = `FREQ=DAILY;INTERVAL=${interval}`
          const series: Series = {
            rule,
            basis: 'completion',
            seriesStart: local,
            occurrence: local,
            occurrenceNumber: 7,
            timeZone,
          }
          const completed = addDays(day, late)
          const occurrence = `${addDays(completed, interval)}${time}`
          expect(nextOccurrence(series, completed)).toEqual({ occurrence, occurrenceNumber: 8 })
        },
      ),
      { seed, numRuns: 150 },
    )
  })
})

/** Walks from one occurrence to the next, completed so many days too late, and finds the given dates. */
function expectWalk(
  series: Omit<Series, 'occurrence' | 'occurrenceNumber'>,
  dates: string[],
  late: number,
  toTheEnd = false,
) {
  let current: Pick<Series, 'occurrence' | 'occurrenceNumber'> | undefined = {
    occurrence: series.seriesStart,
    occurrenceNumber: 1,
  }
  for (const [index, occurrence] of dates.entries()) {
    expect(current).toEqual({ occurrence, occurrenceNumber: index + 1 })
    if (!current) return
    const next = nextOccurrence({ ...series, ...current }, addDays(current.occurrence.slice(0, 10), late - 5))
    if (next) expect(next.occurrence > occurrence).toBe(true)
    current = next
  }
  if (toTheEnd) expect(current).toBeUndefined()
}

/** So many days at one time, each where the clocks of the zone show it. Gives on how many of them they skip it. */
function expectDaily(timeZone: string, seriesStart: string, limit: number): number {
  const rule = 'FREQ=DAILY'
  const dates = occurrencesBetween({ rule, seriesStart, timeZone }, { from: seriesStart, limit })
  const days = Array.from(
    { length: limit },
    (_, index) => `${addDays(seriesStart.slice(0, 10), index)}${seriesStart.slice(10)}`,
  )
  expect(dates).toEqual(days)
  return dates.filter((local) => shownAt(expectOnTheWall(local, timeZone), timeZone) !== local).length
}

/** What is due at a local date, once it is certain that the clocks show that date then, or skip it and are as far behind. */
function expectOnTheWall(local: string, timeZone: string): string {
  const due = dueOf(local, timeZone)
  const instant = 'dateTime' in due ? due.dateTime : ''
  const shown = shownAt(instant, timeZone)
  if (localOf(due) !== shown) expect.fail(`${localOf(due)} is not what clocks show in ${timeZone}: ${shown}`)
  const before = (hours: number) => new Date(Date.parse(instant) - hours * 3_600_000).toISOString()
  if (shown === local) {
    // The first of two: half an hour and an hour earlier the clocks have not shown it yet.
    if ([0.5, 1].some((hours) => shownAt(before(hours), timeZone) >= local))
      expect.fail(`${local} comes earlier in ${timeZone}`)
  } else {
    // A gap: a clock that was never moved forward would show it at this instant.
    const offset = Date.parse(`${shownAt(before(25), timeZone)}Z`) - Date.parse(before(25))
    if (Date.parse(`${local}Z`) - Date.parse(instant) !== offset)
      expect.fail(`${local} is not ${instant} in ${timeZone}`)
  }
  return instant
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** Calendar and clock on the wall, as Intl shows them: another way than the one under test. */
function shownAt(instant: string, timeZone: string): string {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' })
  clocks.set(timeZone, clock)
  return clock.format(new Date(instant)).replace(' ', 'T')
}

function isLeftOut(local: string, timeZone: string): boolean {
  const due = dueOf(local, timeZone)
  return localOf(due).slice(0, 10) !== local.slice(0, 10)
}

/** The last two times that the clocks of a zone were changed, as they stood before. */
function changesOf(timeZone: string): string[] {
  const found: string[] = []
  let at: Temporal.ZonedDateTime | null =
    Temporal.Instant.from('2027-01-01T00:00:00Z').toZonedDateTimeISO(timeZone)
  while (found.length < 2 && (at = at.getTimeZoneTransition('previous')) && at.year >= 1970) {
    const before: string = shownAt(new Date(at.epochMilliseconds - 1_000).toISOString(), timeZone)
    found.push(Temporal.PlainDateTime.from(before).add({ seconds: 1 }).toString({ smallestUnit: 'second' }))
  }
  return found
}

function travelTo(timeZone: string | undefined) {
  if (timeZone === undefined) delete process.env['TZ']
  else process.env['TZ'] = timeZone
}
