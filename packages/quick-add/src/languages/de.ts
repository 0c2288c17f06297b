import { casual } from 'chrono-node/de'
import { languageOf } from '../table-language.ts'

const weekdays = 'montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag'
const months = 'januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember'

export const german = languageOf({
  chrono: casual,
  relative:
    `heute|morgen|übermorgen|(?:nächsten|kommenden|diesen) (?:${weekdays})|` +
    'in (?:\\d{1,2}|einem|einer|zwei|drei|vier|fünf|sechs) (?:tag|tagen|woche|wochen|monat|monaten)',
  weekdays,
  onWeekday: 'bis zum|bis|am',
  dates: `\\d{1,2}\\. ?(?:${months})(?: 20\\d\\d)?|\\d{1,2}\\.\\d{1,2}\\.20\\d\\d`,
  onDate: 'bis zum|bis|am|zum',
  time: '(?:(?:um|ab) (?<h>\\d{1,2})(?:[:.](?<m>\\d\\d))?(?<sure> uhr)?)',
  notAfter:
    'jeden jeder jedes jede von vom zum zur für der die das den dem des ein eine einen seit nach vor ab und oder ' +
    'guten gute blauer schwarzer grüner letzten vorigen statt ohne über als wie kein keinen',
  capitals: `${months}|tag|tagen|woche|wochen|monat|monaten|uhr`,
  // "Morgen ist auch noch ein Tag" says something of tomorrow; "heute journal" is a programme.
  never: /^(?:heute|morgen) (?:ist|war|wird|journal|show|nicht|stirbt)\b/,
})
