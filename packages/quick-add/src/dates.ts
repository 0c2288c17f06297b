import type { Language, Reading } from './language.ts'
import type { Clock, When } from './pieces.ts'
import { type Word, edgesOf, windowAt, wordCount } from './words.ts'

/** Words `from` up to but not including `to` say when. */
export type DateSpan = { from: number; to: number; when: When }

type Candidate = DateSpan & { reading: Reading; place: Place }

/**
 * The words that say when a task is due: a day, perhaps with a time, and a time that stands elsewhere. Two days that are
 * both possible leave the text as it is ("move the party from friday to monday"), unless one of them is a deadline.
 */
export function findDates(words: readonly Word[], language: Language, clock: Clock): DateSpan[] {
  const candidates = candidatesIn(words, language, clock)
  const isDay = ({ when }: DateSpan) => when.day !== undefined || when.instant !== undefined
  const sure = candidates.filter(({ place }) => place === 'sure')
  const days = sure.filter(isDay)
  const deadlines = days.filter(({ reading }) => reading.deadline)
  const [day, another] = deadlines.length > 0 ? deadlines : days
  if (another) return []
  // "Buy bread tomorrow and milk friday": a bare weekday is not sure enough to stand against another day.
  if (day?.reading.nameLike && candidates.some((one) => one !== day && isDay(one))) return []

  const times = sure.filter((one) => !isDay(one))
  const [time] = times
  const takesTime =
    !day || (day.when.instant === undefined && (day.when.minute === undefined || day.when.soft))
  return [...(day ? [day] : []), ...(time && times.length === 1 && takesTime ? [time] : [])]
}

function candidatesIn(words: readonly Word[], language: Language, clock: Clock): Candidate[] {
  const shouting = words.every(({ text }) => text === text.toUpperCase())
  const edges = edgesOf(words)
  const found: Candidate[] = []
  let at = 0
  while (at < words.length) {
    const window = windowAt(words, at)
    const candidates = window === '' || language.never?.test(window) ? [] : candidatesAt(window)
    const candidate =
      candidates.find(({ place }) => place === 'sure') ?? candidates.find(({ place }) => place === 'possible')
    if (candidate) found.push(candidate)
    at = candidate?.to ?? at + 1
  }
  return found

  function candidatesAt(window: string): Candidate[] {
    return language.read(window, clock).map((reading) => {
      const to = at + wordCount(window.slice(0, reading.length))
      const place = placeOf(words, { from: at, to, reading, language, clock, shouting, edges })
      return { from: at, to, when: reading.when, reading, place }
    })
  }
}

type Context = {
  from: number
  to: number
  reading: Reading
  language: Language
  clock: Clock
  shouting: boolean
  edges: { first: number; last: number }
}

/** Whether the words around a reading leave it its meaning; `possible` where only its place in the text is against it. */
type Place = 'sure' | 'possible' | 'none'

const links = new Set(['and', 'to', 'until', 'till', 'through', 'thru'])

function placeOf(words: readonly Word[], context: Context): Place {
  const { from, to, reading, language, clock, edges } = context
  const before = words[from - 1]
  const after = words[to]
  const last = words[to - 1]
  if (!last) return 'none'

  const isCut = last.coreEnd < last.end
  if (before && !before.taken && before.coreEnd === before.end) {
    if (language.neverAfter.has(before.lower)) return 'none'
    if (!reading.introduced && language.notAfter.has(before.lower)) return 'none'
    // "Mon wed fri" is a list, and not of dates.
    if (reading.nameLike && language.capitals.test(before.lower)) return 'none'
  }
  const next = after && !after.taken && !isCut ? coreOf(after) : undefined
  if (next !== undefined && language.notBefore.has(next)) return 'none'
  // "Friday to sunday", "3pm to 4": one end of a span is no date; "tomorrow to call mom" goes on.
  const isLinked = next !== undefined && links.has(next)
  if (
    isLinked &&
    (/^\d/.test(words[to + 1]?.text ?? '') || language.read(windowAt(words, to + 1), clock).length > 0)
  )
    return 'none'
  if (!context.shouting && isName(words, context)) return 'none'
  const counted = words.slice(Math.max(from - 2, 0), from)
  if (reading.duration && counted.some(({ text, taken }) => !taken && /\d/.test(text))) return 'none'

  const atStart = from <= edges.first
  const atEnd = to > edges.last
  const isSmiley = next !== undefined && !/[\p{L}\p{N}]/u.test(next)
  const closed =
    atEnd || isCut || isSmiley || after?.taken === true || (next !== undefined && language.closers.has(next))
  const fits = {
    anywhere: true,
    closed,
    edge: closed || atStart,
    end: atEnd || isSmiley || (atStart && isCut),
  }[reading.place]
  return fits ? 'sure' : 'possible'
}

const hasCapital = (word: Word | undefined) => word !== undefined && /^\p{Lu}/u.test(word.text)
const coreOf = (word: Word) => word.lower.replace(/[,.;:!?]+$/, '') || word.lower

/** Capitals make a name of words: "The Day After Tomorrow", "Sunday Times", "Freaky Friday". */
function isName(words: readonly Word[], { from, to, reading, language }: Context): boolean {
  for (let at = Math.max(from, 1); at < to; at++) {
    const word = words[at]
    if (word && hasCapital(word) && !language.capitals.test(coreOf(word))) return true
  }
  if (!language.namesHaveCapitals) return false
  const last = words[to - 1]
  const after = words[to]
  if (last && after && !after.taken && hasCapital(last) && last.coreEnd === last.end)
    if (hasCapital(after) && after.lower !== 'i') return true
  return (reading.nameLike ?? false) && hasCapital(words[from]) && from > 1 && hasCapital(words[from - 1])
}
