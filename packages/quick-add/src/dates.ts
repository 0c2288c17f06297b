import type { Language, Reading } from './language.ts'
import type { Clock, When } from './pieces.ts'
import { type Word, edgesOf, windowAt, wordCount } from './words.ts'

/** Words `from` up to but not including `to` say when. */
export type DateSpan = { from: number; to: number; when: When }

type Candidate = DateSpan & { deadline: boolean }

/**
 * The words that say when a task is due: a day, perhaps with a time, and a time that stands elsewhere. Two days that are
 * both possible leave the text as it is ("move the party from friday to monday"), unless one of them is a deadline.
 */
export function findDates(words: readonly Word[], language: Language, clock: Clock): DateSpan[] {
  const candidates = candidatesIn(words, language, clock)
  const days = candidates.filter(({ when }) => when.day !== undefined || when.instant !== undefined)
  const deadlines = days.filter(({ deadline }) => deadline)
  const sure = deadlines.length > 0 ? deadlines : days
  if (sure.length > 1) return []

  const [day] = sure
  const times = candidates.filter(({ when }) => when.day === undefined && when.instant === undefined)
  const [time] = times
  const takesTime = day?.when.minute === undefined && day?.when.instant === undefined
  return [...(day ? [day] : []), ...(time && times.length === 1 && takesTime ? [time] : [])]
}

function candidatesIn(words: readonly Word[], language: Language, clock: Clock): Candidate[] {
  const shouting = words.every(({ text }) => text === text.toUpperCase())
  const edges = edgesOf(words)
  const found: Candidate[] = []
  let at = 0
  while (at < words.length) {
    const window = windowAt(words, at)
    const candidate = window === '' || language.never?.test(window) ? undefined : candidateAt(window)
    if (candidate) found.push(candidate)
    at = candidate?.to ?? at + 1
  }
  return found

  function candidateAt(window: string): Candidate | undefined {
    for (const reading of language.read(window, clock)) {
      const to = at + wordCount(window.slice(0, reading.length))
      const { when, deadline = false } = reading
      if (isSure(words, { from: at, to, reading, language, clock, shouting, edges }))
        return { from: at, to, when, deadline }
    }
    return undefined
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

/** Whether the words around a reading leave it its meaning. */
function isSure(words: readonly Word[], context: Context): boolean {
  const { from, to, reading, language, clock, edges } = context
  const before = words[from - 1]
  const after = words[to]
  const last = words[to - 1]
  if (!last) return false

  const isCut = last.coreEnd < last.end
  if (before && !before.taken && before.coreEnd === before.end) {
    if (language.neverAfter.has(before.lower)) return false
    if (!reading.introduced && language.notAfter.has(before.lower)) return false
  }
  const next = after && !after.taken && !isCut ? coreOf(after) : undefined
  if (next !== undefined && language.notBefore.has(next)) return false
  if (next === 'and' && language.read(windowAt(words, to + 1), clock).length > 0) return false
  if (!context.shouting && isName(words, context)) return false

  const isCounted = words
    .slice(Math.max(from - 2, 0), from)
    .some(({ text, taken }) => !taken && /\d/.test(text))
  if (reading.duration && isCounted) return false

  const atStart = from <= edges.first
  const atEnd = to > edges.last
  const closed = atEnd || isCut || after?.taken === true || (next !== undefined && language.closers.has(next))
  switch (reading.place) {
    case 'anywhere':
      return true
    case 'closed':
      return closed
    case 'edge':
      return closed || atStart
    case 'end':
      return atEnd || (atStart && isCut)
  }
}

const hasCapital = (word: Word | undefined) => word !== undefined && /^\p{Lu}/u.test(word.text)
const coreOf = (word: Word) => word.lower.replace(/[,.;:!?]+$/, '')

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
