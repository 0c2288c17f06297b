import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { ownlist, queryClient } from '../app/client.ts'
import type { Clock } from './dates.ts'
import { arranged, place, without, type Page, type Pages } from './pages.ts'
import type { Task } from './task.ts'
import type { ListFilter } from './views.ts'

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

/** Shows an order before the server confirms it. */
export function arrange(filter: ListFilter, id: string, after: string | null): void {
  queryClient.setQueryData<Pages>([...lists, filter], (pages) => pages && arranged(pages, id, after))
}

/** Numbers change with almost everything, and are cheap to ask for again. */
export function refreshStats(): void {
  void queryClient.invalidateQueries({ queryKey: statsOptions.queryKey })
}

export function refreshLists(): void {
  void queryClient.invalidateQueries({ queryKey: ['tasks'] })
}
