import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query'
import type { Inputs } from '@ownlist/api'
import { ownlist, queryClient } from '../app/client.ts'
import type { Task } from '../tasks/task.ts'
import type { Revision } from './revision.ts'

type Filter = Omit<Exclude<Inputs['history']['list'], void>, 'cursor' | 'opId' | 'basedOn'>

interface Page {
  items: Revision[]
  nextCursor: string | null
}

interface WholeRevision extends Revision {
  nextCursor: string | null
}

/** Named here, so that it has a name wherever it is inferred. */
interface PageAsOf {
  items: Task[]
  nextCursor: string | null
}

/** The log, newest first, page by page. What is shown of it is asked for anew each time: everything adds to it. */
export function historyOptions(filter: Filter) {
  return infiniteQueryOptions({
    queryKey: ['history', 'list', filter] as const,
    queryFn: ({ pageParam, signal }): Promise<Page> =>
      ownlist.history.list.query({ ...filter, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    staleTime: 0,
  })
}

/** Everything that one revision did, however much. */
export function revisionOptions(revision: number) {
  return infiniteQueryOptions({
    queryKey: ['history', 'revision', revision] as const,
    queryFn: ({ pageParam, signal }): Promise<WholeRevision> =>
      ownlist.history.get.query({ revision, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
}

/** The tasks as they were at a moment. What was, stays so, but for how far back the log reaches. */
export function asOfOptions(at: string) {
  return infiniteQueryOptions({
    queryKey: ['history', 'as-of', at] as const,
    queryFn: ({ pageParam, signal }): Promise<PageAsOf> =>
      ownlist.history.asOf.query({ at, limit: 500, cursor: pageParam }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
}

export function revisionsOf(data: InfiniteData<Page> | undefined): Revision[] {
  return data?.pages.flatMap(({ items }) => items) ?? []
}

export function refreshHistory(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['history'] })
}
