import { AlertDialog } from '@base-ui/react/alert-dialog'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useLive } from '../app/live.ts'
import { useHere } from '../nav/here.ts'
import { useTaskStore } from '../session/session.ts'
import { Button } from '../ui/button.tsx'
import { scrim } from '../ui/dialog.tsx'
import { deleteList } from './actions.ts'
import type { List } from './list.ts'

/** Before a list goes: what becomes of its tasks. What was chosen can be undone as one. */
export function DeleteList({ list, onClose }: { list: List; onClose: () => void }) {
  const navigate = useNavigate()
  const isHere = useHere() === `list ${list.id}`
  const { lists } = useLive(useTaskStore().tasks.counts())
  const { open = 0, completed = 0 } = lists.get(list.id) ?? {}
  const [tasks, setTasks] = useState<'keep' | 'delete'>('keep')
  const count = open + completed

  function go() {
    deleteList(list, tasks)
    onClose()
    if (isHere) void navigate({ to: '/', search: tasks === 'keep' && count > 0 ? { view: 'inbox' } : {} })
  }

  return (
    <AlertDialog.Root open onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={`${scrim} z-60`} />
        <AlertDialog.Popup
          // The button it was opened from goes with the list.
          finalFocus={() =>
            [...document.querySelectorAll<HTMLElement>('[data-nav-title]')].find(
              ({ offsetParent }) => offsetParent !== null,
            ) ?? true
          }
          className="fixed top-1/2 left-1/2 z-60 w-[min(24rem,calc(100vw-2rem))] -translate-1/2 rounded-2xl border border-line bg-raised p-5 shadow-float outline-none"
        >
          <AlertDialog.Title className="font-semibold">Delete the list “{list.name}”?</AlertDialog.Title>
          <AlertDialog.Description className="mt-1.5 text-quiet">
            {sayTasks(open, completed)}
          </AlertDialog.Description>
          {count > 0 && (
            <fieldset className="mt-3">
              <legend className="sr-only">What becomes of its tasks</legend>
              {(
                [
                  ['keep', 'Keep them, in the Inbox'],
                  ['delete', `Delete ${count === 1 ? 'it' : 'them'}, too`],
                ] as const
              ).map(([value, label]) => (
                <label
                  key={value}
                  className="flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-2 hover:bg-hover"
                >
                  <input
                    type="radio"
                    name="tasks"
                    value={value}
                    checked={tasks === value}
                    className="size-4 accent-accent"
                    onChange={() => setTasks(value)}
                  />
                  {value === 'keep' && count === 1 ? 'Keep it, in the Inbox' : label}
                </label>
              ))}
            </fieldset>
          )}
          <div className="mt-5 flex justify-end gap-2">
            <AlertDialog.Close render={<Button>Cancel</Button>} />
            <Button look="danger" onClick={go}>
              {tasks === 'delete' ? 'Delete all' : 'Delete list'}
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

function sayTasks(open: number, completed: number): string {
  const count = open + completed
  if (count === 0) return 'There are no tasks in it.'
  const number = new Intl.NumberFormat()
  const done = completed > 0 ? `, ${number.format(completed)} of them completed` : ''
  return count === 1
    ? `There is one task in it${completed > 0 ? ', which is completed' : ''}.`
    : `There are ${number.format(count)} tasks in it${done}.`
}
