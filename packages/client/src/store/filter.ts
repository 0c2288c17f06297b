import type { Inputs } from '@ownlist/api'
import { dayIn, edgeOfDay, instantKey } from './instants.ts'
import type { Comment, Task } from './rows.ts'
import { compare, fold } from './text.ts'

/** Which tasks in which order, as `tasks.list` takes it. All of them: pages are for networks. */
export type Filter = Pick<
  Exclude<Inputs['tasks']['list'], void>,
  'status' | 'completed' | 'priority' | 'due' | 'q' | 'listId' | 'parentId' | 'tagIds' | 'sort' | 'order'
>

/** When and where the user is: what "today" and "this week" depend on. */
export interface Clock {
  now: number
  timeZone: string
  /** 1 is Monday, 7 is Sunday. */
  weekStart: number
}

/** Whether a task belongs to a list, as packages/api/src/tasks/conditions.ts says. Texts are searched in its comments too. */
export function matcherOf(
  { status, completed, priority, due, q, listId, parentId, tagIds }: Filter,
  clock: Clock,
  commentsOn: (task: Task) => readonly Comment[] = () => [],
) {
  const tests: ((task: Task) => boolean)[] = []
  if (status !== undefined) tests.push((task) => [status].flat().includes(task.status))
  if (completed !== undefined) tests.push((task) => task.completed === completed)
  if (priority !== undefined) tests.push((task) => [priority].flat().includes(task.priority))
  if (due !== undefined) tests.push(dueTest(due, clock))
  if (q !== undefined) {
    const wanted = fold(q.trim())
    tests.push((task) => {
      const { title, description } = foldedText(task)
      return (
        title.includes(wanted) ||
        description.includes(wanted) ||
        commentsOn(task).some((comment) => foldedBody(comment).includes(wanted))
      )
    })
  }
  if (listId !== undefined) tests.push((task) => [listId].flat().includes(task.listId))
  if (parentId !== undefined) tests.push((task) => task.parentId === parentId)
  if (tagIds !== undefined) tests.push(tagTest(tagIds))
  return (task: Task) => tests.every((test) => test(task))
}

function tagTest(wanted: NonNullable<Filter['tagIds']>): (task: Task) => boolean {
  if (wanted === 'none') return (task) => task.tagIds.length === 0
  return 'any' in wanted
    ? (task) => wanted.any.some((id) => task.tagIds.includes(id))
    : (task) => wanted.all.every((id) => task.tagIds.includes(id))
}

/** Whether time alone may change what a list holds. */
export function dependsOnTime({ due }: Filter): boolean {
  return typeof due === 'string' && due !== 'none'
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

type DueFilter = NonNullable<Filter['due']>

function dueTest(wanted: DueFilter, clock: Clock): (task: Task) => boolean {
  if (wanted === 'none') return ({ due }) => due === null
  if (wanted === 'overdue') {
    const today = edgeOfDay(dayIn(clock.timeZone, clock.now), clock.timeZone)
    const edge = { ...today, instant: instantKey(new Date(clock.now).toISOString()) }
    return (task) => !task.completed && falls(task, (key, at) => key < at, edge)
  }
  if (wanted === 'today') return between(clock, 0, 1)
  if (wanted === 'by_today') return between(clock, undefined, 1)
  if (wanted === 'upcoming') return between(clock, 1)
  if (wanted === 'week') {
    const sinceStart = daysSinceStart(clock)
    return between(clock, -sinceStart, 7 - sinceStart)
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

/** From the beginning of one of the user's days, counted from today, to that of another. */
function between(clock: Clock, first?: number, end?: number): (task: Task) => boolean {
  const today = dayIn(clock.timeZone, clock.now)
  const from = first === undefined ? undefined : edgeOfDay(today, clock.timeZone, first)
  const to = end === undefined ? undefined : edgeOfDay(today, clock.timeZone, end)
  return (task) =>
    (!from || falls(task, (key, at) => key >= at, from)) && (!to || falls(task, (key, at) => key < at, to))
}

/** How many days of the user's week are over. */
function daysSinceStart({ now, timeZone, weekStart }: Clock): number {
  const weekday = new Date(`${dayIn(timeZone, now)}T00:00:00Z`).getUTCDay()
  return (weekday - weekStart + 7) % 7
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

const foldedBodies = new WeakMap<Comment, string>()

function foldedBody(comment: Comment): string {
  let folded = foldedBodies.get(comment)
  if (folded === undefined) foldedBodies.set(comment, (folded = fold(comment.body)))
  return folded
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
