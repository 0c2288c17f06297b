import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import type { Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { FieldChanges } from './field-changes.tsx'
import { historyOptions, revisionsOf } from './log.ts'
import { Moment } from './moment.tsx'
import { Origin } from './origin.tsx'
import { directionOf, fieldsOf, reversed, type Change, type Revision } from './revision.ts'
import { More, Skeleton } from './states.tsx'
import { Superseded } from './superseded.tsx'
import { isRestored } from './sentences.ts'
import { inSentence, sayField } from './words.ts'

interface Props {
  id: string
  clock: Clock
}

/** What became of one task, from its beginning; asked for when somebody wants to know. */
export function TaskHistory(props: Props) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <section aria-labelledby={`${id}-title`} className="border-t border-line pt-3">
      <h3>
        <button
          type="button"
          id={`${id}-title`}
          aria-expanded={open}
          aria-controls={id}
          className="-ml-1.5 inline-flex min-h-9 items-center gap-1 rounded-md pr-2 text-[14px] text-quiet hover:bg-hover hover:text-ink"
          onClick={() => setOpen(!open)}
        >
          <ChevronRight aria-hidden className={`size-4 transition-transform ${open ? 'rotate-90' : ''}`} />
          History
        </button>
      </h3>
      <div id={id}>{open && <Entries {...props} />}</div>
    </section>
  )
}

function Entries({ id, clock }: Props) {
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(historyOptions({ entity: 'tasks', entityId: id, limit: 20 }))
  if (isPending) return <Skeleton rows={2} />
  const revisions = revisionsOf(data)
  const known = new Map(revisions.map((one) => [one.revision, one]))
  return (
    <>
      <ol className="mt-2 space-y-4 border-l border-line pl-4">
        {revisions.map((revision) => {
          const [change] = revision.changes
          return (
            change && (
              <li key={revision.revision} className="relative">
                <span
                  aria-hidden
                  className="absolute top-2 -left-[1.3rem] size-2.5 rounded-full border-2 border-raised bg-edge"
                />
                <p className="text-[14px]">{sayWhat(revision, change, known)}</p>
                <p className="text-[13px] text-quiet">
                  <Moment relative at={revision.madeAt} clock={clock} /> · <Origin revision={revision} />
                </p>
                <FieldChanges whole change={change} clock={clock} />
                <Superseded change={change} clock={clock} />
              </li>
            )
          )
        })}
      </ol>
      {error && <More error={error} onRetry={() => void (data ? fetchNextPage() : refetch())} />}
      {hasNextPage && !error && (
        <Button className="mt-4" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading …' : 'Show more'}
        </Button>
      )}
    </>
  )
}

/** Which task is known here, so its name is not said. */
function sayWhat(revision: Revision, change: Change, known: ReadonlyMap<number, Revision>): string {
  const direction = directionOf(revision, known)
  if (direction === 'undo') return `Undid: ${inSentence(sayDone(reversed(change)))}`
  if (direction === 'redo') return `Redid: ${inSentence(sayDone(change))}`
  const what = sayDone(change, revision)
  const others = revision.count - 1
  return others > 0 ? `${what}, with ${others === 1 ? 'another change' : `${others} other changes`}` : what
}

function sayDone(change: Change, by?: Revision): string {
  if (change.kind === 'created') return isRestored(change, by) ? 'Restored' : 'Added'
  if (change.kind === 'deleted') return 'Deleted'
  const fields = fieldsOf(change)
  const named = fields.filter(({ field }) => field !== 'position')
  if (named.length === 0) return fields.length > 0 ? 'Moved in the list' : 'Changed'
  const status = named.find(({ field }) => field === 'status')
  if (status && named.length === 1) {
    if (status.after === 'completed') return 'Completed'
    if (status.before === 'completed') return 'Reopened'
    return status.after === 'in_progress' ? 'Started' : 'Stopped'
  }
  if (named.length === 1 && named[0]?.field === 'title') return 'Renamed'
  return `Changed ${new Intl.ListFormat('en').format(named.map(({ field }) => inSentence(sayField(field))))}`
}
