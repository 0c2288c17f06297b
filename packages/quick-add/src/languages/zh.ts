import { casual } from 'chrono-node/zh'
import { languageOf } from '../table-language.ts'

// As in Japanese: a date is sure where it is set apart by white space or punctuation. "明天的天气" is one word here and stays.
export const chinese = languageOf({
  chrono: casual,
  days: { 后天: 2 },
  relative: '今天|明天|後天|下(?:星期|周|週)[一二三四五六日天]|\\d{1,2}天[后後]',
  weekdays: '星期[一二三四五六日天]',
  onWeekday: '(?!)',
  dates: '(?:20\\d\\d年)?\\d{1,2}月\\d{1,2}[日号號]',
  onDate: '(?!)',
  time: '(?:上午|(?<pm>下午|晚上))?(?<h>\\d{1,2})(?<sure>[点點])(?:(?<m>[0-5]?\\d)分?)?',
  between: '(?: |的|，)?',
  suffix: '(?:之?前)?',
  notAfter: '每 每天 每周 每週 的',
  capitals: '(?!)',
})
