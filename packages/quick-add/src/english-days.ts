import { casual } from 'chrono-node/en'
import {
  type Day,
  dayOf,
  endOfMonth,
  nextDateOfMonth,
  nextDateOfYear,
  onOrAfter,
  startOfWeek,
  weekdayOf,
  addMonths,
  dateOf,
} from './calendar.ts'
import { readByChrono } from './chrono.ts'
import {
  month,
  number,
  numberSaid,
  ordinalDay,
  ordinalNumber,
  weekday,
  weekdayNamed,
} from './english-words.ts'
import type { Reading } from './language.ts'
import type { Clock, When } from './pieces.ts'
import { wordEnd } from './words.ts'

type Found = { when: When; place: Reading['place']; nameLike?: boolean; duration?: boolean }
type Groups = Record<string, string | undefined>
type Form = { pattern: RegExp; read: (groups: Groups, clock: Clock, phrase: string) => Found | undefined }

const intro = '(?:(?<intro>due on|due by|due:?|on|by) )?'
const form = (pattern: string, read: Form['read']): Form => ({
  pattern: new RegExp(`^${intro}(?<phrase>${pattern})${wordEnd}`),
  read,
})
const on = (day: Day | undefined, place: Reading['place']): Found | undefined =>
  day === undefined ? undefined : { when: { day }, place }

/** A month that is a word as well needs more around it: "10 may attend", "march 3 miles". */
const word = /^(?:may|mar)\b/
const wordBefore = /^(?:may|march|mar)\b/

const forms: Form[] = [
  form('today|tonight|tomorrow|tmrw|(?:the )?day after tomorrow', (_, { today }, phrase) => {
    if (phrase === 'tonight') return { when: { day: today, minute: 19 * 60, soft: true }, place: 'edge' }
    if (phrase.includes('after')) return on(today + 2, 'edge')
    return on(phrase === 'today' ? today : today + 1, 'edge')
  }),
  form('this (?<part>morning|afternoon|evening)', ({ part }, { today }) => {
    const minute = { morning: 9, afternoon: 15, evening: 19 }[part ?? ''] ?? 0
    return { when: { day: today, minute: minute * 60, soft: true }, place: 'closed' }
  }),
  form('next (?<unit>week|month|year)', ({ unit }, { today, weekStart }) => {
    const { year, month: thisMonth } = dateOf(today)
    if (unit === 'week') return on(startOfWeek(today, weekStart) + 7, 'edge')
    return on(
      unit === 'year'
        ? dayOf(year + 1, 1, 1)
        : dayOf(year + Math.floor(thisMonth / 12), (thisMonth % 12) + 1, 1),
      'edge',
    )
  }),
  // Saturday; on a Sunday "this weekend" is that very day.
  form('(?<which>this|next|the|at the) weekend', ({ which, intro: before }, { today }) => {
    if (which === 'the' && !before) return undefined
    const day = weekdayOf(today) === 7 ? today : onOrAfter(today, 6)
    return on(which === 'next' ? onOrAfter(day + 1, 6) : day, 'edge')
  }),
  form(
    '(?:the )?end of (?:(?<which>the|this|next) )?(?<unit>day|week|month|year)|eo(?<letter>[dwmy])',
    (groups, clock) => {
      if (!groups.intro) return undefined
      return on(endOf(groups.letter ?? groups.unit?.[0] ?? '', groups.which === 'next', clock), 'closed')
    },
  ),
  form('the last day of (?:(?<which>the|this|next) )?month', ({ which, intro: before }, clock) =>
    before ? on(endOf('m', which === 'next', clock), 'closed') : undefined,
  ),
  // A weekday with a date: both must agree, or one of them is a slip, or it is "Friday the 13th".
  form(
    `(?<weekday>${weekday}),? (?:(?:the )?(?<date>${ordinalDay})|(?<rest>(?:${month})\\.? \\d{1,2}(?:st|nd|rd|th)?|\\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:${month}))(?:,? (?<year>20\\d\\d))?)`,
    ({ weekday: name = '', date, rest, year, intro: before }, { today }) => {
      const day = rest
        ? dayRead(year ? `${rest} ${year}` : rest, today)
        : nextDateOfMonth(today, ordinalNumber(date ?? '') ?? 0)
      if (day === undefined || day < today || weekdayOf(day) !== weekdayNamed(name)) return undefined
      if (date && !before) return undefined
      return on(day, 'closed')
    },
  ),
  form(
    `(?:(?<which>next|this|coming) )?(?<weekday>${weekday})`,
    ({ which, weekday: name = '', intro: before }, { today, weekStart }) => {
      // "on mondays" is a rule, not a day.
      const short = name.length < 6
      if (name.endsWith('s') && !short) return undefined
      const named = weekdayNamed(name)
      if (which === 'next') {
        const nextWeek = startOfWeek(today, weekStart) + 7
        return on(onOrAfter(nextWeek, named), 'anywhere')
      }
      // Who says "friday" on a Friday means the next: this one is called today.
      const day = onOrAfter(which === 'this' ? today : today + 1, named)
      if (short && !which && !before)
        return /^(?:fri|tue|tues|thu|thur|thurs)$/.test(name)
          ? { when: { day }, place: 'end', nameLike: true }
          : undefined
      if (short) return on(day, 'closed')
      return before || which ? on(day, 'anywhere') : { when: { day }, place: 'end', nameLike: true }
    },
  ),
  form(
    `(?:the )?(?<date>(?<number>\\d{1,2})(?<letters>st|nd|rd|th)?(?: of)? (?<month>${month})\\.?(?:,? (?<year>20\\d\\d))?)`,
    ({ date = '', number: digits, letters, month: name = '', year, intro: before }, { today }) => {
      if (letters && !ordinalNumber(`${digits}${letters}`)) return undefined
      const day = dayRead(date, today)
      if (day === undefined || day < today) return undefined
      return on(day, before || year ? 'anywhere' : word.test(name) ? 'end' : 'edge')
    },
  ),
  form(
    `(?<date>(?<month>${month})\\.? (?:the )?(?<number>\\d{1,2})(?<letters>st|nd|rd|th)?(?:,? (?<year>20\\d\\d))?)`,
    ({ date = '', number: digits, letters, month: name = '', year, intro: before }, { today }) => {
      if (letters && !ordinalNumber(`${digits}${letters}`)) return undefined
      const day = dayRead(date.replace(' the ', ' '), today)
      if (day === undefined || day < today) return undefined
      if (year || (before && letters)) return on(day, 'anywhere')
      return on(day, before || !wordBefore.test(name) ? 'closed' : 'end')
    },
  ),
  form(
    `the (?<date>${ordinalDay})(?: of (?<which>this|next|the) month)?`,
    ({ date = '', which, intro: before }, { today }) => {
      const dateOfMonth = ordinalNumber(date)
      if (!dateOfMonth || !before) return undefined
      if (which === 'next') {
        const { year, month: inMonth } = dateOf(addMonths(today, 1))
        return on(dayOf(year, inMonth, dateOfMonth), 'closed')
      }
      return on(nextDateOfMonth(today, dateOfMonth), 'closed')
    },
  ),
  form(
    '(?<year>20\\d\\d)-(?<month>\\d\\d)-(?<date>\\d\\d)',
    ({ year, month: inMonth, date, intro: before }, { today }) => {
      const day = dayOf(Number(year), Number(inMonth), Number(date))
      return day === undefined || day < today ? undefined : on(day, before ? 'anywhere' : 'edge')
    },
  ),
  form('(?<one>\\d{1,2})(?<sign>[/.])(?<two>\\d{1,2})(?:\\k<sign>(?<year>(?:20)?\\d\\d))?', numericDate),
  form(
    `in (?<count>${number}|half an?|(?:a )?couple of) (?<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?)(?: time)?`,
    within,
  ),
  form(
    `(?<count>${number}) (?<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?) from (?:now|today)`,
    within,
  ),
]

