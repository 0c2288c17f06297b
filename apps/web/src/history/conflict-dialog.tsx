import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { scrim } from '../ui/dialog.tsx'
import { openConflict, type OpenConflict } from './conflict.ts'
import { undoRevision } from './undo.ts'
import { inSentence, sayField } from './words.ts'

/** What an undo would set back was changed again since: which, and what then. */
export function ConflictDialog({ conflict }: { conflict: OpenConflict }) {
  const [busy, setBusy] = useState(false)
  const { target, conflicts } = conflict
  const { action, what, titles } = target
  const close = () => openConflict.set(() => undefined)

  async function go(ifConflict: 'skip' | 'overwrite') {
    setBusy(true)
    // Closed first: what comes of it is said in a message below.
    close()
    await undoRevision(target, ifConflict)
  }

  return (
    <AlertDialog.Root open onOpenChange={(next) => !next && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={`${scrim} z-60`} />
        <AlertDialog.Popup className="fixed top-1/2 left-1/2 z-60 flex max-h-[85dvh] w-[min(30rem,calc(100vw-2rem))] -translate-1/2 flex-col rounded-2xl border border-line bg-raised shadow-float outline-none">
          <div className="px-5 pt-5">
            <AlertDialog.Title className="font-semibold">Changed again since</AlertDialog.Title>
            <AlertDialog.Description className="mt-1.5 text-quiet">
              To {action.toLowerCase()} “{what}” would also take back what happened to {sayThese(conflicts)}{' '}
              afterwards:
            </AlertDialog.Description>
          </div>
          {/* A list that scrolls can be reached by key only where it can have the focus. */}
          <ul
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            tabIndex={conflicts.length > 5 ? 0 : undefined}
            aria-label="Changed since"
            className="mx-5 mt-3 min-h-0 space-y-2 overflow-y-auto rounded-lg bg-sunken px-3.5 py-2.5 text-[14px]"
          >
            {conflicts.map(({ entity, id, title, fields }) => (
              <li key={`${entity} ${id}`}>
                <p className="font-medium">{title ?? titles?.get(id) ?? 'A task'}</p>
                {/* What is there has a name. */}
                <p className="text-quiet">{title === null ? 'Deleted' : sayFields(fields)}</p>
              </li>
            ))}
          </ul>
          <p className="px-5 pt-3 text-[13px] text-quiet">
            “{action} the rest” leaves these as they are now. Whatever you choose is in the history, and can
            be taken back.
          </p>
          <div className="flex flex-col gap-2 p-5 sm:flex-row-reverse sm:flex-wrap">
            <Button look="primary" disabled={busy} onClick={() => void go('skip')}>
              {action} the rest
            </Button>
            <Button look="danger" disabled={busy} onClick={() => void go('overwrite')}>
              {action} everything
            </Button>
            <AlertDialog.Close render={<Button className="sm:mr-auto">Cancel</Button>} />
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

function sayFields(fields: string[]): string {
  const names = [...new Set(fields.filter((field) => field !== 'completedAt').map(sayField))]
  const [first = 'Something', ...others] = names
  return new Intl.ListFormat(undefined).format([first, ...others.map(inSentence)])
}

function sayThese(conflicts: OpenConflict['conflicts']): string {
  if (conflicts.some(({ entity }) => entity !== 'tasks')) return conflicts.length === 1 ? 'this' : 'these'
  return conflicts.length === 1 ? 'this task' : 'these tasks'
}
