export interface Piece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** What became of a text, word by word: the longest common subsequence of its words and what stands between. */
export function diffText(before: string, after: string): Piece[] {
  const [a, b] = [wordsOf(before), wordsOf(after)]
  const lengths = commonLengths(a, b)
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [word, other] = [a[i], b[j]]
    if (word !== undefined && word === other) {
      put(pieces, 'same', word)
      i += 1
      j += 1
    } else if (
      word !== undefined &&
      (other === undefined || at(lengths, i + 1, j) >= at(lengths, i, j + 1))
    ) {
      put(pieces, 'removed', word)
      i += 1
    } else if (other !== undefined) {
      put(pieces, 'added', other)
      j += 1
    }
  }
  return fromLineStarts(joined(pieces))
}

/** The same with long stretches that did not change cut to what stands around the changes. */
export function shortened(pieces: Piece[], around = 40): Piece[] {
  return pieces.map((piece, index) => {
    if (piece.kind !== 'same' || piece.text.length <= around * 2 + 20) return piece
    const start = index === 0 ? '' : piece.text.slice(0, around)
    const end = index === pieces.length - 1 ? '' : piece.text.slice(-around)
    return { kind: 'same', text: `${start} … ${end}` }
  })
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}\p{M}'’_-]+|[^]/gu) ?? []
}

/** For each pair of places, how much the rests of both texts have in common. */
function commonLengths(a: string[], b: string[]): Uint16Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = rows[i]
    if (!row) continue
    for (let j = b.length - 1; j >= 0; j -= 1) {
      row[j] = a[i] === b[j] ? at(rows, i + 1, j + 1) + 1 : Math.max(at(rows, i + 1, j), at(rows, i, j + 1))
    }
  }
  return rows
}

function at(rows: Uint16Array[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}

function put(pieces: Piece[], kind: Piece['kind'], text: string): void {
  const last = pieces.at(-1)
  if (last?.kind === kind) last.text += text
  else pieces.push({ kind, text })
}

/**
 * A space that two changed stretches happen to share does not tear them apart: "old words" → "new text"
 * reads better than four pieces.
 */
function joined(pieces: Piece[]): Piece[] {
  const result: Piece[] = []
  let [removed, added] = ['', '']
  function flush() {
    if (removed) put(result, 'removed', removed)
    if (added) put(result, 'added', added)
    removed = added = ''
  }
  for (const [index, { kind, text }] of pieces.entries()) {
    if (kind === 'removed') removed += text
    else if (kind === 'added') added += text
    else if (removed && added && /^[^\S\n]+$/.test(text) && index < pieces.length - 1) {
      removed += text
      added += text
    } else {
      flush()
      put(result, 'same', text)
    }
  }
  flush()
  return result
}

/** Where a stretch may as well begin with its line, it does: "- bread⏎" came, and not "bread⏎- ". */
function fromLineStarts(pieces: Piece[]): Piece[] {
  for (const [index, piece] of pieces.entries()) {
    const [before, after] = [pieces[index - 1], pieces[index + 1]]
    if (piece.kind === 'same' || before?.kind !== 'same' || (after && after.kind !== 'same')) continue
    const start = before.text.slice(before.text.lastIndexOf('\n') + 1)
    if (!start || !piece.text.includes('\n') || !piece.text.endsWith(start)) continue
    before.text = before.text.slice(0, -start.length)
    piece.text = start + piece.text.slice(0, -start.length)
    if (after) after.text = start + after.text
    else pieces.push({ kind: 'same', text: start })
  }
  return pieces.filter(({ text }) => text !== '')
}
