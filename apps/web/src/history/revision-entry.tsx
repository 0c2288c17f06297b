import { Link } from '@tanstack/react-router'
import { ArrowUpDown, Check, ChevronRight, Layers, Pencil, Plus, Redo2, Trash2, Undo2 } from 'lucide-react'
import { memo, useId, useState } from 'react'
import type { Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { FieldChanges } from './field-changes.tsx'
import { Moment } from './moment.tsx'
import { Origin } from './origin.tsx'
import { fieldsOf, type directionOf, type Revision } from './revision.ts'
import { RevisionChanges } from './revision-changes.tsx'
import { Superseded } from './superseded.tsx'
import type { Undoable } from './conflict.ts'
import { undoableOf, undoRevision } from './undo.ts'
import { sayRevision } from './sentences.ts'
import { kindOf, sayMany } from './words.ts'

interface Props {
  revision: Revision
  direction: ReturnType<typeof directionOf>
  /** What its button would do: told by what else is known of the log. */
  action: Undoable['action']
  what: string
  clock: Clock
}

/** One revision of the account's history: what happened, who did it, and the way back. */
export const RevisionEntry = memo(function RevisionEntry({
  revision,
  direction,
  action,
  what,
  clock,
}: Props) {
  const [busy, setBusy] = useState(false)
  const id = useId()
  const [first] = revision.changes

  async function act() {
    setBusy(true)
    await undoRevision(undoableOf(revision, action, what))
    setBusy(false)
  }

  return (
    <div className="flex gap-3 py-3">
      <span
        aria-hidden
        className="mt-0.5 flex size-8 shrink-0 items-center justify-center rounded-full bg-sunken text-quiet [&_svg]:size-4"
      >
        <Icon revision={revision} direction={direction} />
      </span>
      <div className="min-w-0 flex-1 pt-1">
        <p id={id} className="leading-snug">
          {direction === 'do' && sayRevision(revision, clock)}
          {direction === 'undo' && `Undid: ${what}`}
          {direction === 'redo' && `Redid: ${what}`}
          {revision.undoneBy !== null && (
            <span className="ml-2 inline-block rounded-md bg-sunken px-1.5 text-[12px] text-quiet">
              {direction === 'undo' ? 'Redone' : 'Undone'}
            </span>
          )}
        </p>
        <p className="text-[13px] text-quiet">
          <Link
            to="/history"
            search={{ at: revision.madeAt }}
            className="relative inline-block rounded-xs underline-offset-3 hover:text-ink hover:underline"
          >
            <span className="sr-only">Look back at </span>
            <Moment at={revision.madeAt} clock={clock} />
          </Link>{' '}
          · <Origin revision={revision} />
        </p>
        {revision.count === 1 && first && direction === 'do' && (
          <>
            {showsFields(revision) && <FieldChanges change={first} clock={clock} />}
            <Superseded change={first} clock={clock} />
          </>
        )}
        {revision.count > 1 && <Expandable revision={revision} clock={clock} />}
      </div>
      <Button
        look="quiet"
        className="-mr-2 min-w-11 self-start sm:-mr-1"
        // Disabled would lose the focus; what it does next is another thing.
        aria-disabled={busy}
        aria-describedby={id}
        onClick={() => !busy && void act()}
      >
        {action === 'Undo' ? (
          <Undo2 aria-hidden className="size-4" />
        ) : (
          <Redo2 aria-hidden className="size-4" />
        )}
        <span className="sr-only sm:not-sr-only">{action}</span>
      </Button>
    </div>
  )
})

function Expandable({ revision, clock }: { revision: Revision; clock: Clock }) {
  const [open, setOpen] = useState(false)
  const id = useId()
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        className="mt-1 -ml-1.5 inline-flex min-h-8 items-center gap-1 rounded-md pr-2 text-[14px] text-accent hover:bg-hover"
        onClick={() => setOpen(!open)}
      >
        <ChevronRight aria-hidden className={`size-4 transition-transform ${open ? 'rotate-90' : ''}`} />
        {open ? 'Hide' : 'Show'} {sayMany(revision.count, kindOf(revision.changes))}
      </button>
      <div id={id}>{open && <RevisionChanges revision={revision} clock={clock} />}</div>
    </>
  )
}

const saidInFull = new Set<string>([
  'title',
  'name',
  'status',
  'listId',
  'parentId',
  'archivedAt',
  'icon',
  'filter',
])

/** A sentence that says it all needs no table below it. */
function showsFields({ changes: [change] }: Revision): boolean {
  if (!change || change.kind !== 'updated') return false
  const fields = fieldsOf(change).filter(({ field }) => field !== 'position')
  const [only] = fields
  return fields.length > 1 || (only !== undefined && !saidInFull.has(only.field))
}

function Icon({ revision, direction }: { revision: Revision; direction: ReturnType<typeof directionOf> }) {
  if (direction === 'undo') return <Undo2 />
  if (direction === 'redo') return <Redo2 />
  const [change] = revision.changes
  if (!change) return <Pencil />
  if (change.kind === 'deleted') return <Trash2 />
  if (change.kind === 'created') return <Plus />
  const fields = fieldsOf(change)
  if (fields.some(({ field, after }) => field === 'status' && after === 'completed')) return <Check />
  if (revision.count > 1) return <Layers />
  return fields.length === 1 && fields[0]?.field === 'position' ? <ArrowUpDown /> : <Pencil />
}
