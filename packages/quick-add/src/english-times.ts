import { timeInPart } from './pieces.ts'
import { wordEnd } from './words.ts'

export type Time = {
  length: number
  minute: number
  vague: boolean
  soft: boolean
  /** "at" or "by" stands before it. */
  introduced: boolean
  deadline: boolean
  /** "5pm" can be nothing else; "at 9" can be the start of an address. */
  sure: boolean
}

/** What people mean who name a part of the day. */
const parts: Record<string, number> = {
  morning: 9 * 60,
  afternoon: 15 * 60,
  evening: 19 * 60,
  night: 21 * 60,
}

const intro = '(?:(due at|due by|due|at|by) )?'
const clock = '(\\d{1,2})(?:[:.]([0-5]\\d))?'
const half = " ?(am|pm|a\\.m\\.?|p\\.m\\.?)| o'clock"
const behind = ' in the (morning|afternoon|evening)| at (night)'
const time = new RegExp(`^${intro}(?:(noon|midday|midnight)|${clock}(?:${half})?(?:${behind})?)${wordEnd}`)
const part = new RegExp(`^(?:in the )?(morning|afternoon|evening|night)${wordEnd}`)

/**
 * A time of day at the start of a window. Behind a day ("tomorrow 17:00", "friday morning") less is needed.
 *
 * Hours without am or pm are read off a clock with 24 hours, except 1 to 5: what is to be done then is done in the
 * afternoon, unless it says 05:00 or "in the morning".
 */
export function readTime(window: string, afterDay: boolean): Time | undefined {
  const named = afterDay ? part.exec(window) : undefined
  if (named?.[1]) return partWithTime(window, named[0].length, parts[named[1]] ?? 0)

  const match = time.exec(window)
  if (!match) return undefined
  const [{ length }, word, noon, hours, minutes, meridiem, inThe, atNight] = match
  const introduced = word !== undefined
  const base = { length, introduced, soft: false, deadline: introduced && word !== 'at' }
  if (noon) {
    if (!introduced && !afterDay) return undefined
    return { ...base, minute: noon === 'midnight' ? 0 : 720, vague: false, sure: false }
  }

  const hour = Number(hours)
  const extra = Number(minutes ?? 0)
  const noonSide = meridiem?.[0] ?? (inThe === 'morning' ? 'a' : (inThe ?? atNight) ? 'p' : undefined)
  if (noonSide) {
    if (hour < 1 || hour > 12) return undefined
    return {
      ...base,
      minute: (hour % 12) * 60 + extra + (noonSide === 'p' ? 720 : 0),
      vague: false,
      sure: true,
    }
  }
  // "by 5" is an amount and "17:30" may be a verse: only "at" makes a time of a bare number.
  if (hour > 23 || !(word?.endsWith('at') || (minutes && (afterDay || introduced)))) return undefined
  const vague = !hours?.startsWith('0') && hour >= 1 && hour < 12
  return { ...base, minute: (vague && hour <= 5 ? hour + 12 : hour) * 60 + extra, vague, sure: false }
}

/** "Morning", or "morning at 8". */
function partWithTime(window: string, length: number, minute: number): Time {
  const gap = /^,? /.exec(window.slice(length))?.[0]
  const exact = gap === undefined ? undefined : readTime(window.slice(length + gap.length), false)
  if (gap !== undefined && exact)
    return {
      ...exact,
      length: length + gap.length + exact.length,
      minute: timeInPart(minute, exact.minute, exact.vague),
      vague: false,
    }
  return { length, minute, vague: false, soft: true, introduced: true, deadline: false, sure: true }
}
