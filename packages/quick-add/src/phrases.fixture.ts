import type { Priority, QuickAdd, QuickAddOptions } from './pieces.ts'

const timeZone = 'Europe/Berlin'

export type Phrase = {
  text: string
  line: number
  options: QuickAddOptions
  expected: Omit<QuickAdd, 'pieces'>
  /** Said by the table not to be read at all. */
  isWhole: boolean
}

/** The rows of phrases.txt, which explains itself. Instants are made by Temporal, not by our own reckoning. */
export function phrasesIn(table: string): Phrase[] {
  let section: Pick<QuickAddOptions, 'locale' | 'weekStart'> = { locale: 'en', weekStart: 1 }
  return table.split('\n').flatMap((row, at): Phrase[] => {
    const header = /^\[(\S+)(?: week (\d))?\]/.exec(row)
    if (header)
      section = { locale: header[1], weekStart: Number(header[2] ?? 1) as QuickAddOptions['weekStart'] }
    const [, sign, rest = ''] = /^([-+]) (.+)$/.exec(row) ?? []
    if (!sign) return []
    const [text = '', results = text] = sign === '+' ? rest.split(' :: ') : [rest]
    const options = { ...section, timeZone, now: new Date('2026-11-18T10:00:00+01:00') }
    return [{ text, line: at + 1, options, expected: expectedFrom(results), isWhole: sign === '-' }]
  })
}

function expectedFrom(results: string): Phrase['expected'] {
  const [title = '', ...parts] = results.split(' | ')
  const expected: Phrase['expected'] = { title, tags: [] }
  for (const part of parts) {
    const [word = '', ...rest] = part.split(' ')
    const value = rest.join(' ')
    if (word === 'due') expected.due = dueFrom(value)
    else if (word === 'rule') expected.recurrence = { rule: value, basis: 'due' }
    else if (word === 'after') expected.recurrence = { rule: value, basis: 'completion' }
    else if (part.startsWith('!')) expected.priority = part.slice(1) as Priority
    else if (part.startsWith('#')) expected.tags.push(part.slice(1))
    else if (part.startsWith('@')) expected.list = part.slice(1)
    else throw new Error(`phrases.txt: what is "${part}"?`)
  }
  return expected
}

function dueFrom(value: string) {
  const [date = '', time] = value.split(' ')
  if (!time) return { date }
  const at = Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(timeZone)
  return { dateTime: at.toString({ timeZoneName: 'never', smallestUnit: 'second' }), timeZone }
}
