import { dayCodes } from './rules.ts'

const names = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const units: Record<string, string> = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' }

type Saying = {
  basis: 'due' | 'completion'
  time: string | undefined
  /** Says an ISO date. */
  sayDay: (day: string) => string
  /** The end of a rule with times is an instant in UTC: the last day is the one it has here. */
  timeZone: string
}

/** A rule of ours in English. */
export function sayRule(rule: string, { basis, time, sayDay, timeZone }: Saying): string {
  const part = Object.fromEntries(rule.split(';').map((one) => one.split('=') as [string, string]))
  const { FREQ = '', INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, COUNT, UNTIL } = part
  const unit = units[FREQ] ?? ''
  const every = INTERVAL ? `every ${INTERVAL} ${unit}s` : `every ${unit}`
  return [
    weekdaysOnly(FREQ, INTERVAL, BYDAY) ?? every,
    ...(BYDAY && !weekdaysOnly(FREQ, INTERVAL, BYDAY) ? [`on ${sayDays(BYDAY)}`] : []),
    ...(BYMONTHDAY ? [`on ${sayDate(BYMONTHDAY, BYMONTH)}`] : []),
    ...(basis === 'completion' ? ['after completion'] : []),
    ...(time ? [`at ${time}`] : []),
    ...(COUNT ? [COUNT === '1' ? 'once' : `${COUNT} times`] : []),
    ...(UNTIL ? [`until ${sayDay(lastDay(UNTIL, timeZone))}`] : []),
  ].join(' ')
}

/** Weeks with their days are said by the days: "every Monday and Thursday". */
function weekdaysOnly(frequency: string, interval: string | undefined, days: string | undefined) {
  if (frequency !== 'WEEKLY' || !days || interval) return undefined
  if (days === 'MO,TU,WE,TH,FR') return 'every weekday'
  return days === 'SA,SU' ? 'every weekend' : `every ${sayDays(days)}`
}

function sayDays(days: string): string {
  return list(
    days.split(',').map((one) => {
      const name = names[dayCodes.findIndex((code) => one.endsWith(code))] ?? ''
      const nth = Number(one.slice(0, -2))
      if (!nth) return name
      return nth === -1 ? `the last ${name}` : `the ${ordinal(nth)} ${name}`
    }),
  )
}

function sayDate(date: string, month: string | undefined): string {
  if (month) return `${date} ${months[Number(month) - 1] ?? ''}`
  return date === '-1' ? 'the last day' : `the ${ordinal(Number(date))}`
}

function ordinal(value: number): string {
  const suffix = { one: 'st', two: 'nd', few: 'rd' } as Record<string, string>
  return `${value}${suffix[new Intl.PluralRules('en', { type: 'ordinal' }).select(value)] ?? 'th'}`
}

function list(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

function lastDay(until: string, timeZone: string): string {
  const day = until.replace(/^(\d{4})(\d\d)(\d\d).*/, '$1-$2-$3')
  if (until.length === 8) return day
  const instant = new Date(`${day}T${until.slice(9, 11)}:${until.slice(11, 13)}:${until.slice(13, 15)}Z`)
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  const part = Object.fromEntries(parts.formatToParts(instant).map(({ type, value }) => [type, value]))
  return `${part.year}-${part.month}-${part.day}`
}
