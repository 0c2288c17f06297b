import { expect, test } from 'vitest'
import { parseQuickAdd } from './languages.ts'
import { sayPiece } from './say.ts'

const options = {
  now: new Date('2026-11-18T09:00:00Z'),
  timeZone: 'Europe/Berlin',
  weekStart: 1 as const,
  locale: 'en',
}
const said = (text: string, locale = 'en') =>
  parseQuickAdd(text, { ...options, locale }).pieces.map((piece) => sayPiece(piece, { ...options, locale }))

test.each([
  [
    'pay rent every month on the 1st at 9 #home !high @finance',
    'every month on the 1st',
    '1 Dec, 09:00',
    '#home',
    'high priority',
    '@finance',
  ],
  ['call mom tomorrow at 17:00', '19 Nov, 17:00'],
  ['call mom tomorrow', '19 Nov'],
  ['dentist on 3 March', '3 Mar 2027'],
  ['dentist on 3 March at 9', '3 Mar 2027, 09:00'],
  ['file taxes #"two words"', '#two words'],
  ['stretch every day', 'every day'],
  ['stretch every morning at 8', 'every day', '19 Nov, 08:00'],
  ['stretch every morning', 'every day at 09:00'],
  ['stretch every other day', 'every 2 days'],
  ['water every! 3 days', 'every 3 days after completion'],
  ['standup every weekday', 'every weekday'],
  ['hike every weekend', 'every weekend'],
  ['clean every mon, wed and fri', 'every Monday, Wednesday and Friday'],
  ['clean every 2 weeks on friday', 'every 2 weeks on Friday'],
  ['backup every 2nd friday of the month', 'every month on the 2nd Friday'],
  ['backup every last friday of the month', 'every month on the last Friday'],
  ['pay rent every month on the last day', 'every month on the last day'],
  ['pay rent every month on the 22nd', 'every month on the 22nd'],
  ['pay rent every month on the 13th', 'every month on the 13th'],
  ['birthday every year on 3 March', 'every year on 3 March'],
  ['stretch every day 5 times', 'every day 5 times'],
  ['stretch every day until 1 December', 'every day until 1 Dec'],
  ['stretch every day at 8 until 1 December', 'every day at 08:00 until 1 Dec'],
])('"%s" is said as it was understood', (text, ...expected) => {
  expect(said(text)).toEqual(expected)
})

test("dates are said in the user's language", () => {
  expect(said('Zahnarzt am 1. Dezember', 'de')).toEqual(['1. Dez.'])
  expect(said('dentiste le 1er décembre', 'fr')).toEqual(['1 déc.'])
})
