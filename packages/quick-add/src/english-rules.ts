import { readDay } from './english-days.ts'
import { type Time, readTime } from './english-times.ts'
import {
  month,
  monthNamed,
  number,
  numberSaid,
  ordinalDay,
  ordinalNumber,
  weekday,
  weekdayNamed,
} from './english-words.ts'
import { dayOf } from './calendar.ts'
import { type Clock, timeInPart } from './pieces.ts'
import type { Rule } from './rules.ts'
import { wordEnd } from './words.ts'

/** "for 2 weeks": how long a rule goes on from its first day. */
export type Span = { amount: number; unit: 'day' | 'week' | 'month' | 'year' }

export type RuleReading = {
  length: number
  rule: Rule
  basis: 'due' | 'completion'
  minute?: number
  /** A part of the day was named ("every evening"), which a time makes exact. */
  soft?: boolean
  /** The first day it may fall on. */
  starts?: number
  lasts?: Span
  /** "daily" is an adjective unless it ends the text. */
  place: 'anywhere' | 'closed' | 'end'
}

type Groups = Record<string, string | undefined>
type Core = { rule: Rule; basis?: 'completion'; minute?: number; place?: RuleReading['place'] }

// Without anything between them, three are a list; two may be a day and the sun.
const names = `(?:${weekday})(?:(?: (?:${weekday})){2,}|(?:(?:,? and |, | & |/)(?:${weekday}))*)`
const nth = '1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last'
const every = '(?:once )?(?:every|each)(?<bang>!)?'
const unit = 'days?|weeks?|months?|years?'
const after =
  "after (?:completion|completing(?: it)?|finishing(?: it)?|i finish(?: it)?|it is done|it's done|done)"
const parts: Record<string, number> = { morning: 540, afternoon: 900, evening: 1140, night: 1260 }

const frequencies = { day: 'DAILY', week: 'WEEKLY', month: 'MONTHLY', year: 'YEARLY' } as const
const singular = (text: string) => text.replace(/s$/, '') as Span['unit']

/** Every so many days, weeks, months or years. */
function spaced(interval: number, text: string): Rule | undefined {
  if (interval < 1) return undefined
  return interval === 1
    ? { frequency: frequencies[singular(text)] }
    : { frequency: frequencies[singular(text)], interval }
}

const weekdaysIn = (text: string) =>
  [...new Set(text.split(/,? and |, | & |\/| /).map(weekdayNamed))]
    .toSorted((a, b) => a - b)
    .map((day) => ({ day }))
const workdays = ([1, 2, 3, 4, 5] as const).map((day) => ({ day }))
const weekend = ([6, 7] as const).map((day) => ({ day }))

function nthOf(text: string): number {
  if (text === 'last') return -1
  const at = ['first', 'second', 'third', 'fourth', 'fifth'].indexOf(text)
  return at === -1 ? Number.parseInt(text, 10) : at + 1
}

type Form = { pattern: RegExp; read: (groups: Groups) => Core | undefined }
const form = (pattern: string, read: Form['read']): Form => ({
  pattern: new RegExp(`^(?:${pattern})${wordEnd}`),
  read,
})
const core = (rule: Rule | undefined, more: Omit<Core, 'rule'> = {}): Core | undefined =>
  rule && { rule, ...more }

