import { casual } from 'chrono-node/es'
import { languageOf } from '../table-language.ts'

const weekdays = 'lunes|martes|miércoles|miercoles|jueves|viernes|sábado|sabado|domingo'
const months =
  'enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|setiembre|octubre|noviembre|diciembre'

export const spanish = languageOf({
  chrono: casual,
  days: { 'pasado mañana': 2 },
  relative:
    `hoy|mañana|(?:próximo|proximo) (?:${weekdays})|` +
    'en (?:\\d{1,2}|un|una|dos|tres|cuatro|cinco|seis) (?:días?|dias?|semanas?|mes|meses)',
  weekdays,
  onWeekday: 'antes del|este|el',
  dates: `\\d{1,2} de (?:${months})(?: (?:de|del) 20\\d\\d)?|\\d{1,2}/\\d{1,2}/20\\d\\d`,
  onDate: 'el',
  time: '(?:a las? (?<h>\\d{1,2})(?::(?<m>[0-5]\\d))?(?: ?(?<sure>horas|h))?)',
  notAfter:
    'cada todos los las la el del de al para por un una desde hasta y o esta este que otro santo negro pasado último',
  capitals: months,
  never: /^(?:hoy|mañana) (?:es|será|no|fue|por)\b|^viernes (?:13|santo|negro)\b/,
})
