import type { Priority } from './pieces.ts'
import { type Word, quotedRanges } from './words.ts'

export type Mark = { start: number; end: number } & (
  | { kind: 'tag' | 'list'; value: string }
  | { kind: 'priority'; value: Priority }
)

const priorities: Record<string, Priority> = {
  '!high': 'high',
  '!medium': 'medium',
  '!low': 'low',
  '!1': 'high',
  '!2': 'medium',
  '!3': 'low',
}

// A name starts with a letter, so "#12" stays an issue and "@5" a price; whatever holds anything but letters, digits, _ and -
// is an address, a handle or a colour.
const name = /^[#@](\p{L}[\p{L}\p{M}\p{N}_-]{0,49})$/u
const colour = /^#(?:(?=[a-f]*\d)[0-9a-f]{6}|(?=[a-f]*\d)[0-9a-f]{3}|([a-f])\1{2}|([a-f])\2{5})$/i
const longestName = 50
/** With all white space in it. */
const longestQuote = 100

/** `#tag`, `@list`, `!high` and the quoted forms, in the order of the text. They stand alone between white space. */
export function marksIn(text: string, words: readonly Word[]): Mark[] {
  const quoted = quotedRanges(text)
  const marks: Mark[] = quoted.flatMap(({ start, end }): Mark[] => {
    const sign = text[start - 1]
    if ((sign !== '#' && sign !== '@') || !/^$|\s/u.test(text[start - 2] ?? '')) return []
    if (end - start > longestQuote) return []
    const value = text
      .slice(start + 1, end - 1)
      .trim()
      .replaceAll(/\s+/gu, ' ')
    if (!/[\p{L}\p{N}]/u.test(value) || value.length > longestName || !isWordEnd(text, end)) return []
    return [{ kind: sign === '#' ? 'tag' : 'list', value, start: start - 1, end }]
  })
  for (const { text: typed, start, coreEnd, quoted: isQuoted } of words) {
    if (isQuoted) continue
    const core = typed.slice(0, coreEnd - start)
    const priority = priorities[core.toLowerCase()]
    if (priority) marks.push({ kind: 'priority', value: priority, start, end: coreEnd })
    const value = name.exec(core)?.[1]
    if (value && !colour.test(core))
      marks.push({ kind: core.startsWith('#') ? 'tag' : 'list', value, start, end: coreEnd })
  }
  return marks.toSorted((a, b) => a.start - b.start)
}

function isWordEnd(text: string, end: number): boolean {
  return /^[,.;:!?]*(?:\s|$)/u.test(text.slice(end, end + 8))
}
