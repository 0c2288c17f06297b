import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useDeferredValue, useEffect, useRef, useState } from 'react'
import { rarelyUsed } from '../app/later.ts'
import { useLivePart } from '../app/live.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { useOrganizers, useSavedViews } from '../lists/organizers.ts'
import { useUser } from '../session/me.ts'
import { useTaskStore } from '../session/session.ts'
import { deleteTask } from './actions.ts'
import { loadChecks } from './checks.ts'
import { useClock } from './clock.ts'
import { dayIn } from './dates.ts'
import { FilterChips } from './filter-chips.tsx'
import { EmptyList, ListSkeleton, NothingHere } from './list-states.tsx'
import { isNarrowed, placeOf, titleOf } from './place.ts'
import { QuickAdd } from './quick-add.tsx'
import { ScreenTitle } from './screen-title.tsx'
import type { Task } from './task.ts'
import { TaskList } from './task-list.tsx'
import { Toolbar } from './toolbar.tsx'
import { filterOf, placeOfNew, type ViewSearch } from './views.ts'

const loadDetails = () => import('./task-details.tsx')
const TaskDetails = lazy(async () => ({ default: (await loadDetails()).TaskDetails }))

const loadSave = rarelyUsed(() => import('../saved/save-view.tsx'))
const SaveView = lazy(async () => ({ default: (await loadSave()).SaveView }))

export function TasksScreen() {
  const user = useUser()
  const store = useTaskStore()
  const search: ViewSearch = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const clock = useClock(user.timeZone)
  const [query, setQuery] = useState('')
  const [opened, setOpened] = useState<Task>()
  const [saving, setSaving] = useState(false)
  const quickAdd = useRef<{ focus(): void }>(null)
  const searchField = useRef<HTMLInputElement>(null)

  // What is searched for stays in memory: an address ends up in histories and logs.
  const q = useDeferredValue(query.trim())
  const known = useOrganizers()
  const savedViews = useSavedViews()
  const place = placeOf(search, known, savedViews)
  const saved = place.kind === 'saved' ? place.saved.filter : undefined
  const filter = filterOf(search, q, saved)
  // The same question gives the same live list.
  const list = store.tasks.query(filter)
  const isEmpty = useLivePart(list, ({ length }) => length === 0)
  const loaded = useLivePart(store.status, (status) => status.loaded)
  const synced = useLivePart(store.status, ({ revision }) => revision !== null)
  const online = useLivePart(store.status, (status) => status.online)
  // Before the first answer of the server there is nothing here to be shown, or only what was just written down.
  const hasTasks = loaded && (synced || !isEmpty)

  useEffect(() => {
    // What is needed only later comes once the list stands; where it fails, it is asked for again when needed.
    const timer = setTimeout(() => void Promise.allSettled([loadChecks(), loadDetails()]), 500)
    return () => clearTimeout(timer)
  }, [])
  useShortcuts({
    n: () => quickAdd.current?.focus(),
    '/': () => searchField.current?.focus(),
    j: focusList,
    k: focusList,
    ArrowDown: focusList,
  })

  // Before lists have come, none of them is gone.
  const isKnown = place.kind !== 'gone' || (loaded && (synced || !online))
  const title = isKnown ? titleOf(place) : ''
  useEffect(() => {
    document.title = title ? `${title} · Ownlist` : 'Ownlist'
  }, [title])

  const onSearch = (change: Partial<ViewSearch>) =>
    void navigate({ search: (before: ViewSearch) => ({ ...before, ...change }), replace: true })
  const onSave = () => setSaving(true)

  return (
    <>
      <header className="flex flex-col gap-3 pt-5 md:pt-9 sm:flex-row sm:items-end sm:justify-between">
        <ScreenTitle place={place} title={q ? 'Search' : title} today={dayIn(clock.timeZone, clock.now)} />
        <Toolbar
          search={search}
          place={place}
          query={query}
          searchRef={searchField}
          onQuery={setQuery}
          onSearch={onSearch}
          onSave={onSave}
        />
      </header>
      <FilterChips search={search} place={place} known={known} onSearch={onSearch} onSave={onSave} />
      <div className="sticky top-0 z-20 -mx-4 bg-paper px-4 pt-4 pb-3 sm:-mx-6 sm:px-6">
        <QuickAdd
          ref={quickAdd}
          search={search}
          place={placeOfNew(search, saved)}
          clock={clock}
          weekStart={user.weekStart}
        />
      </div>

      <div className="min-h-96 pt-1 pb-[calc(6rem+var(--strip))]" aria-busy={!hasTasks}>
        {!hasTasks && (online || !loaded) && <ListSkeleton />}
        {!hasTasks && loaded && !online && <NothingHere onRetry={() => store.wake()} />}
        {hasTasks && (
          <TaskList
            list={list}
            filter={filter}
            place={place}
            known={known}
            clock={clock}
            onOpen={setOpened}
          />
        )}
        {hasTasks && isEmpty && <EmptyList place={place} query={q} filtered={isNarrowed(search)} />}
      </div>

      <Suspense>
        {saving && (
          <SaveView
            filter={filter}
            suggestion={q || title}
            from={place.kind === 'saved' ? place.saved : undefined}
            onClose={() => setSaving(false)}
          />
        )}
      </Suspense>
      <Suspense>
        {opened && (
          <TaskDetails
            key={opened.id}
            task={opened}
            clock={clock}
            weekStart={user.weekStart}
            onClose={() => setOpened(undefined)}
            onOpen={setOpened}
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
