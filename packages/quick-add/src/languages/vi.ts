import { casual } from 'chrono-node/vi'
import { languageOf } from '../table-language.ts'

export const vietnamese = languageOf({
  chrono: casual,
  relative: 'hôm nay|ngày mai|ngày kia|sau \\d{1,2} (?:ngày|tuần|tháng)|\\d{1,2} (?:ngày|tuần|tháng) nữa',
  // "thứ hai" is "the second" as well: a day only behind "vào".
  weekdays: '(?!)',
  onWeekday: '(?!)',
  dates: 'ngày \\d{1,2} tháng \\d{1,2}(?: năm 20\\d\\d)?',
  onDate: 'vào',
  time: '(?:lúc (?<h>\\d{1,2})(?:(?<sure> giờ)|:)(?: ?(?<m>[0-5]\\d))?)',
  notAfter: 'mỗi hàng từ của cho và hoặc đến không những các',
  capitals: '(?!)',
})
