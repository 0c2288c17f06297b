import { expect, test } from 'vitest'
import { diffText, shortened, type Piece } from './diff.ts'

/** As one would write it by hand: [-gone-]{+new+}. */
function written(pieces: Piece[]): string {
  const marks = { same: ['', ''], removed: ['[-', '-]'], added: ['{+', '+}'] }
  return pieces.map(({ kind, text }) => marks[kind].join(text)).join('')
}

test.each([
  ['the same', 'the same', 'the same'],
  ['', 'all new', '{+all new+}'],
  ['all gone', '', '[-all gone-]'],
  ['Call the bank', 'Call the big bank', 'Call the {+big +}bank'],
  ['Call the bank.', 'Call the shop.', 'Call the [-bank-]{+shop+}.'],
  // A space in common does not tear a changed stretch apart.
  ['one two three four', 'one 2 3 four', 'one [-two three-]{+2 3+} four'],
  ['- milk\n- eggs', '- milk\n- bread\n- eggs', '- milk\n{+- bread\n+}- eggs'],
  ['naïve café', 'naïve cafés', 'naïve [-café-]{+cafés+}'],
  ['don’t', 'do', '[-don’t-]{+do+}'],
  ['👩‍🚀 up', '👩‍🚀 down', '👩‍🚀 [-up-]{+down+}'],
])('%j becomes %j', (before, after, expected) => {
  expect(written(diffText(before, after))).toBe(expected)
})

test('both texts can be read from the pieces, whatever they are', () => {
  const words = ['a', 'b', ' ', '\n', 'ß', '**', '🙂', 'word', '- ']
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  const text = () => Array.from({ length: random(40) }, () => words[random(words.length)]).join('')
  for (let run = 0; run < 300; run += 1) {
    const [before, after] = [text(), text()]
    const pieces = diffText(before, after)
    const without = (kind: Piece['kind']) =>
      pieces.map((piece) => (piece.kind === kind ? '' : piece.text)).join('')
    expect(without('added')).toBe(before)
    expect(without('removed')).toBe(after)
  }
})

test('the longest description takes no time', () => {
  const before = '- '.repeat(500)
  const after = '+ '.repeat(500)
  const started = performance.now()
  diffText(before, after)
  expect(performance.now() - started).toBeLessThan(500)
})

test('what did not change is cut to what stands around the changes', () => {
  const long = 'word '.repeat(60)
  const [start, , , end] = shortened(diffText(`${long}old${long}`, `${long}new${long}`))
  expect(start?.text).toMatch(/^ … .{40}$/)
  expect(end?.text).toMatch(/^.{40} … $/)
})
