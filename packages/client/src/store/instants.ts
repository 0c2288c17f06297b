/**
 * Instants as text that sorts: ISO 8601 in UTC with six digits of a second, which is as fine as the server's
 * are. A JavaScript Date would lose three of them.
 */
export function instantKey(instant: string): string {
  const fraction = /\.(\d+)/.exec(instant)?.[1] ?? ''
  if (instant.endsWith('Z') && instant[16] === ':')
    return `${instant.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}`
  // Whole seconds are the Date's business, offsets included.
  const seconds = new Date(Math.floor(Date.parse(instant) / 1000) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${fraction.slice(0, 6).padEnd(6, '0')}`
}

/** An instant as the server writes it: in UTC, without digits that say nothing. */
export function instantText(instant: string): string {
  return `${instantKey(instant).replace(/\.?0+$/, '')}Z`
}

/** The calendar day that it is at an instant in a time zone. */
export function dayIn(timeZone: string, now: number): string {
  return new Date(wallClock(now, timeZone)).toISOString().slice(0, 10)
}

/**
 * The same line drawn twice, as keys: a day falls before or after `day`, an instant before or after the moment
 * at which that day starts for the user. Where clocks skip midnight, the day starts with the first moment there is.
 */
export function edgeOfDay(day: string, timeZone: string, daysLater = 0): { day: string; instant: string } {
  const midnight = Date.parse(`${day}T00:00:00Z`) + daysLater * dayLength
  return { day: boundKey(midnight), instant: boundKey(startOfDay(midnight, timeZone)) }
}

const dayLength = 86_400_000
const first = Date.parse('0001-01-01T00:00:00Z')
const afterLast = Date.parse('+010000-01-01T00:00:00Z')

/** Within the years that a task can be due in. */
function boundKey(time: number): string {
  if (time >= afterLast) return '9999-12-31T23:59:59.999999'
  return instantKey(new Date(Math.max(time, first)).toISOString())
}

function startOfDay(midnight: number, timeZone: string): number {
  // The offset may differ between the day before and the day after; the answer uses one of the two.
  const before = midnight - (wallClock(midnight - dayLength, timeZone) - (midnight - dayLength))
  const after = midnight - (wallClock(midnight + dayLength, timeZone) - (midnight + dayLength))
  const exact = [before, after].filter((guess) => wallClock(guess, timeZone) === midnight)
  return exact.length > 0 ? Math.min(...exact) : before
}

/** What a clock on the wall shows at an instant, as if it hung in UTC. */
function wallClock(time: number, timeZone: string): number {
  const found: Record<string, number> = {}
  for (const { type, value } of clockFormat(timeZone).formatToParts(time)) found[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour, minute, second } = found
  // Not Date.UTC, which takes the year 1 for 1901.
  const wall = new Date(0).setUTCFullYear(year, month - 1, day)
  return new Date(wall).setUTCHours(hour ?? 0, minute, second, ((time % 1000) + 1000) % 1000)
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
      second: '2-digit',
      hourCycle: 'h23',
    })
    clockFormats.set(timeZone, format)
  }
  return format
}
