import { english } from './english.ts'
import type { Language } from './language.ts'

/** The language of a locale's dates; undefined where we know none: then only marks are read. */
export function languageFor(locale: string): Language | undefined {
  return { en: english }[locale.toLowerCase().split(/[-_]/)[0] ?? '']
}
