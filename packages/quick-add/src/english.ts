import { readDay } from './english-days.ts'
import { readTime } from './english-times.ts'
import { capitals, closers, neverAfter, notAfter, notBefore } from './english-words.ts'
import type { Language, Reading } from './language.ts'
import { type Clock, timeInPart } from './pieces.ts'

/** A comma may stand between a day and its time. */
const between = /^,? (?:- )?/

function read(window: string, clock: Clock): Reading[] {
  const day = readDay(window, clock)
  if (day) return [...withTime(window, day), day]

  const firm = readTime(window, false)
  // "12:30" is a time where a day stands behind it.
  const time = firm ?? readTime(window, true)
  if (!time || (!firm && time.soft)) return []
  const { minute, vague, soft, length, introduced, deadline } = time
  const alone: Reading = {
    length,
    when: { minute, vague, soft },
    place: timePlace(window.slice(0, length), time.sure, introduced),
    introduced,
    deadline,
  }
  const gap = between.exec(window.slice(length))?.[0]
  const dayBehind = gap === undefined ? undefined : readDay(window.slice(length + gap.length), clock)
  const alones = firm ? [alone] : []
  if (gap === undefined || !dayBehind || dayBehind.when.instant !== undefined) return alones
  return [
    {
      length: length + gap.length + dayBehind.length,
      when: {
        ...dayBehind.when,
        minute:
          dayBehind.when.minute === undefined ? minute : timeInPart(dayBehind.when.minute, minute, vague),
        vague: vague && dayBehind.when.minute === undefined,
        soft,
      },
      place:
        introduced || dayBehind.introduced ? (dayBehind.place === 'anywhere' ? 'anywhere' : 'edge') : 'edge',
      introduced,
      deadline: deadline || (dayBehind.deadline ?? false),
    },
    ...alones,
  ]
}

function timePlace(said: string, sure: boolean, introduced: boolean): Reading['place'] {
  if (sure) return introduced ? 'anywhere' : 'edge'
  return /[:.]/.test(said) ? 'edge' : 'closed'
}

function withTime(window: string, day: Reading): Reading[] {
  if (day.when.instant !== undefined) return []
  const gap = between.exec(window.slice(day.length))?.[0]
  const time = gap === undefined ? undefined : readTime(window.slice(day.length + gap.length), true)
  if (gap === undefined || !time) return []
  const { soft } = time
  const part = day.when.minute
  const minute = part === undefined ? time.minute : timeInPart(part, time.minute, time.vague)
  const vague = part === undefined && time.vague
  const isFirm = time.sure && (day.place === 'anywhere' || (time.introduced && !soft))
  return [
    {
      ...day,
      length: day.length + gap.length + time.length,
      when: { ...day.when, minute, vague, soft },
      // "Friday night" begins many names, "Friday 5pm" none.
      place: isFirm ? 'anywhere' : soft && day.place === 'end' ? 'closed' : 'edge',
      nameLike: (day.nameLike ?? false) && soft,
      deadline: (day.deadline ?? false) || time.deadline,
    },
  ]
}

export const english: Language = {
  read,
  notAfter,
  neverAfter,
  notBefore,
  closers,
  capitals,
  namesHaveCapitals: true,
  never: /^(?:today|tomorrow) (?:i learned|is|was|will|never)\b/,
}
