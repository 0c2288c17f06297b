import type { Inputs } from '@ownlist/api'
import { dayIn, edgeOfDay, instantKey } from './instants.ts'
import type { Task } from './operation.ts'

/** Which tasks in which order, as `tasks.list` takes it. All of them: pages are for networks. */
export type Filter = Omit<Exclude<Inputs['tasks']['list'], void>, 'limit' | 'offset' | 'cursor' | 'total'>

/** When and where the user is: what "today" depends on. */
export interface Clock {
  now: number
  timeZone: string
}

/** Whether a task belongs to a list, as packages/api/src/tasks/conditions.ts says. */
export function matcherOf({ status, completed, priority, due, q }: Filter, clock: Clock) {
  const tests: ((task: Task) => boolean)[] = []
  if (status !== undefined) tests.push((task) => [status].flat().includes(task.status))
  if (completed !== undefined) tests.push((task) => task.completed === completed)
  if (priority !== undefined) tests.push((task) => [priority].flat().includes(task.priority))
  if (due !== undefined) tests.push(dueTest(due, clock))
  if (q !== undefined) {
    const wanted = fold(q.trim())
    tests.push((task) => {
      const { title, description } = foldedText(task)
      return title.includes(wanted) || description.includes(wanted)
    })
  }
  return (task: Task) => tests.every((test) => test(task))
}

/** Whether time alone may change what a list holds. */
export function dependsOnTime({ due }: Filter): boolean {
  return due === 'today' || due === 'overdue'
}

/** A task at its place in an order. */
export interface Placed {
  task: Task
  key: string | number
}

/** A total order, the server's. Keys are made once for each task, not once for each comparison. */
export function orderOf({ sort = 'created_at', order = 'desc' }: Filter) {
  const keyOf = sortKeys[sort]
  const direction = order === 'asc' ? 1 : -1
  return {
    place: (task: Task): Placed => ({ task, key: keyOf(task) }),
    /** Negative where the first comes before the second. */
    compare: (a: Placed, b: Placed) => direction * (compare(a.key, b.key) || compare(a.task.id, b.task.id)),
  }
}

/** Text as people search and sort it, as the database's fold(): without accents, case or compatibility forms. */
function fold(text: string): string {
  // A sigma at the end of a word has a small form of its own, in JavaScript only.
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .replaceAll('Σ', 'σ')
    .toLowerCase()
}

type DueFilter = NonNullable<Filter['due']>

function dueTest(wanted: DueFilter, clock: Clock): (task: Task) => boolean {
  if (wanted === 'none') return ({ due }) => due === null
  if (wanted === 'overdue') {
    const today = edgeOfDay(dayIn(clock.timeZone, clock.now), clock.timeZone)
    const edge = { ...today, instant: instantKey(new Date(clock.now).toISOString()) }
    return (task) => !task.completed && falls(task, (key, at) => key < at, edge)
  }
  if (wanted === 'today') {
    const day = dayIn(clock.timeZone, clock.now)
    const from = edgeOfDay(day, clock.timeZone)
    const to = edgeOfDay(day, clock.timeZone, 1)
    return (task) => falls(task, (key, at) => key >= at, from) && falls(task, (key, at) => key < at, to)
  }
  const tests: ((task: Task) => boolean)[] = []
  const { before, after } = wanted
  if (before !== undefined) {
    const edge = isDay(before) ? edgeOfDay(before, clock.timeZone) : both(instantKey(before))
    tests.push((task) => falls(task, (key, at) => key < at, edge))
  }
  // After a day means after all of it.
  if (after !== undefined && isDay(after)) {
    const edge = edgeOfDay(after, clock.timeZone, 1)
    tests.push((task) => falls(task, (key, at) => key >= at, edge))
  } else if (after !== undefined) {
    const edge = both(instantKey(after))
    tests.push((task) => falls(task, (key, at) => key > at, edge))
  }
  return (task) => tests.every((test) => test(task))
}

/** Days and instants each against their own edge. */
function falls(
  task: Task,
  holds: (key: string, edge: string) => boolean,
  edge: { day: string; instant: string },
): boolean {
  return task.due !== null && holds(dueKey(task), 'date' in task.due ? edge.day : edge.instant)
}

function both(key: string) {
  return { day: key, instant: key }
}

function isDay(moment: string): boolean {
  return moment.length === 10
}

const ranks = { high: 3, medium: 2, low: 1 }

const sortKeys: Record<NonNullable<Filter['sort']>, (task: Task) => string | number> = {
  created_at: (task) => instantKey(task.createdAt),
  updated_at: (task) => instantKey(task.updatedAt),
  title: (task) => foldedText(task).title,
  priority: ({ priority }) => (priority === null ? 0 : ranks[priority]),
  due_date: dueKey,
  position: ({ position }) => position,
  // What the server has not numbered yet will get the highest.
  number: ({ number }) => (number === 0 ? Infinity : number),
}

/** Tasks that are never due come after all others. */
function dueKey({ due }: Task): string {
  if (due === null) return 'infinity'
  return 'date' in due ? `${due.date}T00:00:00.000000` : instantKey(due.dateTime)
}

const foldedTexts = new WeakMap<Task, { title: string; description: string }>()

function foldedText(task: Task) {
  let folded = foldedTexts.get(task)
  if (!folded) {
    folded = { title: fold(task.title), description: fold(task.description ?? '') }
    foldedTexts.set(task, folded)
  }
  return folded
}

/** Text by code point, as the server's collation does. */
function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') {
    const last = Math.min(a.length, b.length)
    let at = 0
    while (at < last && a.charCodeAt(at) === b.charCodeAt(at)) at++
    if (at < last) return codeOrder(a.charCodeAt(at)) - codeOrder(b.charCodeAt(at))
    return a.length - b.length
  }
  return a < b ? -1 : 1
}

/** Halves of a surrogate pair belong behind every character that needs none. */
function codeOrder(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
