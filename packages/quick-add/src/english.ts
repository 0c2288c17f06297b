import { readDay } from './english-days.ts'
import { readTime } from './english-times.ts'
import { capitals, closers, neverAfter, notAfter, notBefore } from './english-words.ts'
import type { Language, Reading } from './language.ts'
import type { Clock } from './pieces.ts'

/** A comma may stand between a day and its time. */
const between = /^,? (?:- )?/

function read(window: string, clock: Clock): Reading[] {
  const day = readDay(window, clock)
  if (day) return [...withTime(window, day), day]

  const time = readTime(window, false)
  if (!time) return []
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
  if (gap === undefined || !dayBehind || dayBehind.when.instant !== undefined) return [alone]
  return [
    {
      length: length + gap.length + dayBehind.length,
      when: { ...dayBehind.when, minute, vague, soft },
      place:
        introduced || dayBehind.introduced ? (dayBehind.place === 'anywhere' ? 'anywhere' : 'edge') : 'edge',
      introduced,
      deadline: deadline || (dayBehind.deadline ?? false),
    },
    alone,
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
  const { minute, vague, soft } = time
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
}
