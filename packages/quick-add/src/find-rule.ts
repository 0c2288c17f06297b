import { type RuleReading, readRule } from './english-rules.ts'
import { capitals, month, weekday } from './english-words.ts'
import { readTime } from './english-times.ts'
import type { Clock } from './pieces.ts'
import { firstDay } from './rules.ts'
import { type Word, edgesOf, windowAt, wordCount, wordEnd } from './words.ts'

const set = (words: string) => new Set(words.split(' '))

const notAfter = set('times time twice not almost nearly for of like as than about around the and or')
const notBefore = set(
  'of or except but excluding unless since and & when that life lives carry use people heroes is are was - – — to',
)
const isWeekday = new RegExp(`^(?:${weekday})${wordEnd}`)
const onlyIn = new RegExp(`^in (?:the )?(?:${month}|spring|summer|autumn|fall|winter)\\b`)

/** The words `from` up to but not including `to`, which say how often. Two rules in one text are none. */
export function findRule(
  words: readonly Word[],
  clock: Clock,
): (RuleReading & { from: number; to: number }) | undefined {
  const edges = edgesOf(words)
  const shouting = words.every(({ text }) => text === text.toUpperCase())
  const found: (RuleReading & { from: number; to: number })[] = []
  let at = 0
  while (at < words.length) {
    const window = windowAt(words, at)
    const reading = window === '' ? undefined : readRule(window, clock)
    const to = at + wordCount(window.slice(0, reading?.length))
    const isFound = reading && isSure(words, { from: at, to, reading, shouting, lastOpen: edges.last })
    if (isFound && firstDay(reading.rule, clock.today) !== undefined) found.push({ ...reading, from: at, to })
    at = isFound ? to : at + 1
  }
  return found.length === 1 ? found[0] : undefined
}

type Context = { from: number; to: number; reading: RuleReading; shouting: boolean; lastOpen: number }

function isSure(words: readonly Word[], { from, to, reading, shouting, lastOpen }: Context): boolean {
  const before = words[from - 1]
  const after = words[to]
  const last = words[to - 1]
  if (!last) return false
  const isCut = last.coreEnd < last.end
  if (before && !before.taken && before.coreEnd === before.end && notAfter.has(before.lower)) return false

  const follows = after !== undefined && !after.taken && !isCut
  if (follows) {
    if (isWeekday.test(after.lower)) return false
    if (notBefore.has(after.lower) || onlyIn.test(windowAt(words, to))) return false
    // "Every Breath", "Daily Mail": capitals are names.
    if (!shouting && /^\p{Lu}/u.test(last.text) && /^\p{Lu}/u.test(after.text) && after.lower !== 'i')
      return false
  }
  const isName = words
    .slice(Math.max(from, 1), to)
    .some(({ text, lower }) => /^\p{Lu}/u.test(text) && !capitals.test(lower.replace(/[,.;:!?]+$/, '')))
  if (isName && !shouting) return false
  const atEnd = to > lastOpen
  if (reading.place === 'end') return atEnd || (follows && readTime(windowAt(words, to), false) !== undefined)
  return (
    reading.place === 'anywhere' ||
    atEnd ||
    !follows ||
    /^(?:at|until|starting|with|for|from|in|on|by)$/.test(after.lower)
  )
}