/** chrono reads 29 February in a year that has it only. */
function dayRead(phrase: string, today: Day): Day | undefined {
  const isLeapDay = /29/.test(phrase) && /feb/.test(phrase) && !/20\d\d/.test(phrase)
  if (isLeapDay) return nextDateOfYear(today, 2, 29)
  return readByChrono(casual, phrase, today)?.day
}

function endOf(unit: string, next: boolean, { today, weekStart }: Clock): Day | undefined {
  if (unit === 'd') return next ? undefined : today
  if (unit === 'w') return startOfWeek(today, weekStart) + (next ? 13 : 6)
  if (unit === 'm') return endOfMonth(next ? addMonths(today, 1) : today)
  return dayOf(dateOf(today).year + (next ? 1 : 0), 12, 31)
}

const monthFirst = /^en-(?:US|PH|FM|GU|MH|PR|VI|AS|UM|MP|PW)$/i

/** 3/12 is in March for some and in December for others: the region says which, or the number past 12, or nobody. */
function numericDate(
  { one, two, sign, year, intro: before }: Groups,
  { today, locale }: Clock,
): Found | undefined {
  const [a, b] = [Number(one), Number(two)]
  if (!year && (!before || sign === '.' || `${a}/${b}` === '24/7' || `${a}/${b}` === '9/11')) return undefined
  const region = locale.includes('-')
  let first: 'month' | 'day' | undefined
  if (b > 12) first = 'month'
  else if (a > 12 || a === b || sign === '.') first = 'day'
  else if (region) first = monthFirst.test(locale) ? 'month' : 'day'
  if (!first) return undefined
  const [inMonth, date] = first === 'month' ? [a, b] : [b, a]
  const full = year && (year.length === 2 ? 2000 + Number(year) : Number(year))
  const day = full ? dayOf(full, inMonth, date) : nextDateOfYear(today, inMonth, date)
  return day === undefined || day < today ? undefined : on(day, before ? 'closed' : 'edge')
}

/** Hours and minutes are counted on from now, on whatever clock; days and more on the calendar. */
function within({ count = '', unit = '' }: Groups, { now, today }: Clock): Found | undefined {
  const amount = count.startsWith('half') ? 0.5 : count.endsWith('couple of') ? 2 : numberSaid(count)
  if (amount === 0) return undefined
  if (/^(?:mi|h)/.test(unit)) {
    const minutes = amount * (unit.startsWith('h') ? 60 : 1)
    // Nobody asks for seconds: up to the next full minute.
    return {
      when: { instant: Math.ceil((now + minutes * 60_000) / 60_000) * 60_000 },
      place: 'edge',
      duration: true,
    }
  }
  if (amount === 0.5) return undefined
  const day = readByChrono(casual, `in ${amount} ${unit}`, today)?.day
  return day === undefined ? undefined : { when: { day }, place: 'edge', duration: true }
}

/** A day at the start of a window, or an instant counted from now. */
export function readDay(window: string, clock: Clock): Reading | undefined {
  for (const { pattern, read } of forms) {
    const match = pattern.exec(window)
    if (!match) continue
    const groups: Groups = match.groups ?? {}
    const found = read(groups, clock, groups.phrase ?? '')
    if (!found) continue
    const before = groups.intro
    return {
      length: match[0].length,
      when: found.when,
      place: found.place,
      nameLike: found.nameLike ?? false,
      duration: found.duration ?? false,
      introduced: before !== undefined,
      deadline: before !== undefined && before !== 'on',
    }
  }
  return undefined
}
