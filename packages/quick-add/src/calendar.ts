/** A calendar day as the number of days since 1970-01-01: no clock, no zone, and arithmetic is arithmetic. */
export type Day = number

/** ISO 8601: 1 is Monday, 7 is Sunday, as in `users.week_start`. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7

const dayLength = 86_400_000

/** The day of a date that exists; undefined for 31 June and for 29 February of most years. */
export function dayOf(year: number, month: number, date: number): Day | undefined {
  const day = Date.UTC(year, month - 1, date) / dayLength
  const back = dateOf(day)
  return back.year === year && back.month === month && back.date === date ? day : undefined
}

export function dateOf(day: Day) {
  const at = new Date(day * dayLength)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() }
}

/** `2026-12-01` */
export function textOf(day: Day): string {
  return new Date(day * dayLength).toISOString().slice(0, 10)
}

export function weekdayOf(day: Day): Weekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday
}

export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/** The same date some months later; the last of the month where that month is shorter. */
export function addMonths(day: Day, months: number): Day {
  const { year, month, date } = dateOf(day)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const length = daysInMonth(first.getUTCFullYear(), first.getUTCMonth() + 1)
  return first.getTime() / dayLength + Math.min(date, length) - 1
}

/** The first of these weekdays that is on or after a day. */
export function onOrAfter(day: Day, weekday: Weekday): Day {
  return day + ((weekday - weekdayOf(day) + 7) % 7)
}

export function startOfWeek(day: Day, weekStart: Weekday): Day {
  return day - ((weekdayOf(day) - weekStart + 7) % 7)
}

/** The next day with this date of the month, today included; months that are too short are passed over. */
export function nextDateOfMonth(today: Day, date: number): Day | undefined {
  const { year, month } = dateOf(today)
  for (let later = 0; later < 12; later++) {
    const day = dayOf(year + Math.floor((month - 1 + later) / 12), ((month - 1 + later) % 12) + 1, date)
    if (day !== undefined && day >= today) return day
  }
  return undefined
}

/** The next day with this date and month, today included; 29 February waits for its year. */
export function nextDateOfYear(today: Day, month: number, date: number): Day | undefined {
  const { year } = dateOf(today)
  for (let later = 0; later <= 8; later++) {
    const day = dayOf(year + later, month, date)
    if (day !== undefined && day >= today) return day
  }
  return undefined
}

export function endOfMonth(day: Day): Day {
  const { year, month, date } = dateOf(day)
  return day - date + daysInMonth(year, month)
}
