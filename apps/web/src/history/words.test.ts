import { expect, test } from 'vitest'
import type { Clock } from '../tasks/dates.ts'
import { directionOf, stacksOf, type Change, type Revision } from './revision.ts'
import { sayAgo } from './moment.tsx'
import { names } from './names.ts'
import { sayChange, sayRevision, sayUndone } from './sentences.ts'
import { sayWho } from './words.ts'

const clock: Clock = { now: new Date('2026-11-21T12:00:00Z'), timeZone: 'Europe/Paris' }

function change(before: Change['before'], after: Change['after'], title = 'Buy milk'): Change {
  const kind = before === null ? 'created' : after === null ? 'deleted' : 'updated'
  return {
    entity: 'tasks',
    id: crypto.randomUUID(),
    kind,
    title,
    before,
    after,
    superseded: [],
    restorable: false,
  }
}

function revision(number: number, more: Partial<Revision> = {}): Revision {
  const changes = more.changes ?? [change({ priority: 'low' }, { priority: 'high' })]
  return {
    revision: number,
    madeAt: '2026-11-21T11:00:00Z',
    actor: 'session',
    client: 'web',
    session: { id: 'here', current: true },
    undoes: null,
    undoneBy: null,
    count: changes.length,
    ...more,
    changes,
  }
}

test.each<[Change['before'], Change['after'], string]>([
  [null, { title: 'Buy milk' }, 'Added “Buy milk”'],
  [{ title: 'Buy milk' }, null, 'Deleted “Buy milk”'],
  [{ title: 'Buy milk' }, { title: 'Buy oat milk' }, 'Renamed “Buy milk” to “Buy oat milk”'],
  [
    { status: 'pending', completedAt: null },
    { status: 'completed', completedAt: '2026-11-21T11:00:00Z' },
    'Completed “Buy milk”',
  ],
  [{ status: 'completed' }, { status: 'in_progress' }, 'Reopened “Buy milk”'],
  [{ status: 'pending' }, { status: 'in_progress' }, 'Started “Buy milk”'],
  [{ due: null }, { due: { date: '2026-11-22' } }, 'Gave “Buy milk” a due date'],
  [{ due: { date: '2026-11-22' } }, { due: null }, 'Took the due date off “Buy milk”'],
  [{ position: 'a0' }, { position: 'a1' }, 'Moved “Buy milk”'],
  [{ title: 'Buy milk', priority: 'low' }, { title: 'x', priority: 'high' }, 'Changed “Buy milk”'],
  [
    { position: 'a0', priority: null },
    { position: 'a1', priority: 'low' },
    'Changed the priority of “Buy milk”',
  ],
])('a change in words: %j → %j', (before, after, words) => {
  expect(sayChange(change(before, after))).toBe(words)
})

test('what comes back with its old age was restored', () => {
  const back = change(null, { title: 'Buy milk', createdAt: '2026-01-01T00:00:00Z' })
  expect(sayRevision(revision(1, { changes: [back] }), clock)).toBe('Restored “Buy milk”')
  expect(sayRevision(revision(1, { changes: [back], actor: 'import' }), clock)).toBe('Added “Buy milk”')
  // The deletion that takes back an addition is not the deletion of something restored.
  const gone = change({ title: 'Buy milk', createdAt: '2026-01-01T00:00:00Z' }, null)
  expect(sayUndone(revision(2, { changes: [gone], undoes: 1 }), clock)).toBe('added “Buy milk”')
})

