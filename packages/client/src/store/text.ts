/** Text as people search and sort it, as the database's fold(): without accents, case or compatibility forms. */
export function fold(text: string): string {
  // A sigma at the end of a word has a small form of its own, in JavaScript only.
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .replaceAll('Σ', 'σ')
    .toLowerCase()
}

/** Text by code point, as the server's collation does. */
export function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') {
    const last = Math.min(a.length, b.length)
    let at = 0
    while (at < last && a.charCodeAt(at) === b.charCodeAt(at)) at++
    if (at < last) return codeOrder(a.charCodeAt(at)) - codeOrder(b.charCodeAt(at))
    return a.length - b.length
  }
  return a < b ? -1 : 1
}

/** Halves of a surrogate pair belong behind every character that needs none. */
function codeOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
