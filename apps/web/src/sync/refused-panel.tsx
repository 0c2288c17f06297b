import type { Failure, Store } from '@ownlist/client'
import { useEffect } from 'react'
import { useLive } from '../app/live.ts'
import { useTaskStore } from '../session/session.ts'
import type { Clock } from '../tasks/dates.ts'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/dialog.tsx'
import { notifyFailure } from '../ui/toasts.ts'
import { sayValues, sayWanted } from './words.ts'

/** Changes that the server did not accept: what was wanted, why not, and what now. */
export function RefusedPanel({ clock, onClose }: { clock: Clock; onClose: () => void }) {
  const { failures } = useLive(useTaskStore().status)
  const isEmpty = failures.length === 0
  useEffect(() => {
    if (isEmpty) onClose()
  }, [isEmpty, onClose])
  return (
    <Panel title="Not accepted" open onClose={onClose}>
      <p className="px-5 text-[14px] text-quiet">
        The server refused these changes, so what you see is without them. They are kept until you decide.
      </p>
      <ul className="divide-y divide-line px-5 pt-2 pb-3">
        {failures.map((failure) => (
          <Refused key={failure.opId} failure={failure} clock={clock} />
        ))}
      </ul>
    </Panel>
  )
}

function Refused({ failure, clock }: { failure: Failure; clock: Clock }) {
  const store = useTaskStore()
  const { opId, issues, message } = failure
  const what = sayWanted(failure, (id) => nameIn(store, failure.path, id))
  const act = (done: Promise<void>) =>
    done.catch((error: unknown) => notifyFailure('This could not be kept', error))
  return (
    <li className="py-3">
      <p className="font-medium break-words">{what}</p>
      {sayValues(failure, clock).map((value) => (
        <p key={value} className="line-clamp-6 text-[14px] break-words whitespace-pre-wrap">
          {value}
        </p>
      ))}
      <p className="mt-0.5 text-[14px] text-danger">{issues[0]?.message ?? message}</p>
      <div className="mt-1.5 -ml-3 flex gap-1">
        <Button look="quiet" onClick={() => void act(store.retry(opId))}>
          Try again
        </Button>
        <Button look="quiet" onClick={() => void act(store.dismiss(opId))}>
          Discard
        </Button>
      </div>
    </li>
  )
}

function nameIn(store: Store, path: Failure['path'], id: string): string | undefined {
  if (path.startsWith('lists.')) return store.lists.get(id).get()?.name
  if (path.startsWith('tags.')) return store.tags.get(id).get()?.name
  if (path.startsWith('views.')) return store.views.get(id).get()?.name
  if (path.startsWith('comments.')) return store.comments.get(id).get()?.body
  return store.tasks.get(id).get()?.title
}
