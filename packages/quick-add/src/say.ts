import type { Due, Piece, QuickAddOptions } from './pieces.ts'
import { sayRule } from './say-rule.ts'

type SayOptions = Pick<QuickAddOptions, 'now' | 'timeZone' | 'locale'>

/**
 * What was understood, in a few words: "every month on the 1st", "1 Dec, 09:00", "high priority", "#home", "@finance".
 * Dates are in the user's language, with the year where it is not this one. Rules are said in English, as they are read.
 */
export function sayPiece(piece: Piece, options: SayOptions): string {
  switch (piece.kind) {
    case 'due':
      return sayDue(piece.value, options)
    case 'recurrence': {
      const { rule, basis, time } = piece.value
      const sayDay = (day: string) => sayDue({ date: day }, options)
      return sayRule(rule, { basis, time, sayDay, timeZone: options.timeZone })
    }
    case 'priority':
      return `${piece.value} priority`
    case 'tag':
      return `#${piece.value}`
    case 'list':
      return `@${piece.value}`
  }
}

function sayDue(due: Due, { now, timeZone, locale = 'en' }: SayOptions): string {
  // English without a region is said as the examples are: the day before the month, 24 hours.
  const language = locale === 'en' ? 'en-GB' : locale
  const isDay = 'date' in due
  const zone = isDay ? 'UTC' : timeZone
  const at = new Date(isDay ? `${due.date}T00:00:00Z` : due.dateTime)
  const year = (date: Date, inZone: string) =>
    date.toLocaleDateString('en-US', { year: 'numeric', timeZone: inZone, calendar: 'gregory' })
  return new Intl.DateTimeFormat(language, {
    timeZone: zone,
    calendar: 'gregory',
    day: 'numeric',
    month: 'short',
    ...(year(at, zone) === year(now, timeZone) ? {} : { year: 'numeric' }),
    ...(isDay ? {} : { hour: '2-digit', minute: '2-digit' }),
  }).format(at)
}
