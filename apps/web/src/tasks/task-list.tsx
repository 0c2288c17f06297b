import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { Filter, Live } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { useLive } from '../app/live.ts'
import { applyChange, deleteTask, moveTask, toggleTask } from './actions.ts'
import type { Clock } from './dates.ts'
import { linesOf, type Line } from './lines.ts'
import type { Task } from './task.ts'
import { TaskRow } from './task-row.tsx'
import type { View } from './views.ts'

interface Props {
  list: Live<readonly Task[]>
  filter: Filter
  view: View
  clock: Clock
  onOpen: (task: Task) => void
}

/** Only the rows in sight exist, so ten thousand scroll like ten. Keys act on the row that has the focus. */
export function TaskList({ list, filter, view, clock, onOpen }: Props) {
  const tasks = useLive(list)
  const element = useRef<HTMLUListElement>(null)
  const [activeId, setActiveId] = useState<string>()
  const [renamingId, setRenamingId] = useState<string>()
  const [scrollMargin, setScrollMargin] = useState(0)
  const wantsFocus = useRef<string>(undefined)

  const lines = useMemo(() => linesOf(tasks, filter, view, clock), [tasks, filter, view, clock])
  const active = tasks.some(({ id }) => id === activeId) ? activeId : tasks[0]?.id
  const movable = filter.sort === 'position' && filter.order === 'asc' && filter.q === undefined

  // Nothing here is compiled by the React Compiler, which could not memoize what this gives.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useWindowVirtualizer({
    count: lines.length,
    estimateSize: (index) => heights[lines[index]?.kind ?? 'task'],
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 12,
    scrollMargin,
    scrollPaddingStart: 96,
    scrollPaddingEnd: 96,
  })
  const visible = virtualizer.getVirtualItems()

  useLayoutEffect(() => {
    setScrollMargin((element.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
  }, [])

  // A row further away exists only after scrolling there.
  useEffect(() => {
    const id = wantsFocus.current
    const target = id && element.current?.querySelector<HTMLElement>(`[data-title="${id}"]`)
    if (!target) return
    wantsFocus.current = undefined
    target.focus({ preventScroll: true })
  })

  const focusTask = useCallback(
    (id: string | undefined) => {
      if (id === undefined) return
      wantsFocus.current = id
      setActiveId(id)
      const index = lines.findIndex((line) => line.kind === 'task' && line.task.id === id)
      if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' })
    },
    [lines, virtualizer],
  )

  function neighbour(task: Task, by: number): Task | undefined {
    return tasks[tasks.findIndex(({ id }) => id === task.id) + by]
  }

  function move(task: Task, by: 1 | -1) {
    if (!movable) return
    moveTask(list, task, by)
    focusTask(task.id)
  }

  /** The focus goes on to the next row where this one leaves the list. */
  function leave(task: Task, act: () => void, leaves: boolean) {
    if (leaves) focusTask((neighbour(task, 1) ?? neighbour(task, -1))?.id)
    act()
  }

  const handlers = {
    onOpen,
    onRename: (task: Task) => setRenamingId(task.id),
    onRenamed: (task: Task) => {
      setRenamingId(undefined)
      focusTask(task.id)
    },
    onFocus: (task: Task) => setActiveId(task.id),
    onMove: move,
    onDelete: (task: Task) => leave(task, () => deleteTask(task), true),
  }
  const rowHandlers = useSteady(handlers)

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const task = tasks.find(({ id }) => id === active)
    // Keys pressed in an open menu reach this list through React and are not meant for it.
    if (!task || event.ctrlKey || event.metaKey || !event.currentTarget.contains(event.target as Node)) return
    const onTitle = (event.target as HTMLElement).dataset['title'] === task.id
    const acts: Record<string, (() => void) | undefined> = {
      'Alt+ArrowUp': () => move(task, -1),
      'Alt+ArrowDown': () => move(task, 1),
      ArrowDown: () => focusTask(neighbour(task, 1)?.id),
      ArrowUp: () => focusTask(neighbour(task, -1)?.id),
      j: () => focusTask(neighbour(task, 1)?.id),
      k: () => focusTask(neighbour(task, -1)?.id),
      Home: () => focusTask(tasks[0]?.id),
      End: () => focusTask(tasks.at(-1)?.id),
      x: () =>
        leave(task, () => void toggleTask(task), filter.completed !== undefined || filter.due === 'overdue'),
      ' ': onTitle ? () => acts['x']?.() : undefined,
      e: () => setRenamingId(task.id),
      s: () => {
        const status = task.status === 'in_progress' ? 'pending' : 'in_progress'
        announce(status === 'in_progress' ? `Started ${task.title}` : `Not started: ${task.title}`)
        void applyChange(task, { status })
      },
      Delete: () => handlers.onDelete(task),
      Backspace: () => handlers.onDelete(task),
    }
    const act = acts[event.altKey ? `Alt+${event.key}` : event.key]
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  return (
    // The keys belong to whichever row has the focus; the list itself is never focused.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <ul
      ref={element}
      data-task-list
      aria-label="Tasks"
      className="relative"
      style={{ height: virtualizer.getTotalSize() }}
      onKeyDown={onKeyDown}
      // Firefox presses a button when Space comes up, whatever became of it going down.
      onKeyUp={(event) =>
        event.key === ' ' && 'title' in (event.target as HTMLElement).dataset && event.preventDefault()
      }
    >
      {visible.map(({ index, key, start }) => {
        const line = lines[index]
        if (!line) return null
        return (
          <li
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            className="absolute inset-x-0 top-0"
            style={{ transform: `translateY(${start - scrollMargin}px)` }}
          >
            <LineContent
              line={line}
              clock={clock}
              active={line.kind === 'task' && line.task.id === active}
              renaming={line.kind === 'task' && line.task.id === renamingId}
              movable={movable}
              {...rowHandlers}
            />
          </li>
        )
      })}
    </ul>
  )
}

type Handlers = Pick<
  Parameters<typeof TaskRow>[0],
  'onOpen' | 'onRename' | 'onRenamed' | 'onFocus' | 'onMove' | 'onDelete'
>

/** Functions that stay the same and do what is right by then: a row is drawn again only when it changes. */
function useSteady(handlers: Handlers): Handlers {
  const latest = useRef(handlers)
  useLayoutEffect(() => {
    latest.current = handlers
  })
  return useMemo(
    () => ({
      onOpen: (task) => latest.current.onOpen(task),
      onRename: (task) => latest.current.onRename(task),
      onRenamed: (task) => latest.current.onRenamed(task),
      onFocus: (task) => latest.current.onFocus(task),
      onMove: (task, by) => latest.current.onMove(task, by),
      onDelete: (task) => latest.current.onDelete(task),
    }),
    [],
  )
}

const heights = { task: 44, heading: 44 }

type ContentProps = { line: Line } & Omit<Parameters<typeof TaskRow>[0], 'task' | 'dayIsKnown'>

function LineContent({ line, ...props }: ContentProps) {
  switch (line.kind) {
    case 'heading':
      return (
        <h2
          className={`px-3 pt-4 pb-1.5 text-[13px] font-semibold ${line.late ? 'text-danger' : 'text-ink'}`}
        >
          {line.text}
        </h2>
      )
    case 'task':
      return <TaskRow task={line.task} dayIsKnown={line.dayIsKnown} {...props} />
  }
}
