import { english } from './english.ts'
import { languageCode } from './language.ts'
import { parserFor } from './parse.ts'

export { sayPiece } from './say.ts'

/** The same as with every language, for a reader of English: less than half as much to load. */
export const parseQuickAdd = parserFor((locale) => (languageCode(locale) === 'en' ? english : undefined))
