import { errorOf } from '@ownlist/client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, Download } from 'lucide-react'
import { useEffect, useId, useMemo, useState } from 'react'
import { addDays, dayIn, instantOf, wallClock, type Clock } from '../tasks/dates.ts'
import type { Task } from '../tasks/task.ts'
import { Button, buttonLook } from '../ui/button.tsx'
import { asOfOptions } from './log.ts'
import { sayExactly } from './moment.tsx'
import { Empty, Problem, Skeleton } from './states.tsx'
import { TasksThen } from './tasks-then.tsx'

/** The tasks as they were at a moment. Only to look at and to take along: the past does not change. */
export function AsOf({ at, clock }: { at: string; clock: Clock }) {
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useInfiniteQuery(
    asOfOptions(at),
  )
  // They are put into order once all are here; until then rows would jump.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !error) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, error, fetchNextPage])
  const loaded = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data])
  const isWhole = data !== undefined && !hasNextPage
  const tasks = useMemo(() => (isWhole ? inOrder(loaded) : []), [isWhole, loaded])
  const open = tasks.filter(({ completed }) => !completed)
  const done = tasks.filter(({ completed }) => completed)

  return (
    <div className="pt-5 pb-28 md:pt-9">
      <Link
        to="/history"
        search={{}}
        className="-ml-1 inline-flex min-h-9 items-center gap-1.5 rounded-md px-1 text-[14px] text-quiet hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" /> History
      </Link>
      <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">Looking back</h1>
      <output className="block text-[14px] text-quiet">
        Your tasks as they were on {sayExactly(at, clock)}
      </output>
      <div className="mt-4 flex flex-wrap items-end justify-between gap-3">
        <MomentForm at={at} clock={clock} />
        <a
          className={buttonLook('plain')}
          href={`/api/account/export?${new URLSearchParams({ at })}`}
          download
        >
          <Download aria-hidden className="size-4" /> Download
        </a>
      </div>

      <div className="mt-5 min-h-[50dvh] border-t border-line" aria-busy={!isWhole && !error}>
        {!isWhole && !error && (
          <>
            <Skeleton />
            {loaded.length > 0 && (
              <p className="py-3 text-center text-[14px] text-quiet">
                {new Intl.NumberFormat().format(loaded.length)} tasks so far …
              </p>
            )}
          </>
        )}
        {error && (
          <Problem
            title="That moment cannot be shown"
            error={error}
            onRetry={errorOf(error).reason === 'HISTORY_TOO_OLD' ? undefined : () => void refetch()}
          />
        )}
        {isWhole && !error && tasks.length === 0 && (
          <Empty title="There were no tasks">Nothing was on your list at that moment.</Empty>
        )}
        {open.length > 0 && <TasksThen title="To do" tasks={open} clock={clock} />}
        {done.length > 0 && <TasksThen title="Done" tasks={done} clock={clock} />}
      </div>
    </div>
  )
}

/** In the user's order, as the list itself would have been. */
function inOrder(tasks: Task[]): Task[] {
  return tasks.toSorted((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0))
}

function MomentForm({ at, clock }: { at: string; clock: Clock }) {
  const id = useId()
  const navigate = useNavigate({ from: '/history' })
  const { timeZone, now } = clock
  const shown = wallClock(at, timeZone)
  const [date, setDate] = useState(shown.date)
  const [time, setTime] = useState(shown.time)
  const today = dayIn(timeZone, now)
  const go = (day: string, hour: string) => navigate({ search: { at: instantOf(day, hour, timeZone) } })

  return (
    <form
      aria-label="Moment to look back at"
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        void go(date, time || '00:00')
      }}
    >
      <div>
        <label htmlFor={`${id}-date`} className="mb-1 block text-[13px] font-medium">
          Day
        </label>
        <input
          id={`${id}-date`}
          type="date"
          required
          className="field w-auto! text-[14px]"
          min="2020-01-01"
          max={today}
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
      </div>
      <div>
        <label htmlFor={`${id}-time`} className="mb-1 block text-[13px] font-medium">
          Time
        </label>
        <input
          id={`${id}-time`}
          type="time"
          className="field w-[8.25rem]! text-[14px]"
          value={time}
          onChange={(event) => setTime(event.target.value)}
        />
      </div>
      <Button type="submit" look="primary">
        Show
      </Button>
      <Button
        look="quiet"
        onClick={() => {
          void go(addDays(shown.date, -1), shown.time)
        }}
      >
        A day earlier
      </Button>
    </form>
  )
}
