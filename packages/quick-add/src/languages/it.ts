import { casual } from 'chrono-node/it'
import { languageOf } from '../table-language.ts'

const weekdays = 'lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica'
const months = 'gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre'

export const italian = languageOf({
  chrono: casual,
  relative:
    `oggi|domani|dopodomani|(?:prossimo|prossima) (?:${weekdays})|(?:${weekdays}) (?:prossimo|prossima)|` +
    '(?:tra|fra) (?:\\d{1,2}|un|una|due|tre|quattro|cinque|sei) (?:giorni|giorno|settimane|settimana|mesi|mese)',
  weekdays,
  // "il venerdì" is every Friday.
  onWeekday: 'entro',
  dates: `\\d{1,2} (?:${months})(?: 20\\d\\d)?|\\d{1,2}/\\d{1,2}/20\\d\\d`,
  onDate: "entro il|entro l'|il|l'",
  time: '(?:alle (?:ore )?(?<h>\\d{1,2})(?:[:.](?<m>[0-5]\\d))?)',
  notAfter:
    'ogni tutti i le il la lo di del della dei per da dal e o un una questo questa scorso che a al santo nero',
  capitals: months,
  never: /^(?:oggi|domani) (?:è|sarà|non|era)(?= )|^venerdì (?:13|santo|nero)\b/,
})
