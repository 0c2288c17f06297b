import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CalendarSearch } from 'lucide-react'
import { useCallback, useEffect, useMemo } from 'react'
import { useUser } from '../session/me.ts'
import { useClock } from '../tasks/clock.ts'
import { dayIn, instantOf, sayDay, sayFullDay, type Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { AsOf } from './as-of.tsx'
import { historyOptions, revisionsOf } from './log.ts'
import { RevisionEntry } from './revision-entry.tsx'
import type { Revision } from './revision.ts'
import type { HistorySearch } from './search.ts'
import { Empty, More, Problem, Skeleton } from './states.tsx'
import { offerOf } from './undo.ts'
import { useEnd } from './use-end.ts'

/** All that ever happened to the user's tasks; or, with a moment in the address, the tasks as they were then. */
export function HistoryScreen() {
  const { at }: HistorySearch = useSearch({ from: '/history' })
  const navigate = useNavigate({ from: '/history' })
  const clock = useClock(useUser().timeZone)

  useEffect(() => {
    document.title = `${at ? 'Looking back' : 'History'} · Ownlist`
  }, [at])

  if (at) return <AsOf key={at} at={at} clock={clock} />
  return (
    <div className="pt-5 pb-28 md:pt-9">
      <header className="flex flex-wrap items-end justify-between gap-3">
        <div>
          <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">History</h1>
          <p className="text-[14px] text-quiet">Every change, and the way back from it</p>
        </div>
        <Button onClick={() => void navigate({ search: { at: startOfToday(clock) } })}>
          <CalendarSearch aria-hidden className="size-4" /> Look back
        </Button>
      </header>
      <RevisionList clock={clock} />
    </div>
  )
}

function RevisionList({ clock }: { clock: Clock }) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(historyOptions({ limit: 50 }))
  const revisions = useMemo(() => revisionsOf(data), [data])
  const known = useMemo(() => new Map(revisions.map((one) => [one.revision, one])), [revisions])
  const days = useMemo(() => byDay(revisions, clock.timeZone), [revisions, clock.timeZone])
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const end = useEnd(hasNextPage && !error, data?.pages.length, more)
  const today = dayIn(clock.timeZone, clock.now)

  return (
    <div className="mt-4 min-h-[60dvh]" aria-busy={isPending}>
      {isPending && <Skeleton />}
      {error && !data && (
        <Problem
          title="Your history cannot be shown right now"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && revisions.length === 0 && (
        <Empty title="Nothing has happened yet">
          Whatever you add, change or delete is kept here, and can be taken back.
        </Empty>
      )}
      {days.map(([day, ofDay]) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <h2
            id={`day-${day}`}
            className="sticky top-0 z-10 -mx-1 bg-paper px-1 pt-4 pb-1.5 text-[13px] font-semibold"
          >
            {sayHeading(day, today)}
          </h2>
          <ol className="divide-y divide-line">
            {ofDay.map((revision) => (
              <li key={revision.revision} data-revision={revision.revision}>
                <RevisionEntry revision={revision} clock={clock} {...offerOf(revision, known)} />
              </li>
            ))}
          </ol>
        </section>
      ))}
      <div ref={end}>{hasNextPage && <More error={error} onRetry={more} />}</div>
    </div>
  )
}

function byDay(revisions: Revision[], timeZone: string): [day: string, revisions: Revision[]][] {
  return [...Map.groupBy(revisions, ({ madeAt }) => dayIn(timeZone, new Date(madeAt)))]
}

function sayHeading(day: string, today: string): string {
  const words = sayDay(day, today)
  const full = sayFullDay(day)
  const year = day.slice(0, 4) === today.slice(0, 4) ? '' : ` ${day.slice(0, 4)}`
  return words === 'Today' || words === 'Yesterday' ? `${words} · ${full}` : full + year
}

/** Looking back begins at a moment that says something: the tasks with which the day began. */
function startOfToday({ now, timeZone }: Clock): string {
  return instantOf(dayIn(timeZone, now), '00:00', timeZone)
}
