/** A run of text between white space, where it stands, and whether it may still be read. */
export type Word = {
  /** As typed, in lower case, with the punctuation behind it. */
  lower: string
  /** As typed. */
  text: string
  /** UTF-16 offsets; `end` is behind the punctuation, `coreEnd` before it. */
  start: number
  end: number
  coreEnd: number
  quoted: boolean
  /** Belongs to a piece. */
  taken: boolean
}

const longestWord = 24
const punctuation = new Set([',', '.', ';', ':', '!', '?', '、', '。', '，', '،', '؟'])

/** Words in their order. Those inside double quotes are marked, so that nothing in them is ever read. */
export function wordsOf(text: string): Word[] {
  const ranges = quotedRanges(text)
  let range = 0
  return [...text.matchAll(/\S+/gu)].map(({ 0: typed, index: start }) => {
    const end = start + typed.length
    while (range < ranges.length && (ranges[range]?.end ?? 0) <= start) range++
    const quoted = (ranges[range]?.start ?? end) < end
    let coreEnd = end
    // The full stops of "p.m." belong to the word.
    const isAbbreviation = /(?:\p{L}\.){2}$/u.test(typed.slice(-4))
    while (!isAbbreviation && coreEnd > start && punctuation.has(text[coreEnd - 1] ?? '')) coreEnd--
    // ’ and ' are one apostrophe, whichever the keyboard has.
    const lower = typed.toLowerCase().replaceAll('’', "'")
    return { lower, text: typed, start, end, coreEnd, quoted, taken: false }
  })
}

const closing: Record<string, string> = { '"': '"', '“': '”', '„': '“', '«': '»', '「': '」' }

/** From an opening quote at the start of a word to its closing one at the end of a word; inch marks pair with nothing. */
export function quotedRanges(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = []
  // Where no closing quote was found once, there is none further on either: the search stays linear.
  const hopeless = new Set<string>()
  for (let at = 0; at < text.length; at++) {
    const close = closing[text[at] ?? '']
    if (!close || hopeless.has(close) || !/^$|[\s([{#@]/u.test(text[at - 1] ?? '')) continue
    let end = text.indexOf(close, at + 1)
    while (end !== -1 && !/^$|[\s)\]},.;:!?]/u.test(text[end + 1] ?? '')) end = text.indexOf(close, end + 1)
    if (end === -1) {
      hopeless.add(close)
      continue
    }
    ranges.push({ start: at, end: end + 1 })
    at = end
  }
  return ranges
}

/** How many words a date or a rule may have. */
const widest = 16

/**
 * What can be read from a word on: the next open words, joined by single spaces. Patterns look at this window
 * only, from its start, so reading a text costs the same for every word of it, however long the text is.
 */
export function windowAt(words: readonly Word[], at: number): string {
  const open: string[] = []
  for (let next = at; next < words.length && open.length < widest; next++) {
    const word = words[next]
    if (!word || word.quoted || word.taken || word.lower.length > longestWord) break
    open.push(word.lower)
  }
  return open.join(' ')
}

/** How many words a match of a window covers. */
export function wordCount(match: string): number {
  return match.split(' ').length
}

/** Ends a pattern where a word ends: before white space, or before the punctuation behind the word. */
export const wordEnd = '(?=[,.;:!?、。，،؟]*(?: |$))'

/** The first and the last word that no piece has taken; what is before or behind them is the edge of the text. */
export function edgesOf(words: readonly Word[]): { first: number; last: number } {
  return { first: words.findIndex(({ taken }) => !taken), last: words.findLastIndex(({ taken }) => !taken) }
}
