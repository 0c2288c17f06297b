import { expect, test } from 'vitest'
import { dateValues, isoTimestamp, textValues } from './values.ts'

test.each([
  ['2026-11-21 09:30:00+00', '2026-11-21T09:30:00Z'],
  ['2026-11-21 09:30:00.123456+00', '2026-11-21T09:30:00.123456Z'],
  ['2026-11-21 10:30:00.123456+01', '2026-11-21T09:30:00.123456Z'],
  ['2026-11-21 00:00:00.5+05:45', '2026-11-20T18:15:00.5Z'],
  ['2026-11-20 23:30:00-10', '2026-11-21T09:30:00Z'],
  ['9999-12-31 23:59:59.999999+00', '9999-12-31T23:59:59.999999Z'],
  ['infinity', 'infinity'],
  ['-infinity', '-infinity'],
])('the timestamp %s is %s, with every microsecond', (text, iso) => {
  expect(isoTimestamp(text)).toBe(iso)
})

test('what is no timestamp is an error and not a wrong time', () => {
  expect(() => isoTimestamp('0044-03-15 12:00:00+00 BC')).toThrow('not a timestamp that Ownlist can read')
})

test('bigint is a number as long as JavaScript can hold it, and a date stays text', () => {
  const bigint = textValues.getTypeParser(20)
  expect(bigint('9007199254740991')).toBe(9007199254740991)
  expect(() => bigint('9007199254740992')).toThrow("beyond JavaScript's safe range")
  expect(textValues.getTypeParser(1082)('2026-11-21')).toBe('2026-11-21')
  expect(dateValues.getTypeParser(1184)('2026-11-21 09:30:00+00')).toEqual(new Date('2026-11-21T09:30:00Z'))
})
