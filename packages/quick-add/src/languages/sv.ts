import { casual } from 'chrono-node/sv'
import { languageOf } from '../table-language.ts'

const weekdays = 'måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag'
const months = 'januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december'

export const swedish = languageOf({
  chrono: casual,
  days: { 'i dag': 0, 'i morgon': 1, 'i övermorgon': 2, övermorgon: 2 },
  relative: `idag|imorgon|nästa (?:${weekdays})`,
  weekdays,
  onWeekday: 'senast på|senast|på',
  dates: `\\d{1,2} (?:${months})(?: 20\\d\\d)?`,
  onDate: 'senast den|senast|den',
  time: '(?:(?<sure>kl\\.?|klockan) (?<h>\\d{1,2})(?:[:.](?<m>[0-5]\\d))?)',
  notAfter:
    'varje var alla en ett den det för från sedan efter före till och eller god förra svarta vita inte',
  capitals: months,
  never: /^(?:idag|imorgon|i dag|i morgon) (?:är|var|blir|aldrig)(?= )/,
})
