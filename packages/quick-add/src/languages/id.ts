import { casual } from 'chrono-node/id'
import { languageOf } from '../table-language.ts'

const weekdays = 'senin|selasa|rabu|kamis|jumat|sabtu|minggu'
const months = 'januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember'

export const indonesian = languageOf({
  chrono: casual,
  relative: `hari ini|besok|lusa|(?:senin|selasa|rabu|kamis|jumat|sabtu) depan|dalam \\d{1,2} (?:hari|minggu|bulan)|\\d{1,2} (?:hari|minggu|bulan) lagi`,
  // "minggu" is a week as well: a day only as "hari minggu".
  weekdays: `hari (?:${weekdays})`,
  onWeekday: 'pada',
  dates: `\\d{1,2} (?:${months})(?: 20\\d\\d)?|\\d{1,2}/\\d{1,2}/20\\d\\d`,
  onDate: 'pada tanggal|tanggal|pada',
  time: '(?:(?<sure>pukul|jam) (?<h>\\d{1,2})(?:[:.](?<m>[0-5]\\d))?)',
  notAfter: 'setiap tiap dari sejak untuk sampai dan atau yang bukan selain',
  capitals: `${weekdays}|${months}`,
})
