import type { Weekday } from './calendar.ts'

export const weekday =
  'mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|mon|tues|tue|wed|thurs|thur|thu|fri|sat|sun'

export const month =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec'

export const number = '\\d{1,3}|an?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve'

export const ordinalDay = '\\d{1,2}(?:st|nd|rd|th)'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const numbers = [
  'a',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
]

export const weekdayNamed = (text: string) => (weekdays.indexOf(text.slice(0, 3)) + 1) as Weekday

export const monthNamed = (text: string) => months.indexOf(text.slice(0, 3)) + 1

export function numberSaid(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  return text === 'an' ? 1 : numbers.indexOf(text) + 1
}

/** The number of an ordinal whose letters fit it: "3rd", not "3th". */
export function ordinalNumber(text: string): number | undefined {
  const value = Number.parseInt(text, 10)
  const teen = value % 100 >= 11 && value % 100 <= 13
  const letters = (!teen && { 1: 'st', 2: 'nd', 3: 'rd' }[value % 10]) || 'th'
  return text === `${value}${letters}` ? value : undefined
}

const set = (words: string) => new Set(words.split(' '))

export const notAfter = set(
  'a an the of for from to than since until till before after between through past last previous every each and or ' +
    "not is was it's its this that my your our his her their no - – — / & + vs x version chapter episode season room " +
    'gate page part level flight route highway world black good blue ash palm easter super bloody manic casual freaky ' +
    'cyber ruby girl man happy stormy watch read see play hear listen watching reading about around almost nearly ' +
    'plan planning prepare discuss love hate based depends depending focus like around circa version plus minus except 1st 2nd 3rd 4th 5th first second third fourth fifth other but unless when if while because sometime late early mid dated taco giving tgif',
)

export const notBefore = set('or - – — / & + of except but vs never is was are')

export const closers = set(
  'with about for at in on by via near re regarding because if when using before after starting until every to !',
)

export const neverAfter = set(
  'from between not based depends depending focus than or until since look looking laugh stare aim point',
)

export const capitals = new RegExp(`^(?:${weekday}|${month}|am|pm|[\\d].*|i)$`)