test('many changes are summed up by what they have in common', () => {
  const say = (changes: Change[], count = changes.length) =>
    sayRevision(revision(1, { changes, count }), clock)
  const high = Array.from({ length: 12 }, () => change({ priority: 'low' }, { priority: 'high' }))
  expect(say(high)).toBe('12 tasks: priority → High')
  expect(say([...high, change({ title: 'a' }, { title: 'b' })])).toBe('Changed 13 tasks')
  const tomorrow = [1, 2].map(() => change({ due: null }, { due: { date: '2026-11-22' } }))
  expect(say(tomorrow)).toBe('2 tasks: due → Tomorrow')
  expect(say([1, 2].map(() => change(null, { title: 'x' })))).toBe('Added 2 tasks')
  expect(say([change(null, { title: 'x' })], 5000)).toBe('Added 5,000 tasks')
  expect(say([change(null, {}), change({ title: 'x' }, null), change({ title: 'x' }, null)])).toBe(
    '3 tasks: 1 added, 2 deleted',
  )
  // Only the first are known: their numbers would not be those of all.
  expect(say([change(null, {}), change({ title: 'x' }, null)], 300)).toBe('Changed 300 tasks')
  expect(say([1, 2].map(() => change({ position: 'a' }, { position: 'b' })))).toBe('Moved 2 tasks')
  expect(say([], 0)).toBe('Left everything as it was')
})

function of(
  entity: Change['entity'],
  before: Change['before'],
  after: Change['after'],
  title: string,
): Change {
  return { ...change(before, after, title), entity }
}

test.each<[Change, string]>([
  [of('lists', null, { name: 'Home' }, 'Home'), 'Created the list “Home”'],
  [of('lists', { name: 'Home' }, { name: 'House' }, 'House'), 'Renamed the list “Home” to “House”'],
  [of('lists', { color: null }, { color: '#1d6b52' }, 'Home'), 'Changed the colour of the list “Home”'],
  [
    of('lists', { archivedAt: null }, { archivedAt: '2026-11-21T11:00:00Z' }, 'Home'),
    'Archived the list “Home”',
  ],
  [
    of('lists', { archivedAt: '2026-11-21T11:00:00Z' }, { archivedAt: null }, 'Home'),
    'Unarchived the list “Home”',
  ],
  [of('lists', { position: 'a0' }, { position: 'a1' }, 'Home'), 'Moved the list “Home”'],
  [of('tags', { name: 'dull' }, null, 'dull'), 'Deleted the tag “dull”'],
  [of('views', null, { name: 'Work' }, 'Work'), 'Saved the view “Work”'],
  [of('comments', null, { taskId: 'milk', body: 'Two' }, 'Two'), 'Commented on “Buy milk”'],
  [of('comments', { body: 'Two' }, { body: 'Three' }, 'Three'), 'Changed the comment “Three”'],
  [of('comments', { taskId: 'milk', body: 'Two' }, null, 'Two'), 'Deleted a comment on “Buy milk”'],
  [change({ listId: null }, { listId: 'home' }), 'Moved “Buy milk” to the list “Home”'],
  [change({ listId: 'gone' }, { listId: null }), 'Moved “Buy milk” to the Inbox'],
  [change({ listId: null }, { listId: 'gone' }), 'Moved “Buy milk” to a list that is gone'],
  [change({ parentId: null }, { parentId: 'milk' }), 'Made “Buy milk” a subtask of “Buy milk”'],
  [change({ parentId: 'milk' }, { parentId: null }), 'Made “Buy milk” a task of its own'],
  [change({ tagIds: [] }, { tagIds: ['shop'] }), 'Tagged “Buy milk” with “shop”'],
  [change({ tagIds: ['shop', 'x'] }, { tagIds: ['x'] }), 'Took the tag “shop” off “Buy milk”'],
  [change({ tagIds: ['shop'] }, { tagIds: ['x'] }), 'Changed the tags of “Buy milk”'],
  [
    change({ recurrence: null, series: null }, { recurrence: { rule: 'FREQ=DAILY', basis: 'due' } }),
    'Made “Buy milk” repeat',
  ],
])('whatever keeps a history has words for it (%#)', (made, words) => {
  const known: Record<string, string> = { milk: 'Buy milk', home: 'Home', shop: 'shop' }
  names.set(() => (_, id) => known[id])
  expect(sayChange(made)).toBe(words)
  names.set(() => () => undefined)
})

