import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseQuickAdd as parseEnglish } from './english-only.ts'
import { parseQuickAdd } from './languages.ts'
import { phrasesIn } from './phrases.fixture.ts'

const phrases = phrasesIn(readFileSync(new URL('phrases.txt', import.meta.url), 'utf8'))

for (const { text, options, expected, line } of phrases)
  test(`phrases.txt:${line}: ${text}`, () => {
    const { pieces, ...read } = parseQuickAdd(text, options)
    expect(read).toEqual(expected)
    const isWhole = Object.keys(expected).length === 2 && expected.tags.length === 0
    expect(pieces.length === 0, 'pieces are there where something was read').toBe(isWhole)
  })

test('the English parser reads English as the other does, and of any other language the marks', () => {
  for (const { text, options } of phrases) {
    const locale = options.locale?.startsWith('en') ? options.locale : 'tlh'
    expect(parseEnglish(text, options)).toEqual(parseQuickAdd(text, { ...options, locale }))
  }
})

test('the table holds at least 300 phrases, of which at least 100 are not read', () => {
  expect(phrases.length).toBeGreaterThanOrEqual(300)
  expect(phrases.filter(({ isWhole }) => isWhole).length).toBeGreaterThanOrEqual(100)
  const texts = phrases.map(({ text, options }) => `${options.locale} ${options.weekStart} ${text}`)
  expect(new Set(texts).size).toBe(texts.length)
})
