import { useInfiniteQuery } from '@tanstack/react-query'
import { errorOf } from '@ownlist/client'
import type { Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { FieldChanges } from './field-changes.tsx'
import { revisionOptions } from './log.ts'
import type { Change, Revision } from './revision.ts'
import { Superseded } from './superseded.tsx'
import { sayRow } from './words.ts'

const kinds = { created: 'Added', updated: '', deleted: 'Deleted' }

/** All that one revision did. The first of it are here already; the rest comes when somebody looks. */
export function RevisionChanges({ revision, clock }: { revision: Revision; clock: Clock }) {
  const isWhole = revision.count <= revision.changes.length
  const { data, error, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    ...revisionOptions(revision.revision),
    enabled: !isWhole,
  })
  const changes = data?.pages.flatMap((page) => page.changes) ?? revision.changes
  return (
    <>
      <ul className="mt-1 space-y-2 border-l border-line pl-3">
        {changes.map((change) => (
          <li key={`${change.entity} ${change.id}`} className="text-[14px]">
            <p>
              {kinds[change.kind] && <span className="text-quiet">{kinds[change.kind]} </span>}
              {sayRowAlone(change)}
            </p>
            <FieldChanges change={change} clock={clock} />
            <Superseded change={change} clock={clock} />
          </li>
        ))}
      </ul>
      {error && (
        <p role="alert" className="mt-2 text-[14px] text-danger">
          The rest cannot be shown. {errorOf(error).message}{' '}
          <Button look="quiet" onClick={() => void refetch()}>
            Try again
          </Button>
        </p>
      )}
      {!error && isFetching && <p className="mt-2 text-[14px] text-quiet">Loading …</p>}
      {hasNextPage && !isFetching && (
        <Button className="mt-2" onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  )
}

/** Tasks by their titles; other kinds say what they are. */
function sayRowAlone({ entity, title }: Change): string {
  if (entity === 'tasks') return title ?? 'A task'
  const words = sayRow(entity, title)
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
