import { type Day, addMonths, textOf } from './calendar.ts'
import { findDates } from './dates.ts'
import { english } from './english.ts'
import { findRule } from './find-rule.ts'
import type { Span } from './english-rules.ts'
import type { Language } from './language.ts'
import { type Mark, marksIn } from './marks.ts'
import {
  type Clock,
  type Due,
  type QuickAdd,
  type QuickAddOptions,
  type Recurrence,
  type When,
  timeInPart,
} from './pieces.ts'
import { type Rule, firstDay, ruleText } from './rules.ts'
import { titleOf, withCommas } from './title.ts'
import { type Word, wordsOf } from './words.ts'
import { zoneOf } from './zone.ts'

/** Longer texts are no quick add: they are a title as they stand. */
export const longestText = 10_000

type Said =
  | Mark
  | { kind: 'date'; start: number; end: number; when: When }
  | { kind: 'rule'; start: number; end: number; found: FoundRule }
type FoundRule = NonNullable<ReturnType<typeof findRule>>
type Keyed = Said & { key: string }

/**
 * What a line typed by the user says: the title, and pieces that are something else. Only sure pieces are read; what is
 * refused, or unsure, stays in the title, and a title is never empty for the sake of a piece.
 *
 * Does not throw for any text; throws a RangeError for a time zone that does not exist or an invalid `now`.
 */
export type ParseQuickAdd = (text: string, options: QuickAddOptions) => QuickAdd

/** A parser that knows some languages; where it is given none for a locale, it reads marks only. */
export function parserFor(languageFor: (locale: string) => Language | undefined): ParseQuickAdd {
  return (text, options) => {
    const clock = clockOf(options)
    const said = text.length > longestText ? [] : readAll(text, clock, languageFor(clock.locale))
    const refused = new Set(options.refused)
    const pieces = keyed(text, leaveTitle(text, said)).filter(({ key }) => !refused.has(key))
    return assemble(text, pieces, clock)
  }
}

function clockOf({ now, timeZone, weekStart, locale = 'en' }: QuickAddOptions): Clock {
  const zone = zoneOf(timeZone)
  const { day, minute } = zone.wallClock(now.getTime())
  return { now: now.getTime(), today: day, minute, weekStart, zone, timeZone, locale }
}

/** Everything that is said, before anybody refuses some of it: a refusal never makes other words into a piece. */
function readAll(text: string, clock: Clock, language: Language | undefined): Said[] {
  const words = wordsOf(text)
  const marks = onePerKind(marksIn(text, words))
  for (const mark of marks) take(words, mark)

  const found = language === english ? findRule(words, clock) : undefined
  const rule = found && { ...rangeOf(words, found), kind: 'rule' as const, found }
  if (rule) take(words, rule)

  const dates = language ? findDates(words, language, clock) : []
  const taken: Said[] = dates
    .filter(({ when }) => !found || fits(found, when))
    .map((span) => ({ ...rangeOf(words, span), kind: 'date' as const, when: span.when }))
  return withCommas(
    text,
    [...marks, ...(rule ? [rule] : []), ...taken].toSorted((a, b) => a.start - b.start),
  )
}

/** A rule that has its own time or start takes no other; an instant counted from now starts no rule. */
function fits({ minute, soft, starts }: FoundRule, when: When): boolean {
  if (when.instant !== undefined) return false
  if (starts !== undefined && when.day !== undefined) return false
  return minute === undefined || soft || when.minute === undefined
}

const take = (words: Word[], { start, end }: { start: number; end: number }) => {
  for (const word of words) if (word.start < end && start < word.end) word.taken = true
}

const rangeOf = (words: readonly Word[], { from, to }: { from: number; to: number }) => ({
  start: words[from]?.start ?? 0,
  end: words[to - 1]?.coreEnd ?? 0,
})

/** A task has one list and one priority: the last one typed counts, those before it stay words. */
function onePerKind(marks: Mark[]): Mark[] {
  return marks.filter(
    ({ kind }, at) => kind === 'tag' || !marks.slice(at + 1).some((later) => later.kind === kind),
  )
}

/** Where nothing would be left to do, dates go back into the title first, and marks after them. */
function leaveTitle(text: string, said: Said[]): Said[] {
  const isEmpty = (pieces: Said[]) =>
    pieces.length > 0 && !/[\p{L}\p{N}\p{S}\p{M}]/u.test(titleOf(text, pieces))
  if (!isEmpty(said)) return said
  const marks = said.filter(({ kind }) => kind !== 'date' && kind !== 'rule')
  return isEmpty(marks) ? [] : marks
}

function keyed(text: string, said: Said[]): Keyed[] {
  const seen = new Map<string, number>()
  return said.map((one) => {
    const kind = { date: 'due', rule: 'recurrence', tag: 'tag', list: 'list', priority: 'priority' }[one.kind]
    const words = text
      .slice(one.start, one.end)
      .toLowerCase()
      .replaceAll(/^[\s,]+|[\s,.;:!?]+$/gu, '')
      .replaceAll(/\s+/gu, ' ')
    const key = `${kind}:${words}`
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return { ...one, key: times === 1 ? key : `${key}:${times}` }
  })
}

