import type { Due } from './task.ts'

/** When and where the user is: what "today" depends on. */
export interface Clock {
  now: Date
  timeZone: string
}

/** The calendar day that it is at an instant in a time zone. */
export function dayIn(timeZone: string, at: Date): string {
  return wallClock(at.toISOString(), timeZone).date
}

/** Days are counted in UTC, where every day has 24 hours; no time zone can shift them there. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)
}

/** ISO 8601: 1 is Monday, 7 is Sunday. */
export function weekday(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

/** The first day of the week after this one. */
export function nextWeek(today: string, weekStart: number): string {
  return addDays(today, (weekStart - weekday(today) + 7) % 7 || 7)
}

/** What a clock and a calendar on the wall show at an instant. */
export function wallClock(dateTime: string, timeZone: string): { date: string; time: string } {
  const found: Record<string, string> = {}
  for (const { type, value } of clockFormat(timeZone).formatToParts(new Date(dateTime))) found[type] = value
  const pad = (name: string, digits: number) => (found[name] ?? '').padStart(digits, '0')
  return {
    date: `${pad('year', 4)}-${pad('month', 2)}-${pad('day', 2)}`,
    time: `${pad('hour', 2)}:${pad('minute', 2)}`,
  }
}

/**
 * The instant at which a wall shows this day and time. Where the clocks are put forward over it, the time
 * is taken as it would have been before; where it comes twice, the first.
 */
export function instantOf(date: string, time: string, timeZone: string): string {
  const local = Date.parse(`${date}T${time}:00Z`)
  // The offset may differ between the day before and the day after; the answer uses one of the two.
  const before = local - offsetAt(timeZone, local - 86_400_000)
  const after = local - offsetAt(timeZone, local + 86_400_000)
  const exact = [before, after].filter((guess) => guess + offsetAt(timeZone, guess) === local)
  return new Date(exact.length > 0 ? Math.min(...exact) : before).toISOString()
}

/** The user's day on which something falls: a day is that day everywhere, an instant depends on the zone. */
export function dayOf(due: Due, timeZone: string): string {
  return 'date' in due ? due.date : wallClock(due.dateTime, timeZone).date
}

/** A day is over when the next one begins; an instant is over at once. */
export function isOver(due: Due, { now, timeZone }: Clock): boolean {
  return 'date' in due ? due.date < dayIn(timeZone, now) : Date.parse(due.dateTime) < now.getTime()
}

/** A day the way people say it: Today, Tomorrow, Wednesday, 3 Dec, 3 Dec 2027. */
export function sayDay(day: string, today: string, locale?: string): string {
  const distance = daysBetween(today, day)
  if (distance === 0) return 'Today'
  if (distance === 1) return 'Tomorrow'
  if (distance === -1) return 'Yesterday'
  if (distance > 1 && distance < 7) return formatDay(day, { weekday: 'long' }, locale)
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const)
  return formatDay(day, { day: 'numeric', month: 'short', ...year }, locale)
}

/** Saturday, 21 November. */
export function sayFullDay(day: string, locale?: string): string {
  return formatDay(day, { weekday: 'long', day: 'numeric', month: 'long' }, locale)
}

/** A due day or moment; the zone is named where it is not the user's own. */
export function sayDue(due: Due, { now, timeZone }: Clock, locale?: string): string {
  const today = dayIn(timeZone, now)
  if ('date' in due) return sayDay(due.date, today, locale)
  const { date } = wallClock(due.dateTime, due.timeZone)
  const day = sayDay(date, dayIn(due.timeZone, now), locale)
  return `${day}, ${sayTime(due, { now, timeZone }, locale)}`
}

/** The time of a moment; nothing for a day. */
export function sayTime(due: Due, { timeZone }: Clock, locale?: string): string {
  if ('date' in due) return ''
  const zone = due.timeZone
  const time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: zone })
  const words = time.format(new Date(due.dateTime))
  return zone === timeZone ? words : `${words} ${cityOf(zone)}`
}

/** Europe/Paris is Paris to people. */
export function cityOf(timeZone: string): string {
  return (timeZone.split('/').at(-1) ?? timeZone).replaceAll('_', ' ')
}

function formatDay(day: string, options: Intl.DateTimeFormatOptions, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

function offsetAt(timeZone: string, time: number): number {
  const { date, time: clock } = wallClock(new Date(time).toISOString(), timeZone)
  // Whole minutes only: the remainder belongs to the instant, not to the offset.
  return Date.parse(`${date}T${clock}:00Z`) - Math.floor(time / 60_000) * 60_000
}

const clockFormats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs more than using it a thousand times. */
function clockFormat(timeZone: string): Intl.DateTimeFormat {
  let format = clockFormats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    clockFormats.set(timeZone, format)
  }
  return format
}
