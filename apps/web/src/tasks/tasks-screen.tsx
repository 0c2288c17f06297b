import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { useShortcuts } from '../app/shortcuts.tsx'
import { useStore } from '../app/store.ts'
import { useUser } from '../session/me.ts'
import { deleteTask, leaving } from './actions.ts'
import { loadChecks } from './checks.ts'
import { useClock } from './clock.ts'
import { dayIn, sayFullDay } from './dates.ts'
import { EmptyList, ListProblem, ListSkeleton } from './list-states.tsx'
import { listOptions } from './lists.ts'
import { QuickAdd } from './quick-add.tsx'
import type { Task } from './task.ts'
import { TaskList } from './task-list.tsx'
import { Toolbar } from './toolbar.tsx'
import { loadUnsent, retryUnsent, unsent } from './unsent.ts'
import { filterOf, views, type ViewSearch } from './views.ts'

const loadDetails = () => import('./task-details.tsx')
const TaskDetails = lazy(async () => ({ default: (await loadDetails()).TaskDetails }))

export function TasksScreen() {
  const user = useUser()
  const search: ViewSearch = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const clock = useClock(user.timeZone)
  const [query, setQuery] = useState('')
  const [opened, setOpened] = useState<Task>()
  const quickAdd = useRef<{ focus(): void }>(null)
  const searchField = useRef<HTMLInputElement>(null)
  const waiting = useStore(unsent)
  const gone = useStore(leaving)

  // What is searched for stays in memory: an address ends up in histories and logs.
  const q = useDeferredValue(useSettled(query.trim(), 150))
  const view = search.view ?? 'open'
  const today = dayIn(clock.timeZone, clock.now)
  const minute = clock.now.getTime()
  // The filter changes with the day and not with the minute.
  const filter = useMemo(
    () => filterOf(search, q, { now: new Date(minute), timeZone: clock.timeZone }),
    // oxlint-disable-next-line react/exhaustive-deps
    [search, q, today, clock.timeZone],
  )
  const list = useInfiniteQuery(listOptions(filter))
  const tasks = useMemo(
    () => list.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !gone.has(id)) ?? [],
    [list.data, gone],
  )
  const { fetchNextPage, isFetchingNextPage } = list
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])

  useEffect(() => loadUnsent(user.id), [user.id])
  useEffect(() => {
    // What is needed only later comes once the list stands; where it fails, it is asked for again when needed.
    const timer = setTimeout(() => void Promise.allSettled([loadChecks(), loadDetails()]), 500)
    return () => clearTimeout(timer)
  }, [])
  useRetries(waiting.some(({ problem }) => problem !== undefined))
  useShortcuts({
    n: () => quickAdd.current?.focus(),
    '/': () => searchField.current?.focus(),
    j: focusList,
    k: focusList,
    ArrowDown: focusList,
  })

  useEffect(() => {
    document.title = `${views[view].title} · Ownlist`
  }, [view])

  return (
    <>
      <header className="flex flex-col gap-3 pt-5 md:pt-9 sm:flex-row sm:items-end sm:justify-between">
        <div className="min-w-0">
          <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">
            {q ? 'Search' : views[view].title}
          </h1>
          <p className="text-[14px] text-quiet">{sayFullDay(today)}</p>
        </div>
        <Toolbar
          search={search}
          query={query}
          searchRef={searchField}
          onQuery={setQuery}
          onSearch={(change) =>
            void navigate({ search: (before: ViewSearch) => ({ ...before, ...change }), replace: true })
          }
        />
      </header>
      <div className="sticky top-0 z-20 -mx-4 bg-paper px-4 pt-4 pb-3 sm:-mx-6 sm:px-6">
        <QuickAdd ref={quickAdd} search={search} clock={clock} weekStart={user.weekStart} />
      </div>

      <div
        className={`min-h-96 pt-1 pb-24 transition-opacity delay-150 ${list.isPlaceholderData ? 'opacity-60' : ''}`}
        aria-busy={list.isPending || list.isPlaceholderData}
      >
        {list.isPending && <ListSkeleton />}
        {list.isError && !list.data && <ListProblem error={list.error} onRetry={() => void list.refetch()} />}
        {(list.data || waiting.length > 0) && (
          <TaskList
            tasks={tasks}
            unsent={waiting}
            filter={filter}
            view={view}
            clock={clock}
            hasMore={list.hasNextPage}
            onEnd={more}
            onOpen={setOpened}
          />
        )}
        {list.data && !list.isPlaceholderData && tasks.length === 0 && waiting.length === 0 && (
          <EmptyList view={view} query={q} filtered={search.priority !== undefined} />
        )}
      </div>

      <Suspense>
        {opened && (
          <TaskDetails
            key={opened.id}
            task={opened}
            clock={clock}
            weekStart={user.weekStart}
            onClose={() => setOpened(undefined)}
            onDelete={(task) => {
              setOpened(undefined)
              deleteTask(task)
            }}
          />
        )}
      </Suspense>
    </>
  )
}

/** Into the list, from wherever the keyboard was. */
function focusList() {
  document.querySelector<HTMLElement>('[data-task-list] [data-title][tabindex="0"]')?.focus()
}

/** What could not be sent is tried again by itself, until it got through. */
function useRetries(needed: boolean) {
  useEffect(() => {
    if (!needed) return
    const timer = setInterval(retryUnsent, 10_000)
    addEventListener('online', retryUnsent)
    return () => {
      clearInterval(timer)
      removeEventListener('online', retryUnsent)
    }
  }, [needed])
}

/** A value once it has rested: a question for every letter would be too many. */
function useSettled(value: string, milliseconds: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value ? milliseconds : 0)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return settled
}