const forms: Form[] = [
  form(
    `(?:every )?(?<count>${number}) (?<unit>${unit}) ${after}|every (?<alone>day|week|month|year) ${after}`,
    ({ count, unit: of, alone }) =>
      core(spaced(count ? numberSaid(count) : 1, of ?? alone ?? ''), { basis: 'completion' }),
  ),
  form(`${every} (?<count>${number}) (?<unit>${unit})`, ({ count = '', unit: of = '', bang }) =>
    /^an?$/.test(count)
      ? undefined
      : core(spaced(numberSaid(count), of), bang ? { basis: 'completion' } : {}),
  ),
  form(`${every} (?:other|second) (?<unit>day|week|month|year)`, ({ unit: of = '', bang }) =>
    core(spaced(2, of), bang ? { basis: 'completion' } : {}),
  ),
  form(
    `${every} (?<count>${ordinalDay}) (?<unit>day|week|month|year)`,
    ({ count = '', unit: of = '', bang }) =>
      core(spaced(ordinalNumber(count) ?? 0, of), bang ? { basis: 'completion' } : {}),
  ),
  form(`${every} (?<unit>day|week|month|year)`, ({ unit: of = '', bang }) =>
    core(spaced(1, of), bang ? { basis: 'completion' } : {}),
  ),
  form(`${every} quarter`, () => core({ frequency: 'MONTHLY', interval: 3 })),
  form(`${every} (?:weekday|workday|working day)|on (?:weekdays|workdays)`, () =>
    core({ frequency: 'WEEKLY', weekdays: workdays }),
  ),
  form(`${every} weekend|on weekends`, () => core({ frequency: 'WEEKLY', weekdays: weekend })),
  form(`${every} (?<part>morning|afternoon|evening|night)`, ({ part = '' }) =>
    core({ frequency: 'DAILY' }, parts[part] ? { minute: parts[part] } : {}),
  ),
  form(`${every} (?<nth>${nth}) (?<weekday>${weekday}) of (?:the|each|every) month`, ofMonth),
  form(`(?:on )?the (?<nth>${nth}) (?<weekday>${weekday}) of (?:each|every) month`, ofMonth),
  // The first and the last can only be of the month; "every 2nd friday" may be every other one.
  form(`${every} (?<nth>1st|first|last) (?<weekday>${weekday})`, ofMonth),
  form(
    `${every} last day of (?:(?:the|each|every) )?month|(?:on )?the last day of (?:each|every) month`,
    dateOfMonth,
  ),
  form(
    `${every} (?<date>${ordinalDay}) of (?:the|each|every) month|(?:on )?(?:the )?(?<on>${ordinalDay}) of (?:each|every) month`,
    dateOfMonth,
  ),
  form(`${every} (?<date>${ordinalDay})`, (groups) => {
    const read = dateOfMonth(groups)
    return read && { ...read, place: 'closed' }
  }),
  form(`${every} (?<date>\\d{1,2})(?:st|nd|rd|th)?(?: of)? (?<month>${month})`, dateOfYear),
  form(`${every} (?<month>${month}) (?:the )?(?<date>\\d{1,2})(?:st|nd|rd|th)?`, dateOfYear),
  form(`${every} other (?<weekday>${weekday})`, ({ weekday: name = '' }) =>
    core({ frequency: 'WEEKLY', interval: 2, weekdays: weekdaysIn(name) }),
  ),
  form(
    `${every} (?<names>${names})(?: (?<part>morning|afternoon|evening|night))?`,
    ({ names: said = '', part }) =>
      core(
        { frequency: 'WEEKLY', weekdays: weekdaysIn(said) },
        part && parts[part] ? { minute: parts[part] } : {},
      ),
  ),
  // "on mondays"; every name in the plural, so that "on monday" stays a day.
  form(
    `on (?<names>(?:mon|tues|wednes|thurs|fri|satur|sun)days(?:(?:,? and |, | & )(?:mon|tues|wednes|thurs|fri|satur|sun)days)*)`,
    ({ names: said = '' }) => core({ frequency: 'WEEKLY', weekdays: weekdaysIn(said) }),
  ),
  form('(?<adverb>daily|weekly|monthly|quarterly|yearly|annually)', ({ adverb = '' }) => {
    if (adverb === 'quarterly') return core({ frequency: 'MONTHLY', interval: 3 }, { place: 'end' })
    const of = { daily: 'day', weekly: 'week', monthly: 'month' }[adverb] ?? 'year'
    return core(spaced(1, of), { place: 'end' })
  }),
]

function ofMonth({ nth: said = '', weekday: name = '' }: Groups) {
  return core({ frequency: 'MONTHLY', weekdays: [{ day: weekdayNamed(name), nth: nthOf(said) }] })
}

function dateOfMonth({ date, on }: Groups) {
  const said = date ?? on
  const monthDay = said ? ordinalNumber(said) : -1
  return monthDay && monthDay <= 31 ? core({ frequency: 'MONTHLY', monthDay }) : undefined
}

function dateOfYear({ date = '', month: name = '' }: Groups) {
  const inMonth = monthNamed(name)
  // 2000 has every date that any year has.
  if (dayOf(2000, inMonth, Number(date)) === undefined) return undefined
  return core({ frequency: 'YEARLY', month: inMonth, monthDay: Number(date) })
}

