import { type Rule, type Weekday, type WeekdayNumber, readRule } from './rule.ts'

/**
 * A rule in a sentence's words, to stand behind a task's date: "every month on the 1st and the 15th", "every 3 days after
 * completion".
 *
 * @throws RecurrenceError where it is not a rule.
 */
export function describeRule(text: string, basis: 'due' | 'completion'): string {
  const rule = readRule(text)
  const sentence = [everyOf(rule), ...daysOf(rule), basis === 'completion' ? 'after completion' : ''].filter(
    Boolean,
  )
  return [sentence.join(' '), weekStartOf(rule), endOf(rule)].filter(Boolean).join(', ')
}

const units = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }
const dayNames: Record<Weekday, string> = {
  MO: 'Monday',
  TU: 'Tuesday',
  WE: 'Wednesday',
  TH: 'Thursday',
  FR: 'Friday',
  SA: 'Saturday',
  SU: 'Sunday',
}
const monthNames =
  'January February March April May June July August September October November December'.split(' ')

function everyOf(rule: Rule): string {
  if (isEveryWeekday(rule)) return 'every weekday'
  const unit = units[rule.freq]
  return rule.interval === 1 ? `every ${unit}` : `every ${rule.interval} ${unit}s`
}

function isEveryWeekday({ freq, interval, byDay, bySetPos }: Rule): boolean {
  return (freq === 'DAILY' || freq === 'WEEKLY') && interval === 1 && !bySetPos && isWorkdays(byDay)
}

function isWorkdays(byDay: WeekdayNumber[] | undefined): boolean {
  return byDay?.map(({ nth: place, weekday }) => `${place ?? ''}${weekday}`).join() === 'MO,TU,WE,TH,FR'
}

function daysOf(rule: Rule): string[] {
  const { freq, byMonth, byMonthDay, byYearDay, byWeekNo, byDay, bySetPos } = rule
  const months = byMonth && and(byMonth.map((month) => String(monthNames[month - 1])))
  const ofMonths = months ? ` of ${months}` : ''
  const ofYear = freq === 'YEARLY' && !months ? ' of the year' : ''

  const dates = [
    byMonthDay && `on ${and(byMonthDay.map((day) => theDay(day, '')))}${ofMonths}`,
    byYearDay && `on ${and(byYearDay.map((day) => theDay(day, ' day')))} of the year`,
    byWeekNo &&
      `in ${and(byWeekNo.map((week) => (week > 0 ? `week ${week}` : `the ${nth(week)} week of the year`)))}`,
  ].filter((part) => part !== undefined)

  const named = byDay && !isEveryWeekday(rule) ? weekdaysIn(byDay, rule, ofMonths || ofYear) : undefined
  const days = named === undefined ? [] : [limitsWeekdays(rule) ? `when it is ${named}` : `on ${named}`]
  const saidMonths = byMonthDay ?? byDay?.some((day) => day.nth !== undefined)
  const inMonths = months && !saidMonths ? [`in ${months}`] : []
  const chosen =
    bySetPos && !isOneOfWorkdays(rule)
      ? [`(only ${and(bySetPos.map((place) => `the ${nth(place)}`))} of these)`]
      : []
  return [...dates, ...days, ...inMonths, ...chosen]
}

/** "the last weekday", as BYSETPOS says it. */
function isOneOfWorkdays({ byDay, bySetPos, byMonthDay, byYearDay, byWeekNo }: Rule): boolean {
  return bySetPos !== undefined && isWorkdays(byDay) && !byMonthDay && !byYearDay && !byWeekNo
}

function weekdaysIn(byDay: WeekdayNumber[], rule: Rule, of: string): string {
  if (isOneOfWorkdays(rule)) return and((rule.bySetPos ?? []).map((place) => `the ${nth(place)} weekday`))
  const often = rule.freq === 'MONTHLY' || (rule.freq === 'YEARLY' && !rule.byWeekNo)
  const names = byDay.map(({ nth: place, weekday }) => {
    const name = dayNames[weekday]
    if (place !== undefined) return `the ${nth(place)} ${name}${of}`
    if (limitsWeekdays(rule)) return `a ${name}`
    return often ? `every ${name}` : name
  })
  return limitsWeekdays(rule) ? or(names) : and(names)
}

/** Whether weekdays take days away, instead of naming them (the table of RFC 5545, 3.3.10). */
function limitsWeekdays({ freq, byMonthDay, byYearDay }: Rule): boolean {
  return freq === 'DAILY' || byMonthDay !== undefined || byYearDay !== undefined
}

function weekStartOf({ freq, interval, byWeekNo, bySetPos, wkst }: Rule): string {
  const matters = byWeekNo !== undefined || (freq === 'WEEKLY' && (interval > 1 || bySetPos !== undefined))
  return wkst !== 'MO' && matters ? `weeks starting on ${dayNames[wkst]}` : ''
}

function endOf({ count, until }: Rule): string {
  if (count !== undefined) return count === 1 ? 'once' : `${count} times`
  if (until === undefined) return ''
  const day = `${Number(until.slice(6, 8))} ${monthNames[Number(until.slice(4, 6)) - 1]} ${Number(until.slice(0, 4))}`
  const time = until.length > 8 ? ` ${until.slice(9, 11)}:${until.slice(11, 13)}` : ''
  return `until ${day}${time}${until.endsWith('Z') ? ' UTC' : ''}`
}

/** "the 15th", "the last day". */
function theDay(place: number, day: string): string {
  return place > 0 ? `the ${ordinal(place)}${day}` : `the ${nth(place)} day`
}

/** "first", "20th", "last", "second to last". */
function nth(place: number): string {
  const words = ['', 'first', 'second', 'third', 'fourth', 'fifth']
  const size = Math.abs(place)
  const word = words[size] ?? ordinal(size)
  if (place > 0) return word
  return size === 1 ? 'last' : `${word} to last`
}

function ordinal(size: number): string {
  const teen = size % 100 >= 11 && size % 100 <= 13
  return `${size}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][size % 10] ?? 'th')}`
}

function and(words: string[]): string {
  return joined(words, 'and')
}

function or(words: string[]): string {
  return joined(words, 'or')
}

function joined(words: string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
