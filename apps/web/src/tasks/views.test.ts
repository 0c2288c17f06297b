import { expect, test } from 'vitest'
import { filterOf, placeOfNew, readViewSearch, type SavedFilter, type ViewSearch } from './views.ts'

const [list, one, two] = [1, 2, 3].map((digit) => `${digit}1111111-1111-4111-8111-111111111111`) as [
  string,
  string,
  string,
]

test('an address gives what fits, and leaves out the rest', () => {
  expect(readViewSearch({ list, tags: [one, two, one], match: 'all', view: 'today' })).toEqual({
    list,
    tags: [one, two],
    match: 'all',
    view: 'today',
  })
  // A tag typed by hand need not be in brackets; of one alone there is nothing to match all of.
  expect(readViewSearch({ tags: one, match: 'all' })).toEqual({ tags: [one] })
  expect(
    readViewSearch({ view: 'toString', list: 'x', tags: ['x', 7], saved: {}, priority: 'urgent', sort: '' }),
  ).toEqual({})
})

test.each<[ViewSearch, object]>([
  [{ view: 'inbox' }, { completed: false, listId: null, sort: 'position' }],
  [{ list }, { completed: false, listId: list, sort: 'position', order: 'asc' }],
  [
    { view: 'completed', list },
    { completed: true, listId: list, sort: 'updated_at', order: 'desc' },
  ],
  [{ tags: [one, two] }, { tagIds: { any: [one, two] } }],
  [{ tags: [one, two], match: 'all' }, { tagIds: { all: [one, two] } }],
  [{ view: 'today' }, { completed: false, due: 'by_today' }],
  [
    { view: 'upcoming', priority: 'none', sort: 'priority' },
    { due: 'upcoming', priority: null, order: 'desc' },
  ],
])('%j', (search, filter) => {
  expect(filterOf(search, '')).toMatchObject(filter)
})

const saved: SavedFilter = { due: 'overdue', listId: [list, null], sort: 'title' }

test('a saved view gives its own filter, which the address narrows', () => {
  expect(filterOf({ saved: one }, '', saved)).toEqual({ ...saved, order: 'asc' })
  expect(filterOf({ saved: one, list, priority: 'high', sort: 'priority' }, '', saved)).toEqual({
    due: 'overdue',
    listId: list,
    priority: 'high',
    sort: 'priority',
    order: 'desc',
  })
})

test('a search looks everywhere', () => {
  expect(filterOf({ view: 'today', list, tags: [one] }, 'milk')).toEqual({
    q: 'milk',
    sort: 'due_date',
    order: 'asc',
  })
})

test('a new task goes where one looks', () => {
  expect(placeOfNew({})).toEqual({})
  expect(placeOfNew({ view: 'inbox' })).toEqual({})
  expect(placeOfNew({ list, tags: [one, two] })).toEqual({ listId: list, tagIds: [one] })
  expect(placeOfNew({ tags: [one, two], match: 'all' })).toEqual({ tagIds: [one, two] })
  expect(placeOfNew({ saved: one }, { listId: list, tagIds: { all: [two] } })).toEqual({
    listId: list,
    tagIds: [two],
  })
  // Of several lists none is meant.
  expect(placeOfNew({ saved: one }, saved)).toEqual({})
})
