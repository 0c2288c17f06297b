import type { Inputs } from '@ownlist/api'
import { addDays, dayIn, dayOf, isOver, type Clock } from './dates.ts'
import type { Priority, Task } from './task.ts'

/** What is asked of the server, and answered by it in pages. */
export type ListFilter = Omit<Exclude<Inputs['tasks']['list'], void>, 'limit' | 'offset' | 'cursor' | 'total'>
export type Sort = NonNullable<ListFilter['sort']>
export type Order = NonNullable<ListFilter['order']>

interface ViewInfo {
  title: string
  sort: Sort
  order: Order
  /** Said where there is nothing to show. */
  empty: [title: string, text: string]
}

export const views = {
  open: {
    title: 'All tasks',
    sort: 'position',
    order: 'asc',
    empty: ['Nothing on your list', 'Write down the first thing that comes to mind. Press N from anywhere.'],
  },
  today: {
    title: 'Today',
    sort: 'due_date',
    order: 'asc',
    empty: ['Nothing due today', 'What you add here is due today. Or leave the day as free as it is.'],
  },
  upcoming: {
    title: 'Upcoming',
    sort: 'due_date',
    order: 'asc',
    empty: ['Nothing ahead', 'Tasks due after today appear here, day by day.'],
  },
  overdue: {
    title: 'Overdue',
    sort: 'due_date',
    order: 'asc',
    empty: ['Nothing overdue', 'You are up to date.'],
  },
  undated: {
    title: 'No date',
    sort: 'position',
    order: 'asc',
    empty: ['Every task has a date', 'Tasks without a due date appear here.'],
  },
  completed: {
    title: 'Completed',
    sort: 'updated_at',
    order: 'desc',
    empty: ['Nothing completed yet', 'What you finish is kept here.'],
  },
} as const satisfies Record<string, ViewInfo>

export type View = keyof typeof views

export const sortNames = {
  position: 'My order',
  due_date: 'Due date',
  priority: 'Priority',
  title: 'Title',
  created_at: 'Created',
  updated_at: 'Changed',
  number: 'Number',
} as const satisfies Record<Sort, string>

/** The order in which a sort is usually wanted: soonest, most important and latest come first. */
export function usualOrder(sort: Sort): Order {
  return sort === 'priority' || sort === 'created_at' || sort === 'updated_at' ? 'desc' : 'asc'
}

/** The screen's state that stands in the address. */
export interface ViewSearch {
  view?: View
  priority?: Priority | 'none'
  sort?: Sort
  order?: Order
}

/** Anything may stand in an address; what does not fit is left out. */
export function readViewSearch(search: Record<string, unknown>): ViewSearch {
  const { view, priority, sort, order } = search
  return {
    ...(isKey(view, views) && { view }),
    ...(isKey(priority, { high: 0, medium: 0, low: 0, none: 0 }) && { priority }),
    ...(isKey(sort, sortNames) && { sort }),
    ...(isKey(order, { asc: 0, desc: 0 }) && { order }),
  }
}

/** The filter of a view. A search looks everywhere, whatever the view, in finished tasks too. */
export function filterOf(
  { view = 'open', priority, sort, order }: ViewSearch,
  q: string,
  clock: Clock,
): ListFilter {
  const by = sort ?? views[view].sort
  const sorting = { sort: by, order: order ?? (sort ? usualOrder(sort) : views[view].order) }
  const chosen = priority && { priority: priority === 'none' ? null : priority }
  if (q) return { q, ...chosen, ...sorting }
  const today = dayIn(clock.timeZone, clock.now)
  switch (view) {
    case 'open':
      return { completed: false, ...chosen, ...sorting }
    case 'today':
      return { completed: false, due: { before: addDays(today, 1) }, ...chosen, ...sorting }
    case 'upcoming':
      return { completed: false, due: { after: today }, ...chosen, ...sorting }
    case 'overdue':
      return { due: 'overdue', ...chosen, ...sorting }
    case 'undated':
      return { completed: false, due: 'none', ...chosen, ...sorting }
    case 'completed':
      return { completed: true, ...chosen, ...sorting }
  }
}

/** Whether a task belongs into a list, as the server would say. What only the server can tell counts as no change. */
export function belongs(
  task: Pick<Task, 'completed' | 'priority' | 'due'>,
  { completed, priority, due }: ListFilter,
  clock: Clock,
): boolean {
  if (completed !== undefined && task.completed !== completed) return false
  if (priority !== undefined && !(Array.isArray(priority) ? priority : [priority]).includes(task.priority))
    return false
  if (due === undefined) return true
  if (due === 'none') return task.due === null
  if (task.due === null) return false
  if (due === 'overdue') return !task.completed && isOver(task.due, clock)
  const day = dayOf(task.due, clock.timeZone)
  if (due === 'today') return day === dayIn(clock.timeZone, clock.now)
  return (!due.before || day < due.before) && (!due.after || day > due.after)
}

const ranks = { high: 3, medium: 2, low: 1 }

/** Negative where the first comes before the second, in the order in which the server sends them. */
export function compareTasks(a: Task, b: Task, { sort = 'created_at', order = 'desc' }: ListFilter): number {
  const difference = compareValues(sortValue(a, sort), sortValue(b, sort)) || compareValues(a.id, b.id)
  return order === 'asc' ? difference : -difference
}

function sortValue(task: Task, sort: Sort): string | number {
  switch (sort) {
    case 'created_at':
      return Date.parse(task.createdAt)
    case 'updated_at':
      return Date.parse(task.updatedAt)
    case 'title':
      return task.title.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
    case 'priority':
      return task.priority ? ranks[task.priority] : 0
    case 'due_date':
      if (!task.due) return Infinity
      return Date.parse('date' in task.due ? `${task.due.date}T00:00:00Z` : task.due.dateTime)
    case 'position':
      return task.position
    case 'number':
      return task.number
  }
}

function compareValues(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isKey<T extends object>(value: unknown, of: T): value is keyof T & string {
  return typeof value === 'string' && Object.hasOwn(of, value)
}
