import { casual } from 'chrono-node/ar'
import { languageOf } from '../table-language.ts'

const weekdays = 'الاثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت|الأحد'
const months = 'يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر'

export const arabic = languageOf({
  chrono: casual,
  // "اليوم" is "the day" as well as today, and is not read.
  relative: 'غدا|غداً|بعد غد|بعد \\d{1,2} (?:أيام|أسابيع|أشهر)',
  weekdays: `يوم (?:${weekdays})`,
  onWeekday: '(?!)',
  dates: `\\d{1,2} (?:${months})(?: 20\\d\\d)?`,
  onDate: '(?!)',
  time: '(?:(?<sure>الساعة) (?<h>\\d{1,2})(?::(?<m>[0-5]\\d))?)',
  notAfter: 'كل من منذ إلى حتى أو و ليس قبل بعد',
  capitals: '(?!)',
})
