import fc from 'fast-check'
import type { Filter } from './filter.ts'
import type { Wanted } from './operation.ts'
import type { Kind } from './rows.ts'

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
    .integer({ min: -8, max: 8 })
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
const place = fc.nat(50)

export const newTask = fc.record(
  { title, description: fc.option(title), status, priority, due },
  { requiredKeys: ['title'] },
)

/** The ids of rows of each kind that there are or were. */
export type Known = Record<Kind, string[]>
/** A change of some of the rows that there were, chosen by number; some are not there any more. */
export type Step = (known: Known) => Wanted

const at = (ids: string[], number: number) => ids[number % ids.length] ?? crypto.randomUUID()
const some = (ids: string[], numbers: number[]) =>
  ids.length === 0 ? [] : [...new Set(numbers.map((number) => at(ids, number)))].toSorted()
const places = (most: number) => fc.array(place, { maxLength: most })

/** Where a task goes, by numbers. */
const destination = fc
  .record({ list: fc.option(place), parent: fc.option(place), tags: places(3) }, { requiredKeys: [] })
  .map(({ list, parent, tags }) => (known: Known) => ({
    ...(list !== undefined && { listId: list === null ? null : at(known.lists, list) }),
    ...(parent !== undefined && { parentId: parent === null ? null : at(known.tasks, parent) }),
    ...(tags !== undefined && { tagIds: some(known.tags, tags) }),
  }))
const retagging = fc.tuple(places(3), places(2)).map(([add, remove]) => ({ tags }: Known) => ({
  addTagIds: some(tags, add),
  removeTagIds: some(tags, remove).filter((id) => !some(tags, add).includes(id)),
}))

const taskStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(newTask, destination).map(([input, to]): Step => (known) => ({
      path: 'tasks.create',
      input: { ...input, ...to(known) },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(place, fc.oneof(change, completion)).map(([one, fields]): Step => ({ tasks }) => ({
      path: 'tasks.update',
      input: { id: at(tasks, one), ...fields },
    })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(place, fc.oneof(destination, retagging)).map(([one, to]): Step => (known) => ({
      path: 'tasks.update',
      input: { id: at(known.tasks, one), title: 'moved', ...to(known) },
    })),
  },
  place.map((one): Step => ({ tasks }) => ({ path: 'tasks.complete', input: { id: at(tasks, one) } })),
  place.map((one): Step => ({ tasks }) => ({ path: 'tasks.reopen', input: { id: at(tasks, one) } })),
  place.map((one): Step => ({ tasks }) => ({ path: 'tasks.delete', input: { id: at(tasks, one) } })),
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.option(place)).map(([one, other]): Step => ({ tasks }) => {
      const id = at(tasks, one)
      const after = other === null ? null : at(tasks, other)
      return { path: 'tasks.reorder', input: { id, after: after === id ? null : after } }
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.option(place), destination).map(([one, other, to]): Step => (known) => {
      const id = at(known.tasks, one)
      const after = other === null ? null : at(known.tasks, other)
      const { tagIds: _, ...where } = to(known)
      return { path: 'tasks.move', input: { id, ...where, after: after === id ? null : after } }
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.array(place, { minLength: 1, maxLength: 5 }),
        fc.oneof(
          fc.constant(() => ({ delete: true as const })),
          completion.map((fields) => () => fields),
          fc.record({ priority, due }).map((fields) => () => fields),
          destination.map((to) => (known: Known) => ({ completed: false, ...to(known) })),
          retagging,
        ),
      )
      .map(([several, to]): Step => (known) => ({
        path: 'tasks.bulk',
        input: { ids: some(known.tasks, several), change: to(known) },
      })),
  },
)

const name = fc.uuid().map((text) => ` ${text.slice(-12)} `)
const color = fc.constantFrom(null, '#1f883d', '#0969da')

/** Each of these kinds has much in common, and something of its own. */
const otherStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ name, color }).map((input): Step => () => ({ path: 'lists.create', input })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ name, color }).map((input): Step => () => ({ path: 'tags.create', input })),
  },
  fc
    .tuple(place, fc.record({ name, icon: fc.constantFrom(null, '🛒') }, { requiredKeys: ['name'] }))
    .map(([one, fields]): Step => ({ lists }) => ({
      path: 'lists.update',
      input: { id: at(lists, one), ...fields },
    })),
  fc.tuple(place, fc.boolean()).map(([one, archived]): Step => ({ lists }) => ({
    path: 'lists.archive',
    input: { id: at(lists, one), archived },
  })),
  fc.tuple(place, fc.option(place)).map(([one, other]): Step => ({ lists }) => {
    const id = at(lists, one)
    const after = other === null ? null : at(lists, other)
    return { path: 'lists.reorder', input: { id, after: after === id ? null : after } }
  }),
  fc.tuple(place, fc.constantFrom('keep', 'delete', undefined)).map(([one, tasks]): Step => ({ lists }) => ({
    path: 'lists.delete',
    input: { id: at(lists, one), ...(tasks && { tasks }) },
  })),
  fc
    .tuple(place, fc.record({ name, color }, { requiredKeys: ['name'] }))
    .map(([one, fields]): Step => ({ tags }) => ({
      path: 'tags.update',
      input: { id: at(tags, one), ...fields },
    })),
  place.map((one): Step => ({ tags }) => ({ path: 'tags.delete', input: { id: at(tags, one) } })),
  fc.tuple(name, fc.option(place, { nil: undefined })).map(([text, list]): Step => ({ lists }) => ({
    path: 'views.create',
    input: {
      name: text,
      filter: {
        completed: false,
        sort: 'due_date',
        ...(list !== undefined && { listId: [at(lists, list)] }),
      },
    },
  })),
  fc.tuple(place, name).map(([one, text]): Step => ({ views }) => ({
    path: 'views.update',
    input: { id: at(views, one), name: text },
  })),
  fc.tuple(place, fc.option(place)).map(([one, other]): Step => ({ views }) => {
    const id = at(views, one)
    const after = other === null ? null : at(views, other)
    return { path: 'views.reorder', input: { id, after: after === id ? null : after } }
  }),
  place.map((one): Step => ({ views }) => ({ path: 'views.delete', input: { id: at(views, one) } })),
  {
    weight: 2,
    arbitrary: fc.tuple(place, title).map(([one, body]): Step => ({ tasks }) => ({
      path: 'comments.create',
      input: { taskId: at(tasks, one), body },
    })),
  },
  fc.tuple(place, title).map(([one, body]): Step => ({ comments }) => ({
    path: 'comments.update',
    input: { id: at(comments, one), body },
  })),
  place.map((one): Step => ({ comments }) => ({ path: 'comments.delete', input: { id: at(comments, one) } })),
)

