import type { Filter } from '@ownlist/client'
import type { NewTask, Priority } from './task.ts'

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
  inbox: {
    title: 'Inbox',
    sort: 'position',
    order: 'asc',
    empty: ['Your Inbox is empty', 'What you write down without a list is kept here.'],
  },
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
function usualOrder(sort: Sort): Order {
  return sort === 'priority' || sort === 'created_at' || sort === 'updated_at' ? 'desc' : 'asc'
}

/** The screen's state that stands in the address. */
export interface ViewSearch {
  view?: View
  /** The id of a list. Without a view it is the list's own screen. */
  list?: string
  /** Ids of tags; a task has any of them. One, and nothing else, is the tag's own screen. */
  tags?: string[]
  /** `all`: a task has every one of the tags. */
  match?: 'all'
  /** The id of a saved view, whose filter everything else here narrows. */
  saved?: string
  priority?: Priority | 'none'
  sort?: Sort
  order?: Order
}

/** Anything may stand in an address; what does not fit is left out. */
export function readViewSearch(search: Record<string, unknown>): ViewSearch {
  const { view, list, match, saved, priority, sort, order } = search
  const tags = [search['tags']].flat().filter(isId)
  return {
    ...(isKey(view, views) && { view }),
    ...(isId(list) && { list }),
    ...(tags.length > 0 && { tags: [...new Set(tags)].slice(0, 50) }),
    ...(tags.length > 1 && match === 'all' && { match }),
    ...(isId(saved) && { saved }),
    ...(isKey(priority, { high: 0, medium: 0, low: 0, none: 0 }) && { priority }),
    ...(isKey(sort, sortNames) && { sort }),
    ...(isKey(order, { asc: 0, desc: 0 }) && { order }),
  }
}

/** What a saved view keeps: which tasks, and in which order. */
export type SavedFilter = Pick<
  Filter,
  'status' | 'completed' | 'priority' | 'due' | 'q' | 'listId' | 'parentId' | 'tagIds' | 'sort' | 'order'
>

/** In which order a screen shows its tasks: as chosen, or as is usual there. */
export function sortingOf(
  { view = 'open', sort, order, saved }: ViewSearch,
  filter: SavedFilter | undefined,
) {
  const usual = saved
    ? { sort: filter?.sort ?? 'position', order: filter?.order ?? usualOrder(filter?.sort ?? 'position') }
    : views[view]
  return { sort: sort ?? usual.sort, order: order ?? (sort ? usualOrder(sort) : usual.order) }
}

/**
 * The filter of a screen, and what is kept where it is saved: its days move on with the calendar. A search looks
 * everywhere, whatever the screen, in finished tasks too.
 *
 * @param saved the filter of the saved view in the address
 */
export function filterOf(search: ViewSearch, q: string, saved?: SavedFilter): SavedFilter {
  const { view = 'open', list, tags, match, priority } = search
  const sorting = sortingOf(search, saved)
  const weight = priority && { priority: priority === 'none' ? null : priority }
  if (q) return { q, ...weight, ...sorting }
  return {
    ...(search.saved ? saved : conditionsOf(view)),
    ...weight,
    ...(list && { listId: list }),
    ...(tags && { tagIds: match === 'all' ? { all: tags } : { any: tags } }),
    ...sorting,
  }
}

/** Where a task goes that is added on a screen: it is shown there, as far as a place can say so. */
export function placeOfNew(
  { list, tags, match, saved: isSaved }: ViewSearch,
  saved?: SavedFilter,
): Partial<NewTask> {
  const listId = list ?? (isSaved ? only(saved?.listId) : undefined)
  const tagged = isSaved && saved?.tagIds !== 'none' ? saved?.tagIds : undefined
  const ofView = tagged && ('all' in tagged ? tagged.all : tagged.any.slice(0, 1))
  const tagIds = tags ? (match === 'all' ? tags : tags.slice(0, 1)) : ofView
  return { ...(listId && { listId }), ...(tagIds && { tagIds }) }
}

function conditionsOf(view: View): SavedFilter {
  switch (view) {
    case 'inbox':
      return { completed: false, listId: null }
    case 'open':
      return { completed: false }
    case 'today':
      // What was due before is to be done today, too.
      return { completed: false, due: 'by_today' }
    case 'upcoming':
      return { completed: false, due: 'upcoming' }
    case 'overdue':
      return { due: 'overdue' }
    case 'undated':
      return { completed: false, due: 'none' }
    case 'completed':
      return { completed: true }
  }
}

function only(lists: SavedFilter['listId']): string | undefined {
  const [first, ...others] = [lists ?? null].flat()
  return others.length === 0 ? (first ?? undefined) : undefined
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
}

function isKey<T extends object>(value: unknown, of: T): value is keyof T & string {
  return typeof value === 'string' && Object.hasOwn(of, value)
}
