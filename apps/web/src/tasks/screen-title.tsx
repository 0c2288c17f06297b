import { Link } from '@tanstack/react-router'
import { useLive } from '../app/live.ts'
import type { List } from '../lists/list.ts'
import { useTaskStore } from '../session/session.ts'
import { Dot } from '../ui/colors.tsx'
import { sayFullDay } from './dates.ts'
import type { Place } from './place.ts'

/** What the screen is about, and a line below it that says more. */
export function ScreenTitle({ place, title, today }: { place: Place; title: string; today: string }) {
  const color = place.kind === 'list' ? place.list.color : place.kind === 'tag' ? place.tag.color : null
  return (
    <div className="min-w-0">
      <h1 className="font-serif text-[28px] leading-tight tracking-[-0.01em]">
        {color !== null && title !== '' && (
          <Dot color={color} className="mr-2.5 inline size-3! align-[0.15em]" />
        )}
        {/* Its height is there before its words are. */}
        {title || '\u00A0'}
      </h1>
      <p className="text-[14px] text-quiet">
        {place.kind === 'list' ? <Contents list={place.list} /> : sayFullDay(today)}
      </p>
    </div>
  )
}

function Contents({ list: { id, archivedAt } }: { list: List }) {
  const { open = 0, completed = 0 } = useLive(useTaskStore().tasks.counts()).lists.get(id) ?? {}
  const number = new Intl.NumberFormat()
  return (
    <>
      {archivedAt !== null && 'Archived · '}
      {open === 0 ? 'Nothing to do' : `${number.format(open)} to do`}
      {completed > 0 && (
        <>
          {' · '}
          <Link
            to="/"
            search={{ view: 'completed', list: id }}
            className="rounded-xs underline decoration-line underline-offset-3 hover:text-ink hover:decoration-edge"
          >
            {number.format(completed)} done
          </Link>
        </>
      )}
    </>
  )
}