export const step: fc.Arbitrary<Step> = fc
  .oneof({ weight: 3, arbitrary: taskStep }, { weight: 2, arbitrary: otherStep })
  .map((next): Step => (known) => {
    const wanted = next(known)
    // Nobody changes many of none.
    const isEmpty = wanted.path === 'tasks.bulk' && wanted.input.ids.length === 0
    return isEmpty ? { path: 'tasks.delete', input: { id: crypto.randomUUID() } } : wanted
  })

const oneOrMore = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }))

/** Up to three conditions on these lists, parents and tags; with more, hardly anything is found. */
export function filterOf({ lists, tags, tasks }: Pick<Known, 'lists' | 'tags' | 'tasks'>) {
  const conditions = {
    listId: oneOrMore(fc.constantFrom(null, ...lists)),
    parentId: fc.constantFrom(null, ...tasks),
    tagIds: fc.oneof(
      fc.constant('none' as const),
      fc.record({ any: fc.array(fc.constantFrom(...tags), { minLength: 1, maxLength: 3 }) }),
      fc.record({ all: fc.array(fc.constantFrom(...tags), { minLength: 1, maxLength: 2 }) }),
    ),
    status: oneOrMore(status),
    completed: fc.boolean(),
    priority: oneOrMore(priority),
    due: fc.oneof(
      fc.constantFrom('today', 'by_today', 'upcoming', 'week', 'overdue', 'none'),
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
  }
  const order = {
    sort: fc.constantFrom('created_at', 'updated_at', 'title', 'priority', 'due_date', 'position', 'number'),
    order: fc.constantFrom('asc', 'desc'),
  }
  return fc
    .subarray(Object.keys(conditions) as (keyof typeof conditions)[], { maxLength: 3 })
    .chain((names): fc.Arbitrary<Filter> =>
      fc.record({ ...order, ...Object.fromEntries(names.map((key) => [key, conditions[key]])) }),
    )
}
