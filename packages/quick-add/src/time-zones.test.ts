import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseQuickAdd } from './languages.ts'
import { phrasesIn } from './phrases.fixture.ts'
import { zoneOf } from './zone.ts'

const due = (text: string, now: string, timeZone: string) =>
  parseQuickAdd(text, { now: new Date(now), timeZone, weekStart: 1 }).due

test('today is the day of the user, not of the machine or of UTC', () => {
  const now = '2026-11-18T23:30:00Z'
  expect(due('call mom today', now, 'America/Los_Angeles')).toEqual({ date: '2026-11-18' })
  expect(due('call mom today', now, 'Pacific/Kiritimati')).toEqual({ date: '2026-11-19' })
  expect(due('call mom tomorrow', now, 'Europe/Berlin')).toEqual({ date: '2026-11-20' })
})

test('a time that clocks skip is later by as much as they were put forward', () => {
  expect(due('call mom on 28 March at 02:30', '2027-03-20T12:00:00Z', 'Europe/Berlin')).toEqual({
    dateTime: '2027-03-28T03:30:00+02:00',
    timeZone: 'Europe/Berlin',
  })
})

test('a time that clocks show twice is the first of the two', () => {
  expect(due('call mom on 31 October at 02:30', '2027-10-20T12:00:00Z', 'Europe/Berlin')).toEqual({
    dateTime: '2027-10-31T02:30:00+02:00',
    timeZone: 'Europe/Berlin',
  })
})

test('nine stays nine across a change of clocks, and two hours stay two hours', () => {
  const now = '2027-03-27T23:30:00Z'
  expect(due('call mom tomorrow at 9', '2027-03-27T12:00:00Z', 'Europe/Berlin')).toMatchObject({
    dateTime: '2027-03-28T09:00:00+02:00',
  })
  expect(due('call mom in 2 hours', now, 'Europe/Berlin')).toMatchObject({
    dateTime: '2027-03-28T03:30:00+02:00',
  })
})

test('the first occurrence of a rule is on the day of the user', () => {
  expect(due('clean every thursday', '2026-11-18T23:30:00Z', 'Europe/Berlin')).toEqual({ date: '2026-11-19' })
  expect(due('clean every thursday at 00:15', '2026-11-18T23:30:00Z', 'Europe/Berlin')).toMatchObject({
    dateTime: '2026-11-26T00:15:00+01:00',
  })
})

// Apia had no 30 December 2011; Lord Howe moves by half an hour; Casablanca's winter is its exception; Monrovia was 44 minutes
// behind; Cairo and Santiago change at midnight.
test.each([
  ['Europe/Berlin', '2027-03-28', '2027-10-31'],
  ['America/New_York', '2027-03-14', '2027-11-07'],
  ['Australia/Lord_Howe', '2027-04-04', '2027-10-03'],
  ['Africa/Casablanca', '2027-02-07', '2027-03-14'],
  ['Africa/Cairo', '2027-04-30', '2027-10-28'],
  ['America/Santiago', '2027-04-03', '2027-09-04'],
  ['Pacific/Apia', '2011-12-29', '2011-12-30'],
  ['Asia/Kathmandu', '2027-01-01', '2027-07-01'],
  ['UTC', '2027-01-01', '2027-07-01'],
])(
  'in %s, instants are those of Temporal at every quarter of an hour around a change',
  (timeZone, ...dates) => {
    const zone = zoneOf(timeZone)
    for (const date of dates) {
      const start = Temporal.PlainDate.from(date).subtract({ days: 1 })
      for (let quarter = 0; quarter < 3 * 96; quarter++) {
        const plain = start.toPlainDateTime().add({ minutes: quarter * 15 })
        const day = Math.floor(Date.UTC(plain.year, plain.month - 1, plain.day) / 86_400_000)
        const expected = plain.toZonedDateTime(timeZone, { disambiguation: 'compatible' })
        const instant = zone.instantOf(day, plain.hour * 60 + plain.minute)
        expect(instant, plain.toString()).toBe(expected.epochMilliseconds)
        expect(zone.text(instant)).toBe(expected.toString({ timeZoneName: 'never', smallestUnit: 'second' }))
      }
    }
  },
)

// Minutes before New York puts its clocks forward, and while Berlin has the same hour twice.
test.each([
  ['America/New_York', '2027-03-14T06:59:00Z'],
  ['Europe/Berlin', '2027-10-31T00:30:00Z'],
])('a machine in %s reads the table as any other', (TZ, now) => {
  const table = phrasesIn(readFileSync(new URL('phrases.txt', import.meta.url), 'utf8'))
  const read = () => table.map(({ text, options }) => parseQuickAdd(text, { ...options, now: new Date(now) }))
  const elsewhere = inZone(TZ, () => ({ hour: new Date(now).getHours(), read: read() }))
  expect(elsewhere.hour, 'the zone of the machine').toBe(
    Temporal.Instant.from(now).toZonedDateTimeISO(TZ).hour,
  )
  expect(elsewhere.read).toEqual(inZone('Pacific/Kiritimati', read))
})

/** Node reads TZ anew when it is set; nothing waits in between, so no other test sees it. */
function inZone<Result>(TZ: string, run: () => Result): Result {
  const before = process.env.TZ
  process.env.TZ = TZ
  try {
    return run()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}

test('a time zone that does not exist is the caller’s mistake', () => {
  expect(() => due('call mom', '2026-11-18T09:00:00Z', 'Mars/Olympus')).toThrow(RangeError)
})
