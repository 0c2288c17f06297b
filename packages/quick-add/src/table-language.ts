import type { Chrono } from 'chrono-node'
import { type Day, dayOf } from './calendar.ts'
import { readByChrono } from './chrono.ts'
import type { Language, Reading } from './language.ts'
import type { Clock, When } from './pieces.ts'
import { wordEnd } from './words.ts'

/**
 * The phrases of a language that are surely dates, as patterns in lower case. chrono says which day they are; `days`
 * are those it does not know, as days from today.
 */
export type PhraseTable = {
  chrono: Chrono
  days?: Record<string, number>
  /** "tomorrow", "next friday", "in 3 days": dates wherever they stand at an edge of the text. */
  relative: string
  /** Names of weekdays alone: dates at the end of the text, or behind `onWeekday`. */
  weekdays: string
  onWeekday: string
  /** "3 March", "3/12/2026". */
  dates: string
  onDate: string
  /** A time of day with groups `h`, `m`, `pm`, and `sure` for a word that only times have. */
  time: string
  /** What may stand between a day and a time; and what may follow a date in its word. */
  between?: string
  suffix?: string
  notAfter: string
  closers?: string
  capitals: string
  never?: RegExp
}

const isoDate = '20\\d\\d-\\d\\d-\\d\\d'

const set = (words: string) => new Set(words.split(' '))

export function languageOf(table: PhraseTable): Language {
  const { between = ',? ', suffix = '' } = table
  const own = Object.keys(table.days ?? {}).join('|')
  const relative = own ? `${own}|${table.relative}` : table.relative
  const day =
    `(?:(?:(?<on>${table.onDate}) ?)?(?<date>${table.dates}|${isoDate})|` +
    `(?<relative>${relative})|` +
    `(?:(?<onWeekday>${table.onWeekday}) )?(?<weekday>${table.weekdays}))`
  const forms = [`${day}${between}${table.time}`, day, `${table.time}${between}${day}`, table.time].map(
    (pattern) => new RegExp(`^${pattern}${suffix}${wordEnd}`),
  )

  return {
    read: (window, clock) =>
      forms.flatMap((pattern) => {
        const match = pattern.exec(window)
        const reading = match && readingOf(table, match, clock)
        return reading ? [reading] : []
      }),
    notAfter: set(table.notAfter),
    neverAfter: new Set(),
    notBefore: set('- – — / &'),
    closers: set(table.closers ?? ''),
    capitals: new RegExp(`^(?:${table.weekdays}|${table.capitals}|\\d.*)$`),
    namesHaveCapitals: false,
    ...(table.never ? { never: table.never } : {}),
  }
}

function readingOf(table: PhraseTable, match: RegExpExecArray, { today }: Clock): Reading | undefined {
  const groups: Record<string, string | undefined> = match.groups ?? {}
  const phrase = groups.date ?? groups.weekday ?? groups.relative
  const when: When = {}
  if (phrase !== undefined) {
    const day = dayOfPhrase(table, phrase, today)
    // A date that is over is no due date.
    if (day === undefined || day < today) return undefined
    when.day = day
  }
  if (groups.h !== undefined) {
    const minute = minuteOf(groups)
    if (minute === undefined) return undefined
    when.minute = minute
  }
  const introduced = (groups.on ?? groups.onWeekday) !== undefined
  const place =
    introduced || (phrase === undefined && groups.sure)
      ? 'anywhere'
      : phrase === undefined
        ? 'closed'
        : groups.weekday && !groups.h
          ? 'end'
          : 'edge'
  const duration = /\d.* /.test(groups.relative ?? '')
  return { length: match[0].length, when, place, introduced, duration }
}

function dayOfPhrase({ chrono, days }: PhraseTable, phrase: string, today: Day): Day | undefined {
  const [year = 0, month = 0, date = 0] = /^20\d\d-/.test(phrase) ? phrase.split('-').map(Number) : []
  if (year) return dayOf(year, month, date)
  const offset = days?.[phrase]
  return offset === undefined ? readByChrono(chrono, phrase, today)?.day : today + offset
}

function minuteOf({ h, m, pm }: Record<string, string | undefined>): number | undefined {
  const hour = Number(h)
  const minute = Number(m ?? 0)
  if (hour > 23 || minute > 59 || (pm && hour > 12)) return undefined
  return (pm && hour < 12 ? hour + 12 : hour) * 60 + minute
}