test('what followed from one thing is said with it', () => {
  const say = (changes: Change[], count = changes.length) =>
    sayRevision(revision(1, { changes, count }), clock)
  const list = of('lists', { name: 'Home' }, null, 'Home')
  const moved = [1, 2].map(() => change({ listId: 'x' }, { listId: null }))
  expect(say([list, ...moved])).toBe('Deleted the list “Home”, and changed 2 tasks')
  const gone = [1, 2].map(() => change({ title: 'x' }, null))
  expect(say([list, ...gone])).toBe('Deleted the list “Home”, with 2 tasks')
  expect(say([list, ...gone], 300)).toBe('Deleted the list “Home”, with 299 things')

  const parent = change({ title: 'Trip', parentId: null }, null, 'Trip')
  const child = change({ title: 'Pack', parentId: parent.id }, null, 'Pack')
  const comment = of('comments', { taskId: parent.id, body: 'x' }, null, 'x')
  expect(say([child, parent])).toBe('Deleted “Trip”, with 1 subtask')
  expect(say([comment, child, parent])).toBe('Deleted “Trip”, with 2 things')
  expect(say([parent, change({ title: 'y' }, null)])).toBe('Deleted 2 tasks')
  const rule = { rule: 'FREQ=DAILY', basis: 'due' } as const
  const done = change({ status: 'pending', recurrence: rule }, { status: 'completed', recurrence: null })
  expect(say([done, change(null, { title: 'Buy milk' })])).toBe('Completed “Buy milk”, which comes again')
  expect(say([of('lists', null, {}, 'a'), of('lists', null, {}, 'b')])).toBe('Created 2 lists')
})

test('who', () => {
  const other = { id: 'there', current: false }
  expect(sayWho(revision(1))).toBe('You, on this device')
  expect(sayWho(revision(1, { session: other }))).toBe('You, on another device')
  expect(sayWho(revision(1, { session: null, actor: 'token' }))).toBe('An API token')
  expect(sayWho(revision(1, { session: null, actor: 'database' }))).toBe('Directly in the database')
})

test('how long ago', () => {
  const ago = (at: string) => sayAgo(at, clock, 'en')
  expect(ago('2026-11-21T12:00:03Z')).toBe('just now')
  expect(ago('2026-11-21T11:58:30Z')).toBe('1 minute ago')
  expect(ago('2026-11-21T09:00:00Z')).toBe('3 hours ago')
  expect(ago('2026-11-20T10:00:00Z')).toBe('yesterday')
  expect(ago('2026-09-01T10:00:00Z')).toBe('2 months ago')
})

test('an undo of an undo is a redo', () => {
  const all = [
    revision(1),
    revision(2, { undoes: 1 }),
    revision(3, { undoes: 2 }),
    revision(4, { undoes: 3 }),
  ]
  const known = new Map(all.map((one) => [one.revision, one]))
  expect(all.map((one) => directionOf(one, known))).toEqual(['do', 'undo', 'redo', 'undo'])
})

test('undo and redo go back and forth over what this session did', () => {
  const log: Revision[] = []
  const tops = () => {
    const { undo, redo } = stacksOf(log.toReversed())
    return [undo.at(-1)?.revision, redo.at(-1)?.revision]
  }
  const add = (undoes: number | null = null, current = true) =>
    log.push(revision(log.length + 1, { undoes, session: { id: 'x', current } }))
  expect(tops()).toEqual([undefined, undefined])
  add() // 1
  add() // 2
  add(null, false) // 3, another device
  expect(tops()).toEqual([2, undefined])
  add(2) // 4: undo
  expect(tops()).toEqual([1, 4])
  add(1) // 5: undo
  expect(tops()).toEqual([undefined, 5])
  add(5) // 6: redo of 1
  expect(tops()).toEqual([6, 4])
  add(4) // 7: redo of 2
  expect(tops()).toEqual([7, undefined])
  add(7) // 8: undo again
  expect(tops()).toEqual([6, 8])
  add() // 9: something new
  expect(tops()).toEqual([9, undefined])
  add(9, false) // 10: another device takes it back
  expect(tops()).toEqual([6, undefined])
  add(3) // 11: this one takes back what the other device did
  expect(tops()).toEqual([11, undefined])
})
