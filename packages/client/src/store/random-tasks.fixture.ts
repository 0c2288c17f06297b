import fc from 'fast-check'
import type { Filter } from './filter.ts'
import type { Wanted } from './operation.ts'

const words = [
  'Éclair',
  'ECLAIR',
  'ﬁne',
  'ﾊﾝ',
  'Ὀδυσσεύς',
  'ΟΔΟΣ',
  'İstanbul',
  'straße',
  'a%b_c\\d',
  '😀',
  '\uE000z',
  'zebra',
  'Ｚ',
]
const title = fc
  .array(fc.constantFrom(...words, ' '), { minLength: 1, maxLength: 4 })
  .map((parts) => `x${parts.join(' ')} `)
const status = fc.constantFrom('pending', 'in_progress', 'completed')
const priority = fc.constantFrom('low', 'medium', 'high', null)
const zone = fc.constantFrom('UTC', 'Europe/Paris', 'America/Sao_Paulo', 'Asia/Kathmandu')

/** Days around today, in any zone, and the ends of time. */
const day = fc.oneof(
  fc
    .integer({ min: -3, max: 3 })
    .map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)),
  fc.constantFrom('0001-01-01', '1899-12-31', '2018-11-04', '9999-12-31'),
)
const clockTime = fc.constantFrom(
  '00:00:00',
  '02:59:59.5',
  '12:30:00.123456',
  '21:00:00.120',
  '23:59:59.999999',
)
const offset = fc.constantFrom('Z', '+02:00', '-03:00', '+05:45')
const instant = fc
  .tuple(day, clockTime, offset)
  .map(([date, time, from]) => `${date}T${time}${from}`)
  // What the offset moves out of the years that there are is no due date.
  .filter((text) => {
    const time = Date.parse(text)
    return time > Date.parse('0001-01-02T00:00:00Z') && time < Date.parse('9999-12-31T00:00:00Z')
  })
  // An hour around now, the server's now may be another than ours.
  .filter((text) => Math.abs(Date.parse(text) - Date.now()) > 3_600_000)
const due = fc.oneof(
  fc.constant(null),
  day.map((date) => ({ date })),
  fc.record({ dateTime: instant, timeZone: zone }),
)
const change = fc
  .record({ title, description: fc.option(title), status, priority, due }, { requiredKeys: [] })
  .filter((fields) => Object.keys(fields).length > 0)
const completion = fc.record({ completed: fc.boolean() })

export const newTask = fc.record(
  { title, description: fc.option(title), status, priority, due },
  { requiredKeys: ['title'] },
)

/** A change of some of the tasks that there were, chosen by number; some are not there any more. */
export type Step = (ids: string[]) => Wanted

const at = (ids: string[], number: number) => ids[number % ids.length] ?? crypto.randomUUID()
const place = fc.nat(50)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: newTask.map((input): Step => () => ({ path: 'tasks.create', input })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(place, fc.oneof(change, completion)).map(([one, fields]): Step => (ids) => ({
      path: 'tasks.update',
      input: { id: at(ids, one), ...fields },
    })),
  },
  place.map((one): Step => (ids) => ({ path: 'tasks.complete', input: { id: at(ids, one) } })),
  place.map((one): Step => (ids) => ({ path: 'tasks.reopen', input: { id: at(ids, one) } })),
  place.map((one): Step => (ids) => ({ path: 'tasks.delete', input: { id: at(ids, one) } })),
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.option(place)).map(([one, other]): Step => (ids) => {
      const id = at(ids, one)
      const after = other === null ? null : at(ids, other)
      return { path: 'tasks.reorder', input: { id, after: after === id ? null : after } }
    }),
  },
  fc
    .tuple(
      fc.array(place, { minLength: 1, maxLength: 5 }),
      fc.oneof(fc.constant({ delete: true as const }), completion, fc.record({ priority, due })),
    )
    .map(([places, fields]): Step => (ids) => ({
      path: 'tasks.bulk',
      input: {
        ids: [...new Set(places.map((one) => at(ids, one)))],
        change: fields,
      },
    })),
)

const oneOrMore = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }))

export const filter: fc.Arbitrary<Filter> = fc.record(
  {
    status: oneOrMore(status),
    completed: fc.boolean(),
    priority: oneOrMore(priority),
    due: fc.oneof(
      fc.constantFrom('today', 'overdue', 'none'),
      fc.record({ before: fc.oneof(day, instant) }),
      fc.record({ after: fc.oneof(day, instant) }),
      fc.record({ before: fc.oneof(day, instant), after: fc.oneof(day, instant) }),
    ),
    q: fc.constantFrom(
      'eclair',
      'É',
      'fine',
      'ハン',
      'ς',
      'οδος',
      'i',
      'ss',
      'ß',
      '%',
      '_',
      '\\',
      '😀',
      ' z',
    ),
    sort: fc.constantFrom('created_at', 'updated_at', 'title', 'priority', 'due_date', 'position', 'number'),
    order: fc.constantFrom('asc', 'desc'),
  },
  { requiredKeys: ['sort', 'order'] },
)
