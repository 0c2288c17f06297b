import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useId, useLayoutEffect, useRef, useState } from 'react'
import { sayTime, wallClock, type Clock } from '../tasks/dates.ts'
import { DueIcon } from '../tasks/due-picker.tsx'
import { PriorityTag, StatusCircle } from '../tasks/marks.tsx'
import { statusNames, type Due, type Task } from '../tasks/task.ts'

interface Props {
  title: string
  tasks: Task[]
  clock: Clock
}

/** Tasks to read. Only the rows in sight exist, as in the list itself. */
export function TasksThen({ title, tasks, clock }: Props) {
  const id = useId()
  const list = useRef<HTMLUListElement>(null)
  const [scrollMargin, setScrollMargin] = useState(0)
  // Nothing here is compiled by the React Compiler, which could not memoize what this gives.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useWindowVirtualizer({
    count: tasks.length,
    estimateSize: () => 44,
    getItemKey: (index) => tasks[index]?.id ?? index,
    overscan: 12,
    scrollMargin,
  })
  useLayoutEffect(() => {
    setScrollMargin((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
  }, [])

  return (
    <section aria-labelledby={id} className="pt-4">
      <h2 id={id} className="pb-1.5 text-[13px] font-semibold">
        {title}{' '}
        <span className="font-normal text-quiet tabular-nums">
          {new Intl.NumberFormat().format(tasks.length)}
        </span>
      </h2>
      <ul ref={list} className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const task = tasks[index]
          return (
            task && (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-setsize={tasks.length}
                aria-posinset={index + 1}
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${start - scrollMargin}px)` }}
              >
                <TaskThen task={task} clock={clock} />
              </li>
            )
          )
        })}
      </ul>
    </section>
  )
}

function TaskThen({ task, clock }: { task: Task; clock: Clock }) {
  const { due, priority, completed, description } = task
  return (
    <div className="flex gap-3 py-2.5">
      <span className="mt-0.5 shrink-0">
        <StatusCircle status={task.status} />
        <span className="sr-only">{statusNames[task.status]}: </span>
      </span>
      <div className="min-w-0 flex-1">
        <p className={completed ? 'text-quiet line-through decoration-line' : ''}>{task.title}</p>
        {description && <p className="mt-0.5 line-clamp-2 text-[13px] text-quiet">{description}</p>}
        {(due || (priority && priority !== 'medium')) && (
          <p className="mt-0.5 flex flex-wrap items-center gap-x-3.5 text-[13px] text-quiet">
            {due && (
              <span className="inline-flex items-center gap-1.5 [&_svg]:size-3.5">
                <DueIcon />
                <span className="sr-only">Due: </span>
                {sayDueThen(due, clock)}
              </span>
            )}
            {priority && priority !== 'medium' && <PriorityTag priority={priority} />}
          </p>
        )}
      </div>
    </div>
  )
}

/** A date, never "tomorrow": that would be read as from now. */
function sayDueThen(due: Due, clock: Clock): string {
  const day = 'date' in due ? due.date : wallClock(due.dateTime, due.timeZone).date
  const words = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
  const time = sayTime(due, clock)
  return time ? `${words}, ${time}` : words
}
