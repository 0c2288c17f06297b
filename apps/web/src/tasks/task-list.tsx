import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import type { Filter, Live } from '@ownlist/client'
import { announce } from '../app/announcer.tsx'
import { useLive } from '../app/live.ts'
import { createStore, useStore } from '../app/store.ts'
import type { Organizers } from '../lists/organizers.ts'
import { applyChange, deleteTask, moveTask, nestTask, toggleTask } from './actions.ts'
import type { Clock } from './dates.ts'
import { isTree, linesOf, type Line } from './lines.ts'
import type { Place } from './place.ts'
import type { Task } from './task.ts'
import type { RowHandlers } from './row-menu.tsx'
import { TaskRow } from './task-row.tsx'

/** Tasks whose subtasks are folded up, wherever they are shown. */
const foldedTasks = createStore<ReadonlySet<string>>(new Set())

function fold(id: string, folded: boolean): void {
  foldedTasks.set((before) => (folded ? before.union(new Set([id])) : before.difference(new Set([id]))))
}

interface Props {
  list: Live<readonly Task[]>
  filter: Filter
  place: Place
  known: Organizers
  clock: Clock
  onOpen: (task: Task) => void
}

/** Only the rows in sight exist, so ten thousand scroll like ten. Keys act on the row that has the focus. */
export function TaskList({ list, filter, place, known, clock, onOpen }: Props) {
  const tasks = useLive(list)
  const element = useRef<HTMLUListElement>(null)
  const [activeId, setActiveId] = useState<string>()
  const [renamingId, setRenamingId] = useState<string>()
  const [scrollMargin, setScrollMargin] = useState(0)
  const wantsFocus = useRef<string>(undefined)

  const folded = useStore(foldedTasks)
  const view = place.kind === 'view' ? place.view : undefined
  const lines = useMemo(
    () => linesOf(tasks, { filter, view, clock, folded }),
    [tasks, filter, view, clock, folded],
  )
  /** As they stand below each other, without what is folded up. */
  const shown = useMemo(() => lines.flatMap((line) => (line.kind === 'task' ? [line.task] : [])), [lines])
  const active = shown.some(({ id }) => id === activeId) ? activeId : shown[0]?.id
  const movable = isTree(filter)

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
    return shown[shown.findIndex(({ id }) => id === task.id) + by]
  }

  function move(task: Task, by: 1 | -1) {
    if (!movable) return
    moveTask(list, task, by)
    focusTask(task.id)
  }

  function nest(task: Task, deeper: boolean) {
    if (!movable) return
    nestTask(list, task, deeper)
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
    onFold: (task: Task, folds: boolean) => fold(task.id, folds),
    onNest: nest,
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
      'Alt+ArrowRight': () => nest(task, true),
      'Alt+ArrowLeft': () => nest(task, false),
      ArrowRight: () => fold(task.id, false),
      ArrowLeft: () => fold(task.id, true),
      ArrowDown: () => focusTask(neighbour(task, 1)?.id),
      ArrowUp: () => focusTask(neighbour(task, -1)?.id),
      j: () => focusTask(neighbour(task, 1)?.id),
      k: () => focusTask(neighbour(task, -1)?.id),
      Home: () => focusTask(shown[0]?.id),
      End: () => focusTask(shown.at(-1)?.id),
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
              known={known}
              listId={place.kind === 'list' ? place.list.id : undefined}
              tagId={place.kind === 'tag' ? place.tag.id : undefined}
              folded={line.kind === 'task' && folded.has(line.task.id)}
              {...rowHandlers}
            />
          </li>
        )
      })}
    </ul>
  )
}

/** Functions that stay the same and do what is right by then: a row is drawn again only when it changes. */
function useSteady(handlers: RowHandlers): RowHandlers {
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
      onFold: (task, folded) => latest.current.onFold(task, folded),
      onNest: (task, deeper) => latest.current.onNest(task, deeper),
    }),
    [],
  )
}

const heights = { task: 44, heading: 44 }

type ContentProps = { line: Line } & Omit<
  Parameters<typeof TaskRow>[0],
  'task' | 'dayIsKnown' | 'level' | 'below'
>

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
      return (
        <TaskRow
          task={line.task}
          dayIsKnown={line.dayIsKnown}
          level={line.level}
          below={line.below}
          {...props}
        />
      )
  }
}
