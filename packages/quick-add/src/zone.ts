import type { Day } from './calendar.ts'

const dayLength = 86_400_000
const minuteLength = 60_000

/** A time zone: what its clocks show at an instant, and the instant at which they show something. */
export type Zone = {
  wallClock(instant: number): { day: Day; minute: number }
  instantOf(day: Day, minute: number): number
  /** RFC 3339 with the zone's offset at that instant. */
  text(instant: number): string
}

let latest: { timeZone: string; zone: Zone } | undefined

/**
 * The same for the same name: a line is read at every key, and asking Intl for a zone's rules takes longer than reading it.
 * Throws a RangeError for a zone that does not exist.
 */
export function zoneOf(timeZone: string): Zone {
  if (latest?.timeZone !== timeZone) latest = { timeZone, zone: zoneByIntl(timeZone) }
  return latest.zone
}

/**
 * By the zone's rules in Intl, which every browser has; the machine's own zone plays no part.
 */
function zoneByIntl(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })

  function offsetAt(instant: number): number {
    const whole = Math.floor(instant / 1000) * 1000
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {}
    for (const { type, value } of format.formatToParts(whole)) part[type] = Number(value)
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
    return Date.UTC(year, month - 1, day, hour, minute, second) - whole
  }

  /** Twice on a clock: the first time. Never on a clock: as much later as the clock was put forward (Temporal's `compatible`). */
  function instantOf(day: Day, minute: number): number {
    const wall = day * dayLength + minute * minuteLength
    const before = wall - offsetAt(wall - dayLength)
    const after = wall - offsetAt(wall + dayLength)
    const real = [before, after].filter((instant) => instant + offsetAt(instant) === wall)
    return real.length > 0 ? Math.min(...real) : before
  }

  return {
    wallClock(instant) {
      const wall = instant + offsetAt(instant)
      const day = Math.floor(wall / dayLength)
      return { day, minute: Math.floor((wall - day * dayLength) / minuteLength) }
    },
    instantOf,
    text(instant) {
      const offset = offsetAt(instant)
      const wall = new Date(instant + offset).toISOString().slice(0, 19)
      const minutes = Math.abs(offset) / minuteLength
      // Offsets with seconds are of the nineteenth century; RFC 3339 has no way to write them.
      if (!Number.isInteger(minutes)) return `${new Date(instant).toISOString().slice(0, 19)}Z`
      const two = (value: number) => String(value).padStart(2, '0')
      return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
    },
  }
}
