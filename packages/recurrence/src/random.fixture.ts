import fc from 'fast-check'
import { addDays } from './local.ts'

/** Of this run; set SEED to repeat another. */
export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))

export const anyDay = fc.integer({ min: 0, max: 365 * 60 }).map((days) => addDays('1990-01-01', days))

export const anyTime = fc
  .integer({ min: 0, max: 96 - 1 })
  .map(
    (quarter) =>
      `T${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}:00`,
  )

const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU')
const some = <T>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { minLength: 1, maxLength: 3 }).map((items) => items.join())
const numberIn = (most: number) => fc.integer({ min: 1, max: most })
const signed = (most: number) =>
  fc.tuple(numberIn(most), fc.boolean()).map(([size, back]) => (back ? -size : size))
const numbered = fc.tuple(signed(4), weekday).map(([nth, day]) => `${nth}${day}`)

const shape = fc.oneof(
  fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY'),
  some(weekday).map((days) => `FREQ=WEEKLY;BYDAY=${days}`),
  fc.tuple(some(weekday), weekday).map(([days, start]) => `FREQ=WEEKLY;BYDAY=${days};WKST=${start}`),
  some(signed(31)).map((days) => `FREQ=MONTHLY;BYMONTHDAY=${days}`),
  some(numbered).map((days) => `FREQ=MONTHLY;BYDAY=${days}`),
  fc.tuple(some(weekday), signed(4)).map(([days, place]) => `FREQ=MONTHLY;BYDAY=${days};BYSETPOS=${place}`),
  fc
    .tuple(some(numberIn(12)), some(signed(28)))
    .map(([months, days]) => `FREQ=YEARLY;BYMONTH=${months};BYMONTHDAY=${days}`),
  fc
    .tuple(some(numberIn(12)), some(numbered))
    .map(([months, days]) => `FREQ=YEARLY;BYMONTH=${months};BYDAY=${days}`),
  some(signed(366)).map((days) => `FREQ=YEARLY;BYYEARDAY=${days}`),
  fc
    .tuple(some(signed(53)), some(weekday))
    .map(([weeks, days]) => `FREQ=YEARLY;BYWEEKNO=${weeks};BYDAY=${days}`),
)

/** A rule that occurs, in any shape that people and programs make. */
export const anyRule = fc.tuple(shape, numberIn(6)).map(([text, interval]) => `${text};INTERVAL=${interval}`)
