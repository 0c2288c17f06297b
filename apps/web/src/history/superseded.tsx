import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { theStore } from '../session/session.ts'
import type { Clock } from '../tasks/dates.ts'
import { notifyFailure } from '../ui/toasts.ts'
import { refreshHistory } from './log.ts'
import type { Change } from './revision.ts'
import { inSentence, sayField, sayValue } from './words.ts'

/** What an update can set again. */
const settable = ['title', 'status', 'due', 'priority', 'description', 'listId', 'tagIds'] as const
type Settable = (typeof settable)[number]

interface Props {
  change: Change
  clock: Clock
}

/** Two devices wrote the same field without knowing of each other: the value that lost, and the way to have it again. */
export function Superseded({ change, clock }: Props) {
  if (change.entity !== 'tasks') return null
  return settable
    .filter((field) => change.superseded.includes(field))
    .map((field) => <LostValue key={field} change={change} field={field} clock={clock} />)
}

function LostValue({ change, field, clock }: Props & { field: Settable }) {
  const [state, setState] = useState<'lost' | 'sending' | 'back'>('lost')
  const value = change.before?.[field]
  const words = sayValue({ field, value }, clock)
  const lost = words.length > 160 ? `${words.slice(0, 159).trimEnd()}…` : words

  async function takeBack() {
    setState('sending')
    try {
      // An ordinary update, with its own place in the history.
      const made = await theStore().tasks.update({ id: change.id, [field]: value })
      setState('back')
      announce(`${sayField(field)} is ${words} again`)
      void made.delivered.then(refreshHistory)
    } catch (error) {
      setState('lost')
      notifyFailure(`The ${inSentence(sayField(field))} was not taken back`, error, () => void takeBack())
    }
  }

  return (
    <div className="mt-2 rounded-lg border-l-2 border-danger bg-sunken py-2 pr-3 pl-3 text-[14px]">
      <p>
        This replaced{' '}
        {field === 'title' || field === 'description'
          ? `“${lost}”`
          : `“${lost}” as ${inSentence(sayField(field))}`}
        , which another device had written meanwhile.
      </p>
      <button
        type="button"
        // Stays a button when it has done its work, so that the focus has where to be.
        aria-disabled={state !== 'lost'}
        className="mt-1 inline-flex min-h-8 items-center gap-1.5 rounded-md font-medium text-accent underline-offset-3 hover:underline aria-disabled:text-quiet aria-disabled:no-underline"
        onClick={() => state === 'lost' && void takeBack()}
      >
        <Undo2 aria-hidden className="size-4" />
        {{ lost: 'Take it back', sending: 'Taking it back …', back: 'Taken back' }[state]}
      </button>
    </div>
  )
}
