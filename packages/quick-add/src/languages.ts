import { english } from './english.ts'
import type { Language } from './language.ts'
import { dutch } from './languages/nl.ts'
import { french } from './languages/fr.ts'
import { german } from './languages/de.ts'
import { italian } from './languages/it.ts'
import { japanese } from './languages/ja.ts'
import { portuguese } from './languages/pt.ts'
import { spanish } from './languages/es.ts'

const languages = new Map<string, Language>([
  ['en', english],
  ['de', german],
  ['fr', french],
  ['es', spanish],
  ['it', italian],
  ['nl', dutch],
  ['pt', portuguese],
  ['ja', japanese],
])

/** The language of a locale's dates; undefined where we know none: then only marks are read. */
export function languageFor(locale: string): Language | undefined {
  return languages.get(locale.toLowerCase().split(/[-_]/)[0] ?? '')
}
