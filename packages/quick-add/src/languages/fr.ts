import { casual } from 'chrono-node/fr'
import { languageOf } from '../table-language.ts'

const weekdays = 'lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche'
const months =
  'janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre'

export const french = languageOf({
  chrono: casual,
  days: { 'après-demain': 2 },
  relative:
    `aujourd'hui|demain|(?:${weekdays}) prochain|` +
    'dans (?:\\d{1,2}|un|une|deux|trois|quatre|cinq|six) (?:jours?|semaines?|mois)',
  weekdays,
  // "le vendredi" is every Friday.
  onWeekday: "ce|d'ici",
  dates: `(?:\\d{1,2}|1er) (?:${months})(?: 20\\d\\d)?|\\d{1,2}/\\d{1,2}/20\\d\\d`,
  onDate: "d'ici le|le|au plus tard le",
  time: '(?:[àa] (?<h>\\d{1,2})(?: ?(?<sure>h|heures?)|:)(?: ?(?<m>[0-5]\\d))?)',
  notAfter:
    'chaque tous les le la du de des au pour un une depuis après avant et ou dès jusque jusqu’à à ce dernier mauvais bon',
  capitals: months,
  never: /^(?:aujourd'hui|demain) (?:ne|est|sera|était|c'est|on|et)\b|^vendredi (?:13|saint|noir)\b/,
})