function assemble(text: string, said: Keyed[], clock: Clock): QuickAdd {
  const when = together(said.flatMap((one) => (one.kind === 'date' ? [one.when] : [])))
  const rule = said.find((one) => one.kind === 'rule')?.found
  const { due, recurrence } = rule
    ? repeat(rule, when, clock)
    : { due: dueOf(when, clock), recurrence: undefined }

  const result: QuickAdd = { title: titleOf(text, said), pieces: [], tags: [] }
  if (due) result.due = due
  if (recurrence) result.recurrence = recurrence
  for (const one of said) {
    const { key, start, end } = one
    const piece = { key, start, end, text: text.slice(start, end) }
    switch (one.kind) {
      case 'tag':
        result.pieces.push({ ...piece, kind: 'tag', value: one.value })
        if (!result.tags.some((tag) => tag.toLowerCase() === one.value.toLowerCase()))
          result.tags.push(one.value)
        break
      case 'list':
        result.pieces.push({ ...piece, kind: 'list', value: one.value })
        result.list = one.value
        break
      case 'priority':
        result.pieces.push({ ...piece, kind: 'priority', value: one.value })
        result.priority = one.value
        break
      case 'rule':
        if (recurrence) {
          const { minute } = one.found
          const value =
            minute === undefined || when.minute !== undefined
              ? recurrence
              : { ...recurrence, time: clockText(minute) }
          result.pieces.push({ ...piece, kind: 'recurrence', value })
        }
        break
      case 'date': {
        // A day beside a time of its own says the day alone.
        const isDayOnly = !rule && one.when.day !== undefined && one.when.minute === undefined
        const value = isDayOnly ? dueOf(one.when, clock) : due
        if (value) result.pieces.push({ ...piece, kind: 'due', value })
        break
      }
    }
  }
  return result
}

/** A day and a time that stand apart; the part of a day that the day names ("tonight") gives way to the time. */
function together(dates: readonly When[]): When {
  const isDay = ({ day, instant }: When) => day !== undefined || instant !== undefined
  const day = dates.find(isDay)
  const time = dates.find((one) => !isDay(one))
  if (!day || time?.minute === undefined) return day ?? time ?? {}
  if (day.minute === undefined) return { ...time, day: day.day }
  return { day: day.day, minute: timeInPart(day.minute, time.minute, time.vague) }
}

/** The first occurrence is the first day that the rule names, not before a day that was given, and with its time yet to come. */
function repeat(
  found: FoundRule,
  when: When,
  clock: Clock,
): { due: Due | undefined; recurrence: Recurrence | undefined } {
  const { today, weekStart, zone } = clock
  const minute =
    when.minute !== undefined && found.minute !== undefined
      ? timeInPart(found.minute, when.minute, when.vague)
      : (when.minute ?? found.minute)
  const start = when.day ?? found.starts ?? today
  const from = start === today && minute !== undefined && minute <= clock.minute ? today + 1 : start
  const day = firstDay(found.rule, from) ?? from
  const rule: Rule = found.lasts ? { ...found.rule, until: lastDay(day, found.lasts) } : found.rule
  return {
    due: dueAt(day, minute, clock),
    recurrence: {
      rule: ruleText(rule, { timed: minute !== undefined, zone, weekStart }),
      basis: found.basis,
    },
  }
}

function lastDay(first: Day, { amount, unit }: Span): Day {
  if (unit === 'day') return first + amount - 1
  if (unit === 'week') return first + amount * 7 - 1
  return addMonths(first, amount * (unit === 'month' ? 1 : 12)) - 1
}

function dueOf({ day, minute, instant, vague, soft }: When, clock: Clock): Due | undefined {
  const { today, timeZone, zone } = clock
  if (instant !== undefined) return { dateTime: zone.text(instant), timeZone }
  if (minute === undefined) return day === undefined ? undefined : { date: textOf(day) }
  const isPast = minute <= clock.minute
  if (day === undefined) return dueAt(isPast ? today + 1 : today, minute, clock)
  if (day !== today || !isPast) return dueAt(day, minute, clock)
  // Today, and it is over: "at 9" then means the evening, and "this morning" just today.
  if (vague && minute < 720 && minute + 720 > clock.minute) return dueAt(day, minute + 720, clock)
  return dueAt(day, soft ? undefined : minute, clock)
}

function clockText(minute: number): string {
  return new Date(minute * 60_000).toISOString().slice(11, 16)
}

function dueAt(day: Day, minute: number | undefined, { zone, timeZone }: Clock): Due {
  if (minute === undefined) return { date: textOf(day) }
  return { dateTime: zone.text(zone.instantOf(day, minute)), timeZone }
}
