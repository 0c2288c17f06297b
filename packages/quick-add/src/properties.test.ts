import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { parseQuickAdd } from './languages.ts'
import { longestText } from './parse.ts'
import { phrasesIn } from './phrases.fixture.ts'
import type { QuickAddOptions } from './pieces.ts'
import { sayPiece } from './say.ts'

const phrases = phrasesIn(readFileSync(new URL('phrases.txt', import.meta.url), 'utf8'))
const seed = 20261118
const runs = { seed, numRuns: 250 }

const fragments = [
  ...new Set(phrases.filter(({ options }) => options.locale === 'en').flatMap(({ text }) => text.split(' '))),
  'tomorrow at 9',
  'every monday',
  'every month on the 1st',
  'on friday',
  '#home',
  '@list',
  '!high',
  '#"two words"',
  '"',
  ',',
  '\t',
  '\u00a0',
  '💡',
]
/** Words of the table in any order, so that pieces meet in ways nobody thought of; and any text at all. */
const line = fc.oneof(
  fc.array(fc.constantFrom(...fragments), { maxLength: 14 }).chain((words) =>
    fc
      .array(fc.constantFrom(' ', ' ', ' ', '  ', ', ', '. ', ''), {
        minLength: words.length,
        maxLength: words.length,
      })
      .map((gaps) => words.map((word, at) => `${word}${gaps[at]}`).join('')),
  ),
  fc.constantFrom(...phrases.map(({ text }) => text)),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
)
const options: fc.Arbitrary<QuickAddOptions> = fc.record({
  now: fc.date({ min: new Date('2000-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
  timeZone: fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  ),
  weekStart: fc.constantFrom(1, 2, 3, 4, 5, 6, 7),
  locale: fc.constantFrom(
    'en',
    'en',
    'en',
    'en-US',
    'de',
    'fr',
    'es',
    'it',
    'nl',
    'pt',
    'ja',
    'sv',
    'fi',
    'ru',
    'uk',
    'id',
    'vi',
    'zh',
    'ar',
    'tlh',
  ),
})

test('pieces stand in the text as they say, in order, and never overlap', () => {
  fc.assert(
    fc.property(line, options, (text, given) => {
      const { pieces } = parseQuickAdd(text, given)
      let at = 0
      for (const { start, end, text: words } of pieces) {
        expect(start).toBeGreaterThanOrEqual(at)
        expect(end).toBeGreaterThan(start)
        expect(text.slice(start, end)).toBe(words)
        at = end
      }
      expect(at).toBeLessThanOrEqual(text.length)
      expect(new Set(pieces.map(({ key }) => key)).size).toBe(pieces.length)
    }),
    runs,
  )
})

test('the title is the text with the pieces cut out: nothing is lost, nothing is added, white space apart', () => {
  fc.assert(
    fc.property(line, options, (text, given) => {
      const { title, pieces } = parseQuickAdd(text, given)
      const cut = pieces
        .toReversed()
        .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text)
      expect(title.replaceAll(/\s/gu, '')).toBe(cut.replaceAll(/\s/gu, ''))
      expect(title).toBe(title.trim())
      if (pieces.length === 0) expect(title).toBe(text.trim())
    }),
    runs,
  )
})

test('a title is empty only where the text is', () => {
  fc.assert(
    fc.property(line, options, (text, given) => {
      expect(parseQuickAdd(text, given).title === '').toBe(text.trim() === '')
    }),
    runs,
  )
})

test('refusing every piece gives back the text, and no refusal makes a piece of other words', () => {
  fc.assert(
    fc.property(line, options, fc.nat(), (text, given, choice) => {
      const { pieces } = parseQuickAdd(text, given)
      const refused = pieces.map(({ key }) => key)
      expect(parseQuickAdd(text, { ...given, refused })).toEqual({ title: text.trim(), pieces: [], tags: [] })

      const one = refused[choice % Math.max(1, refused.length)]
      const without = parseQuickAdd(text, { ...given, refused: one === undefined ? [] : [one] })
      expect(without.pieces.map(({ key }) => key)).toEqual(refused.filter((key) => key !== one))
    }),
    runs,
  )
})

test('what was cut out of a phrase of the table leaves a title that is read no further', () => {
  for (const { text, options: given } of phrases) {
    const { title } = parseQuickAdd(text, given)
    // Of two lists, priorities or days one counts; the other is left, and counts where it stands alone.
    if (/[@!]\S+ .*[@!]\S+|on friday .* due monday/.test(text)) continue
    expect(parseQuickAdd(title, given).title, text).toBe(title)
  }
})

test('every piece can be said', () => {
  fc.assert(
    fc.property(line, options, (text, given) => {
      for (const piece of parseQuickAdd(text, given).pieces) {
        const said = sayPiece(piece, given)
        expect(said).not.toMatch(/undefined|NaN|Invalid/)
        expect(said.trim()).not.toBe('')
      }
    }),
    runs,
  )
})

test('what is due is not over, unless the text says today', () => {
  fc.assert(
    fc.property(line, options, (text, given) => {
      const { due } = parseQuickAdd(text, given)
      if (!due) return
      if ('date' in due) {
        const today = Temporal.Instant.from(given.now.toISOString())
          .toZonedDateTimeISO(given.timeZone)
          .toPlainDate()
        expect(Temporal.PlainDate.compare(due.date, today)).toBeGreaterThanOrEqual(0)
      } else if (!/today|this|heute|aujourd'hui|hoy|oggi|vandaag|hoje|今日|tonight|今天|\d{4}/i.test(text)) {
        expect(Date.parse(due.dateTime)).toBeGreaterThanOrEqual(given.now.getTime() - 60_000)
      }
    }),
    runs,
  )
})

// Counted, not timed: every text that a pattern is tried on costs its length. White space is split off the whole text once.
test.each([
  'call mom ',
  'on the 5th of ',
  'every 3 days for 2 weeks until ',
  'tomorrow at 9 and ',
  '"a ',
  '#"a',
  'friday, ',
  '!high @list #tag ',
  ', ',
  ' ',
  'x',
  'in 3 ',
])('four times the text of "%s" is at most about four times the work', (part) => {
  const work = (length: number) => workFor(part.repeat(Math.ceil(length / part.length)).slice(0, length))
  expect(work(8000) / work(2000)).toBeLessThan(4.5)
})

function workFor(text: string): number {
  const exec = Reflect.get(RegExp.prototype, 'exec')
  let work = 0
  const counting = vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (
    this: RegExp,
    tried: string,
  ) {
    work += tried === text ? 1 : tried.length
    return exec.call(this, tried)
  })
  try {
    parseQuickAdd(text, { now: new Date('2026-11-18T09:00:00Z'), timeZone: 'UTC', weekStart: 1 })
  } finally {
    counting.mockRestore()
  }
  return work
}

test('a text longer than the limit is a title as it stands', () => {
  const text = `${'call mom '.repeat(longestText / 9)}every day tomorrow`
  expect(text.length).toBeGreaterThan(longestText)
  expect(parseQuickAdd(text, { now: new Date(), timeZone: 'UTC', weekStart: 1 })).toEqual({
    title: text,
    pieces: [],
    tags: [],
  })
})
