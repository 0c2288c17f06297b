import { casual } from 'chrono-node/fi'
import { languageOf } from '../table-language.ts'

const months =
  'tammikuuta|helmikuuta|maaliskuuta|huhtikuuta|toukokuuta|kesäkuuta|heinäkuuta|elokuuta|syyskuuta|lokakuuta|marraskuuta|joulukuuta'

export const finnish = languageOf({
  chrono: casual,
  relative: 'tänään|huomenna|ylihuomenna',
  // The ending says "on": the bare name of a day is not read.
  weekdays: '(?:maanantai|tiistai|torstai|perjantai|lauantai|sunnuntai)na|keskiviikkona',
  onWeekday: 'viimeistään',
  dates: `\\d{1,2}\\. ?(?:${months})(?: 20\\d\\d)?|\\d{1,2}\\.\\d{1,2}\\.20\\d\\d`,
  onDate: 'viimeistään',
  time: '(?:(?<sure>klo|kello) (?<h>\\d{1,2})(?:[:.](?<m>[0-5]\\d))?)',
  notAfter: 'joka ja tai ei viime mustana eilen vain',
  capitals: months,
  never: /^(?:tänään|huomenna) (?:on|oli|ei)\b/,
})
