import { casual } from 'chrono-node/pt'
import { languageOf } from '../table-language.ts'

const weekdays = '(?:segunda|terça|quarta|quinta|sexta)-feira|sábado|domingo'
const months = 'janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro'

export const portuguese = languageOf({
  chrono: casual,
  days: { 'depois de amanhã': 2 },
  relative: 'hoje|amanhã',
  weekdays,
  onWeekday: 'até|na|no',
  dates: `\\d{1,2} de (?:${months})(?: de 20\\d\\d)?|\\d{1,2}/\\d{1,2}/20\\d\\d`,
  onDate: 'até|no dia|dia|em',
  time: '(?:às? (?<h>\\d{1,2})(?:(?::|(?<sure>h))(?<m>[0-5]\\d)?)?)',
  notAfter:
    'cada toda todo todas todos a o as os da do de das dos para por um uma desde e ou esta este que depois santa passada última',
  capitals: months,
  never: /^(?:hoje|amanhã) (?:é|será|não|foi)(?= )|^sexta-feira (?:13|santa|negra)\b/,
})
