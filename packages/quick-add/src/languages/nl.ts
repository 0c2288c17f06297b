import { casual } from 'chrono-node/nl'
import { languageOf } from '../table-language.ts'

const weekdays = 'maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag'
const months = 'januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december'

export const dutch = languageOf({
  chrono: casual,
  days: { overmorgen: 2 },
  relative:
    `vandaag|morgen|(?:volgende|komende|aanstaande) (?:${weekdays})|` +
    'over (?:\\d{1,2}|een|twee|drie|vier|vijf|zes) (?:dag|dagen|week|weken|maand|maanden)',
  weekdays,
  onWeekday: 'uiterlijk|op',
  dates: `\\d{1,2} (?:${months})(?: 20\\d\\d)?|\\d{1,2}-\\d{1,2}-20\\d\\d`,
  onDate: 'uiterlijk op|uiterlijk|op',
  time: '(?:om (?<h>\\d{1,2})(?:[:.](?<m>[0-5]\\d))?(?<sure> uur)?)',
  notAfter:
    'elke iedere de het een van voor vanaf sinds na tot en of naar goede vorige afgelopen witte blauwe zwarte geen over',
  capitals: months,
  never: /^(?:vandaag|morgen) (?:is|was|wordt|niet|komt)\b/,
})
