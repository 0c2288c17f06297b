import { expect, test } from 'vitest'
import { arranged, place, without, type Pages } from './pages.ts'
import type { Task } from './task.ts'
import { belongs, filterOf, readViewSearch } from './views.ts'

const clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris' }
const byPosition = filterOf({}, '', clock)

test('a task goes to its place, on whichever page that is', () => {
  expect(ids(place(pages(['a', 'c'], ['e', 'g']), task('b'), byPosition, clock))).toEqual([
    'a',
    'b',
    'c',
    'e',
    'g',
  ])
  expect(ids(place(pages(['a', 'c'], ['e', 'g']), task('f'), byPosition, clock))).toEqual([
    'a',
    'c',
    'e',
    'f',
    'g',
  ])
  expect(ids(place(pages(['a', 'c']), task('z'), byPosition, clock))).toEqual(['a', 'c', 'z'])
})

test('past the end of what is loaded it is left for the page it belongs to', () => {
  expect(ids(place(pages(['a', 'c'], undefined), task('z'), byPosition, clock))).toEqual(['a', 'c'])
})

test('what changes without moving is exchanged, and what no longer belongs leaves', () => {
  const changed = place(pages(['a', 'b', 'c']), task('b', { title: 'New' }), byPosition, clock)
  expect(ids(changed)).toEqual(['a', 'b', 'c'])
  expect(changed.pages[0]?.items[1]?.title).toBe('New')
  const done = task('b', { completed: true, status: 'completed' })
  expect(ids(place(changed, done, byPosition, clock))).toEqual(['a', 'c'])
})

test('a search shows what it found; only the server knows what else it finds', () => {
  const filter = filterOf({}, 'rent', clock)
  expect(ids(place(pages(['a']), task('b'), filter, clock))).toEqual(['a'])
  expect(ids(place(pages(['a', 'b']), task('b', { completed: true }), filter, clock))).toEqual(['a', 'b'])
})

test('an order of one’s own holds over the edges of pages', () => {
  const two = pages(['a', 'b'], ['c', 'd'])
  expect(ids(arranged(two, 'd', 'a'))).toEqual(['a', 'd', 'b', 'c'])
  expect(ids(arranged(two, 'd', null))).toEqual(['d', 'a', 'b', 'c'])
  expect(ids(arranged(two, 'a', 'd'))).toEqual(['b', 'c', 'd', 'a'])
  expect(ids(without(two, 'c'))).toEqual(['a', 'b', 'd'])
})

test.each([
  ['today', { date: '2026-11-21' }, true],
  ['today', { date: '2026-11-22' }, false],
  // What is late is due today all the more.
  ['today', { date: '2026-11-01' }, true],
  ['upcoming', { date: '2026-11-21' }, false],
  ['upcoming', { date: '2026-11-22' }, true],
  // Half past midnight in Paris is tomorrow there, whatever London says.
  ['upcoming', { dateTime: '2026-11-21T23:30:00Z', timeZone: 'Europe/London' }, true],
  ['overdue', { date: '2026-11-21' }, false],
  ['overdue', { date: '2026-11-20' }, true],
  ['overdue', { dateTime: '2026-11-21T11:59:00Z', timeZone: 'UTC' }, true],
  ['undated', null, true],
  ['undated', { date: '2026-11-21' }, false],
] as const)('%s: %o %s', (view, due, expected) => {
  expect(belongs(task('a', { due }), filterOf({ view }, '', clock), clock)).toBe(expected)
})

test('an address may say anything; what does not fit is left out', () => {
  expect(readViewSearch({ view: 'today', sort: 'title', order: 'asc', priority: 'none' })).toEqual({
    view: 'today',
    sort: 'title',
    order: 'asc',
    priority: 'none',
  })
  expect(
    readViewSearch({ view: 'constructor', sort: 'password', order: 1, priority: ['high'], q: 'x' }),
  ).toEqual({})
})

function task(id: string, change: Partial<Task> = {}): Task {
  return {
    id,
    number: 1,
    title: id,
    description: null,
    status: 'pending',
    completed: false,
    completedAt: null,
    priority: 'medium',
    due: null,
    position: id,
    createdAt: '2026-11-21T10:00:00Z',
    updatedAt: '2026-11-21T10:00:00Z',
    revision: 1,
    ...change,
  }
}

/** Pages of tasks named by their position; `undefined` at the end says that there are more. */
function pages(...of: (string[] | undefined)[]): Pages {
  const loaded = of.filter((names) => names !== undefined)
  return {
    pages: loaded.map((names, index) => ({
      items: names.map((name) => task(name)),
      nextCursor: index < of.length - 1 ? `page ${index + 1}` : null,
    })),
    pageParams: loaded.map((_, index) => (index === 0 ? undefined : `page ${index}`)),
  }
}

function ids(list: Pages): string[] {
  return list.pages.flatMap(({ items }) => items.map(({ id }) => id))
}
