import type { Clock } from '../tasks/dates.ts'

/** When something happened: in short for the eye, exactly on hover and for who hears the page. */
export function Moment({ at, clock, relative = false }: { at: string; clock: Clock; relative?: boolean }) {
  const exact = sayExactly(at, clock)
  return (
    <time dateTime={at} title={exact} className="whitespace-nowrap">
      <span aria-hidden>{relative ? sayAgo(at, clock) : sayTimeOf(at, clock)}</span>
      <span className="sr-only">{exact}</span>
    </time>
  )
}

/** Saturday, 21 November 2026 at 14:02:31 */
export function sayExactly(at: string, { timeZone }: Pick<Clock, 'timeZone'>): string {
  return formatOf(timeZone, 'exact').format(new Date(at))
}

function sayTimeOf(at: string, { timeZone }: Clock): string {
  return formatOf(timeZone, 'time').format(new Date(at))
}

const looks = {
  exact: { dateStyle: 'full', timeStyle: 'medium' },
  time: { hour: 'numeric', minute: '2-digit' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

const formats = new Map<string, Intl.DateTimeFormat>()

/** Kept, because making a format costs more than using it a thousand times. */
function formatOf(timeZone: string, look: keyof typeof looks): Intl.DateTimeFormat {
  const key = `${look} ${timeZone}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { ...looks[look], timeZone })
  formats.set(key, format)
  return format
}

const units = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/** 5 minutes ago, yesterday, last week: as precise as it still matters. */
export function sayAgo(at: string, { now }: Pick<Clock, 'now'>, locale?: string): string {
  // A clock that is a little behind the server's sees things before they happen.
  const seconds = Math.max(0, (now.getTime() - Date.parse(at)) / 1000)
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  for (const [unit, length] of units) {
    if (seconds >= length) return format.format(-Math.floor(seconds / length), unit)
  }
  return 'just now'
}
