import { Button } from '../ui/button.tsx'
import { emptinessOf, type Place } from './place.ts'

/** As high as the rows to come, so that nothing moves when they do. */
export function ListSkeleton() {
  return (
    <div aria-hidden className="animate-[pulse-quietly_1.6s_ease-in-out_infinite]">
      {[62, 38, 71, 45, 56, 33].map((width) => (
        <div key={width} className="flex h-11 items-center gap-3 px-3">
          <span className="size-5 rounded-full border-[1.5px] border-line" />
          <span className="h-3 rounded bg-line" style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  )
}

export function EmptyList({ place, query, filtered }: { place: Place; query: string; filtered: boolean }) {
  const [title, text] = query
    ? ['No matches', `Nothing contains “${query}”, in open or completed tasks.`]
    : filtered
      ? ['Nothing passes the filter', 'Choose something else in it, or take it off.']
      : emptinessOf(place)
  return (
    <div className="px-6 py-16 text-center">
      <p className="font-serif text-[19px]">{title}</p>
      <p className="mx-auto mt-1.5 max-w-xs text-quiet">{text}</p>
    </div>
  )
}

/** On a device that has never heard from the server there is nothing to show without it. */
export function NothingHere({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="px-6 py-16 text-center">
      <p className="font-serif text-[19px]">Your tasks are not on this device yet</p>
      <p className="mx-auto mt-1.5 max-w-xs text-quiet">
        The server cannot be reached. What you add is kept here until it can be.
      </p>
      <Button className="mt-5" onClick={onRetry}>
        Try again
      </Button>
    </div>
  )
}
