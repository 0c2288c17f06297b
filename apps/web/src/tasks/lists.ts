import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  type InfiniteData,
} from '@tanstack/react-query'
import { ownlist, queryClient } from '../app/client.ts'
import type { Clock } from './dates.ts'
import type { Task } from './task.ts'
import { belongs, compareTasks, type ListFilter } from './views.ts'

/** An interface, so that it has a name wherever it is inferred. */
export interface Page {
  items: Task[]
  nextCursor: string | null
}
type Pages = InfiniteData<Page, string | undefined>

const pageSize = 200
const lists = ['tasks', 'list'] as const

export function listOptions(filter: ListFilter) {
  return infiniteQueryOptions({
    queryKey: [...lists, filter] as const,
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      ownlist.tasks.list.query({ ...filter, limit: pageSize, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    // Coming back to the window fetches anew what is short; somebody deep in a long list stays where they are.
    refetchOnWindowFocus: ({ state }) => (state.data?.pages.length ?? 0) <= 5,
  })
}

export const statsOptions = queryOptions({
  queryKey: ['tasks', 'stats'],
  queryFn: ({ signal }) => ownlist.tasks.stats.query({}, { signal }),
})

/** Puts a task where it now belongs in every list at hand, or takes it out. */
export function putTask(task: Task, clock: Clock): void {
  for (const [key, pages] of queryClient.getQueriesData<Pages>({ queryKey: lists })) {
    const filter = key[2] as ListFilter
    if (pages) queryClient.setQueryData<Pages>(key, place(pages, task, filter, clock))
  }
}

/** Takes a task out of every list at hand. */
export function dropTask(id: string): void {
  for (const [key, pages] of queryClient.getQueriesData<Pages>({ queryKey: lists })) {
    if (pages) queryClient.setQueryData<Pages>(key, without(pages, id))
  }
}

export function findTask(id: string): Task | undefined {
  for (const [, pages] of queryClient.getQueriesData<Pages>({ queryKey: lists })) {
    for (const page of pages?.pages ?? []) {
      const task = page.items.find((item) => item.id === id)
      if (task) return task
    }
  }
  return undefined
}

/** Shows an order before the server confirms it. */
export function arrange(filter: ListFilter, id: string, after: string | null): void {
  queryClient.setQueryData<Pages>([...lists, filter], (pages) => {
    const moved = pages?.pages.flatMap(({ items }) => items).find((item) => item.id === id)
    if (!pages || !moved) return pages
    const rest = without(pages, id)
    if (after === null) return insertAt(rest, 0, 0, moved)
    const page = rest.pages.findIndex(({ items }) => items.some((item) => item.id === after))
    const at = rest.pages[page]?.items.findIndex((item) => item.id === after) ?? -1
    return page < 0 ? pages : insertAt(rest, page, at + 1, moved)
  })
}

/** Numbers change with almost everything, and are cheap to ask for again. */
export function refreshStats(): void {
  void queryClient.invalidateQueries({ queryKey: statsOptions.queryKey })
}

export function refreshLists(): void {
  void queryClient.invalidateQueries({ queryKey: ['tasks'] })
}

function place(pages: Pages, task: Task, filter: ListFilter, clock: Clock): Pages {
  const found = pages.pages.flatMap(({ items }) => items).find(({ id }) => id === task.id)
  // Only the server knows what else a search finds.
  if (filter.q !== undefined && !found) return pages
  if (!belongs(task, filter, clock)) return found ? without(pages, task.id) : pages
  // What stays at its place is exchanged there: rows do not jump while somebody works on them.
  if (found && compareTasks(found, task, filter) === 0) return replaced(pages, task)

  const rest = found ? without(pages, task.id) : pages
  for (const [number, { items }] of rest.pages.entries()) {
    const at = items.findIndex((item) => compareTasks(task, item, filter) < 0)
    if (at >= 0) return insertAt(rest, number, at, task)
  }
  const last = rest.pages.length - 1
  // Past the end of what is loaded: it comes with the page it belongs to.
  if (last < 0 || rest.pages[last]?.nextCursor) return rest
  return insertAt(rest, last, rest.pages[last]?.items.length ?? 0, task)
}

function replaced(pages: Pages, task: Task): Pages {
  return mapPages(pages, (items) => items.map((item) => (item.id === task.id ? task : item)))
}

function without(pages: Pages, id: string): Pages {
  return mapPages(pages, (items) => items.filter((item) => item.id !== id))
}

function insertAt(pages: Pages, page: number, at: number, task: Task): Pages {
  return {
    ...pages,
    pages: pages.pages.map((one, number) =>
      number === page ? { ...one, items: one.items.toSpliced(at, 0, task) } : one,
    ),
  }
}

function mapPages(pages: Pages, change: (items: Task[]) => Task[]): Pages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) }
}
