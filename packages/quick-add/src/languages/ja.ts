import { casual } from 'chrono-node/ja'
import { languageOf } from '../table-language.ts'

// Japanese has no spaces: a date is sure where the writer set it apart by one, or by "、". "明日の天気" is one word here and stays.
export const japanese = languageOf({
  chrono: casual,
  days: { 明後日: 2, あさって: 2 },
  relative: '今日|きょう|明日|あした|(?:次の|来週の)?[月火水木金土日]曜日',
  weekdays: '[月火水木金土日]曜',
  onWeekday: '(?!)',
  dates: '(?:20\\d\\d年)?\\d{1,2}月\\d{1,2}日|20\\d\\d/\\d{1,2}/\\d{1,2}',
  onDate: '(?!)',
  time: '(?:午前|(?<pm>午後))?(?<h>\\d{1,2})(?<sure>時)(?:(?<m>[0-5]?\\d)分)?',
  between: '(?: |の|、)?',
  suffix: '(?:までに|まで|に)?',
  notAfter: '毎週 毎日 毎月 の',
  capitals: '(?!)',
})
