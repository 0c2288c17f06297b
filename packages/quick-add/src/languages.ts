import { english } from './english.ts'
import { type Language, languageCode } from './language.ts'
import { parserFor } from './parse.ts'
import { arabic } from './languages/ar.ts'
import { chinese } from './languages/zh.ts'
import { finnish } from './languages/fi.ts'
import { indonesian } from './languages/id.ts'
import { russian } from './languages/ru.ts'
import { swedish } from './languages/sv.ts'
import { ukrainian } from './languages/uk.ts'
import { vietnamese } from './languages/vi.ts'
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
  ['vi', vietnamese],
  ['uk', ukrainian],
  ['sv', swedish],
  ['ru', russian],
  ['id', indonesian],
  ['fi', finnish],
  ['zh', chinese],
  ['ar', arabic],
])

export const parseQuickAdd = parserFor((locale) => languages.get(languageCode(locale)))
