type Range = { start: number; end: number }

/**
 * The text without the pieces, which are in order and do not overlap. White space is touched at the cuts and the ends only;
 * punctuation that stood behind a piece moves up to what was before it.
 */
export function titleOf(text: string, pieces: readonly Range[]): string {
  let title = ''
  let at = 0
  for (const { start, end } of [...pieces, { start: text.length, end: text.length }]) {
    const kept = text.slice(at, start)
    const trimmed = kept.trim()
    const isApart = title !== '' && trimmed !== '' && kept !== kept.trimStart()
    title += (isApart ? ' ' : '') + trimmed
    at = end
  }
  return title
}

/** A comma or colon that only held a piece to its text goes with it: "Friday: call Bob", "call Bob, tomorrow". */
export function withCommas<T extends Range>(text: string, pieces: readonly T[]): T[] {
  const last = pieces.at(-1)
  const isTail = last !== undefined && /^[\s.!?]*$/u.test(text.slice(last.end))
  const widened = pieces.map((piece) => ({ ...piece }))

  let head = 0
  for (const piece of widened) {
    if (text.slice(head, piece.start).trim() !== '') break
    if (/[,:;]/.test(text[piece.end] ?? '')) piece.end += 1
    head = piece.end
  }
  for (let at = widened.length - 1; isTail && at >= 0; at--) {
    const piece = widened[at]
    if (!piece) break
    const kept = text.slice(widened[at - 1]?.end ?? 0, piece.start).trimEnd()
    if (kept.endsWith(',')) piece.start = (widened[at - 1]?.end ?? 0) + kept.length - 1
    if (/[^\s,]/u.test(kept)) break
  }
  return widened
}