/** "on …" behind a rule that says only how often. */
const details: {
  of: Rule['frequency']
  pattern: RegExp
  read: (groups: Groups) => Partial<Rule> | undefined
}[] = [
  {
    of: 'MONTHLY',
    pattern: detail(`the (?<nth>${nth}) (?<weekday>${weekday})`),
    read: (groups) => ofMonth(groups)?.rule,
  },
  {
    of: 'MONTHLY',
    pattern: detail(`the (?:last day|(?<date>${ordinalDay}))`),
    read: (groups) => dateOfMonth(groups)?.rule,
  },
  {
    of: 'WEEKLY',
    pattern: detail(`(?<names>${names})`),
    read: ({ names: said = '' }) => ({ weekdays: weekdaysIn(said) }),
  },
  {
    of: 'YEARLY',
    pattern: detail(`(?:the )?(?<date>\\d{1,2})(?:st|nd|rd|th)?(?: of)? (?<month>${month})`),
    read: (groups) => dateOfYear(groups)?.rule,
  },
  {
    of: 'YEARLY',
    pattern: detail(`(?<month>${month}) (?:the )?(?<date>\\d{1,2})(?:st|nd|rd|th)?`),
    read: (groups) => dateOfYear(groups)?.rule,
  },
]

function detail(pattern: string) {
  return new RegExp(`^ on ${pattern}${wordEnd}`)
}

const times = new RegExp(`^,? (?:for )?(?<count>${number}) times${wordEnd}`)
const lasting = new RegExp(`^,? for (?<count>${number}) (?<unit>${unit})${wordEnd}`)
const starting = /^,? (?:starting|beginning|from)(?: on)? /
const until = /^,? (?:until|till|through) /

/** A rule at the start of a window, with all that follows it and belongs to it. */
export function readRule(window: string, clock: Clock): RuleReading | undefined {
  for (const { pattern, read } of forms) {
    const match = pattern.exec(window)
    const found = match && read(match.groups ?? {})
    if (!match || !found) continue
    const { rule, basis = 'due', minute, place = 'anywhere' } = found
    const reading: RuleReading = { length: match[0].length, rule: { ...rule }, basis, place }
    if (minute !== undefined) Object.assign(reading, { minute, soft: true })
    if (basis === 'due') readDetail(window, reading)
    readBounds(window, reading, clock)
    return reading
  }
  return undefined
}

function readDetail(window: string, reading: RuleReading) {
  const { rule } = reading
  if (rule.weekdays || rule.monthDay) return
  for (const { of, pattern, read } of details) {
    const match = of === rule.frequency ? pattern.exec(window.slice(reading.length)) : null
    const more = match && read(match.groups ?? {})
    if (!match || !more) continue
    reading.rule = { ...more, ...rule }
    reading.length += match[0].length
    reading.place = 'anywhere'
    return
  }
}

/** When it starts and ends. A time may stand in between; on its own behind the rule it is left to be a piece of its own. */
function readBounds(window: string, reading: RuleReading, clock: Clock) {
  let length = reading.length
  let time: Time | undefined
  for (;;) {
    const rest = window.slice(length)
    const bound = readBound(rest, clock)
    if (!bound) {
      if (time || !rest.startsWith(' ')) return
      time = readTime(rest.slice(1), false)
      if (!time) return
      length += 1 + time.length
      continue
    }
    if (bound.starts !== undefined) reading.starts = bound.starts
    if (bound.lasts) reading.lasts = bound.lasts
    reading.rule = { ...reading.rule, ...bound.rule }
    if (time) {
      const { minute, vague } = time
      reading.minute = reading.minute === undefined ? minute : timeInPart(reading.minute, minute, vague)
      reading.soft = false
    }
    length += bound.length
    reading.length = length
  }
}

function readBound(
  rest: string,
  clock: Clock,
): { length: number; rule?: Partial<Rule>; starts?: number; lasts?: Span } | undefined {
  const counted = times.exec(rest)
  if (counted) {
    const count = numberSaid(counted.groups?.count ?? '')
    return count > 0 ? { length: counted[0].length, rule: { count } } : undefined
  }
  const span = lasting.exec(rest)
  if (span) {
    const amount = numberSaid(span.groups?.count ?? '')
    return amount > 0
      ? { length: span[0].length, lasts: { amount, unit: singular(span.groups?.unit ?? '') } }
      : undefined
  }
  for (const [word, isEnd] of [
    [starting, false],
    [until, true],
  ] as const) {
    const intro = word.exec(rest)?.[0]
    const day = intro === undefined ? undefined : readDay(rest.slice(intro.length), clock)
    if (intro === undefined || day?.when.day === undefined) continue
    const length = intro.length + day.length
    return isEnd ? { length, rule: { until: day.when.day } } : { length, starts: day.when.day }
  }
  return undefined
}
