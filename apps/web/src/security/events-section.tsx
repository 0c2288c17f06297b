import { useInfiniteQuery } from '@tanstack/react-query'
import { useUser } from '../session/me.ts'
import { Button } from '../ui/button.tsx'
import { LoadFailure } from '../ui/load-failure.tsx'
import { sayEvent } from './event-words.ts'
import { eventsOptions } from './queries.ts'
import { sayClient } from './user-agent.ts'

/** What touched how the account is got into, the newest first: whoever reads something unknown here knows what to do. */
export function EventsSection() {
  const { timeZone } = useUser()
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } =
    useInfiniteQuery(eventsOptions)
  const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone })
  if (error && !data) return <LoadFailure error={error} again={refetch} />
  if (!data) return <div className="h-32" aria-busy />
  const events = data.pages.flatMap(({ items }) => items)
  return (
    <>
      <p className="max-w-md text-quiet">
        Something here was not you? Change your password: that signs everybody else out.
      </p>
      <ol className="mt-2 divide-y divide-line">
        {events.map((event) => (
          <li key={event.id} className="py-2.5">
            <p>{sayEvent(event)}</p>
            <p className="text-[13px] text-quiet">
              {moment.format(new Date(event.at))}
              {event.userAgent && <>, {sayClient(event.userAgent)}</>}
              {event.ipAddress && <>, from {event.ipAddress}</>}
            </p>
          </li>
        ))}
      </ol>
      {events.length === 0 && <p className="mt-2 text-quiet">Nothing yet.</p>}
      {hasNextPage && (
        <Button className="mt-2" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading …' : 'Show earlier'}
        </Button>
      )}
    </>
  )
}
