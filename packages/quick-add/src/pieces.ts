import type { Day, Weekday } from './calendar.ts'
import type { Zone } from './zone.ts'

export interface QuickAddOptions {
  now: Date
  /** The user's IANA time zone. */
  timeZone: string
  /** ISO 8601, as `users.week_start`: 1 is Monday, 7 is Sunday. */
  weekStart: Weekday
  /** BCP 47; chooses the language of dates, and by its region whether 3/12 is in March or in December. */
  locale?: string | undefined
  /** Keys of pieces that the user has refused: their words stay in the title. */
  refused?: readonly string[] | undefined
}

export type Due = { date: string } | { dateTime: string; timeZone: string }
export type Recurrence = { rule: string; basis: 'due' | 'completion' }
export type Priority = 'low' | 'medium' | 'high'

/** A run of words that means something else than itself. `start` and `end` are UTF-16 offsets into the text. */
export type Piece = {
  /** The same as long as the same words stand in the text, wherever they stand. */
  key: string
  start: number
  end: number
  /** As typed. */
  text: string
} & (
  | { kind: 'due'; value: Due }
  /** `time` where the piece itself says one, as `08:00`. */
  | { kind: 'recurrence'; value: Recurrence & { time?: string } }
  | { kind: 'priority'; value: Priority }
  | { kind: 'tag'; value: string }
  | { kind: 'list'; value: string }
)

export interface QuickAdd {
  title: string
  /** In the order of the text; they never overlap. */
  pieces: Piece[]
  due?: Due
  recurrence?: Recurrence
  priority?: Priority
  tags: string[]
  list?: string
}

/** Now, as the user's clock and calendar show it. */
export type Clock = {
  now: number
  today: Day
  minute: number
  weekStart: Weekday
  zone: Zone
  timeZone: string
  locale: string
}

/** What words say of a date: a day, a time of day in minutes, both, or an instant counted from now. */
export type When = {
  day?: Day
  minute?: number
  instant?: number
  /** An hour that a clock shows twice a day, said without am or pm. */
  vague?: boolean
  /** A part of the day was named, not a time: it gives way where it is over. */
  soft?: boolean
}

/** "At 7" in the evening is 19:00 and "at 5" in the morning 05:00: the half of the day is the one that was named. */
export function timeInPart(part: number, minute: number, vague = false): number {
  return vague ? (minute % 720) + (part >= 720 ? 720 : 0) : minute
}
