import { useInfiniteQuery } from '@tanstack/react-query'
import { RotateCcw } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useUser } from '../session/me.ts'
import { useClock } from '../tasks/clock.ts'
import type { Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { historyOptions, revisionsOf } from './log.ts'
import { Moment } from './moment.tsx'
import { Origin } from './origin.tsx'
import { quotedName } from './names.ts'
import { restoreRow } from './restore.ts'
import type { Change, Revision } from './revision.ts'
import { Empty, More, Problem, Skeleton } from './states.tsx'
import { undoRevision } from './undo.ts'
import { useEnd } from './use-end.ts'
import { sayRevision } from './sentences.ts'
import { inSentence, sayRow } from './words.ts'

/** What was deleted and is not there again: as long as the history reaches, it can be brought back. */
export function TrashScreen() {
  const clock = useClock(useUser().timeZone)
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } =
    useInfiniteQuery(historyOptions({ kind: 'deleted', limit: 50 }))
  const deletions = useMemo(() => inTrash(revisionsOf(data)), [data])
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, isFetchingNextPage])
  const end = useEnd(hasNextPage && !error, data?.pages.length, more)

  useEffect(() => {
    document.title = 'Trash · Ownlist'
  }, [])

  return (
    <div className="pt-5 pb-28 md:pt-9">
      <h1
        data-trash
        tabIndex={-1}
        className="font-serif text-[28px] leading-tight tracking-[-0.01em] outline-none"
      >
        Trash
      </h1>
      <p className="text-[14px] text-quiet">
        What you deleted, for as long as your history reaches. It comes back as it was.
      </p>
      <div className="mt-4 min-h-[60dvh]" aria-busy={isPending}>
        {isPending && <Skeleton />}
        {error && !data && (
          <Problem
            title="Your trash cannot be shown right now"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {data && !hasNextPage && deletions.length === 0 && (
          <Empty title="Nothing in the trash">What you delete is kept here.</Empty>
        )}
        <ol className="divide-y divide-line" aria-label="What was deleted">
          {deletions.map(({ revision, changes }) => (
            <li key={revision.revision} className="py-3">
              {changes.length > 1 && <Together revision={revision} clock={clock} />}
              <ul>
                {changes.map((change) => (
                  <li key={change.id}>
                    <Deleted
                      change={change}
                      revision={revision}
                      isAlone={changes.length === 1}
                      clock={clock}
                    />
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
        <div ref={end}>{hasNextPage && <More error={error} onRetry={more} />}</div>
      </div>
    </div>
  )
}

/** So many changes of a revision stand in a list of revisions. */
const mostInList = 20

const kinds = { tasks: '', lists: 'List ', tags: 'Tag ', views: 'View ' }

interface Deletion {
  revision: Revision
  changes: Change[]
}

/** What was deleted twice lies here once; a comment that went with its task comes back with it. */
function inTrash(revisions: Revision[]): Deletion[] {
  const seen = new Set<string>()
  return revisions
    .map((revision) => ({
      revision,
      changes: revision.changes.filter(({ id, restorable, before }) => {
        if (!restorable || seen.has(id) || revision.changes.some((one) => one.id === before?.taskId))
          return false
        seen.add(id)
        return true
      }),
    }))
    .filter(({ changes }) => changes.length > 0)
}

/** What went at once can come back at once. */
function Together({ revision, clock }: { revision: Revision; clock: Clock }) {
  const words = sayRevision(revision, clock)
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{words}</p>
        <p className="text-[13px] text-quiet">
          <Moment relative at={revision.madeAt} clock={clock} /> · <Origin revision={revision} />
          {revision.changes.length >= mostInList && (
            <> · the first {revision.changes.length} of them stand below</>
          )}
        </p>
      </div>
      <RestoreButton
        label="Restore all"
        name={`Restore all: ${words}`}
        onRestore={() =>
          undoRevision({ revision: revision.revision, action: 'Undo', what: inSentence(words) })
        }
      />
    </div>
  )
}

interface DeletedProps {
  change: Change
  revision: Revision
  /** Nothing else went with it, or nothing that would not come back with it. */
  isAlone: boolean
  clock: Clock
}

function Deleted({ change, revision, isAlone, clock }: DeletedProps) {
  const { entity, title, before } = change
  const kind =
    entity === 'comments' ? `Comment on ${quotedName('tasks', before?.taskId ?? '')}: ` : kinds[entity]
  // A list had its tasks, a tag stood on some, a task had comments: all is put back as the whole is taken back.
  const isOwn = entity === 'lists' || entity === 'tags' || revision.count === revision.changes.length
  const isWhole = isAlone && revision.count > 1 && isOwn
  const words = sayRow(entity, title)
  return (
    <div className={`flex items-center gap-3 py-1 ${isAlone ? '' : 'pl-4'}`}>
      <div className="min-w-0 flex-1">
        <p className="line-clamp-2">
          {kind && <span className="text-quiet">{kind}</span>}
          {title}
        </p>
        {isAlone && (
          <p className="text-[13px] text-quiet">
            Deleted <Moment relative at={revision.madeAt} clock={clock} /> · <Origin revision={revision} />
          </p>
        )}
      </div>
      <RestoreButton
        label="Restore"
        name={`Restore ${entity === 'tasks' ? (title ?? 'this task') : words}`}
        onRestore={() =>
          isWhole
            ? undoRevision({ revision: revision.revision, action: 'Undo', what: `deleted ${words}` })
            : restoreRow(change)
        }
      />
    </div>
  )
}

function RestoreButton({
  label,
  name,
  onRestore,
}: {
  label: string
  name: string
  onRestore: () => Promise<unknown>
}) {
  const [busy, setBusy] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  async function act() {
    setBusy(true)
    await onRestore()
    setBusy(false)
  }

  // The row goes with its button; the focus goes on, and does not fall back to the top of the page.
  useLayoutEffect(() => {
    const self = button.current
    return () => {
      if (self && document.activeElement === self) neighbourOf(self)?.focus()
    }
  }, [])

  return (
    <Button
      data-restore
      look="quiet"
      className="-mr-2 text-accent!"
      aria-label={name}
      aria-disabled={busy}
      ref={button}
      onClick={() => !busy && void act()}
    >
      <RotateCcw aria-hidden className="size-4" />
      {label}
    </Button>
  )
}

function neighbourOf(button: HTMLElement): HTMLElement | null {
  const all = [...document.querySelectorAll<HTMLElement>('[data-restore]')]
  const at = all.indexOf(button)
  return all[at + 1] ?? all[at - 1] ?? document.querySelector<HTMLElement>('[data-trash]')
}
