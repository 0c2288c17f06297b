import type { Filter } from '@ownlist/client'
import { addDays, dayIn, type Clock } from './dates.ts'
import type { Priority } from './task.ts'

export type Sort = NonNullable<Filter['sort']>
export type Order = NonNullable<Filter['order']>

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
): Filter {
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

function isKey<T extends object>(value: unknown, of: T): value is keyof T & string {
  return typeof value === 'string' && Object.hasOwn(of, value)
}
