import { CloudOff } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import { sayDue, type Clock } from './dates.ts'
import { StatusCircle } from './marks.tsx'
import { discardUnsent, retryUnsent, type Unsent } from './unsent.ts'

/** A task on its way; where it does not get through it says so, and stays. */
export function UnsentRow({ row: { task, problem }, clock }: { row: Unsent; clock: Clock }) {
  return (
    <div className="flex items-start gap-1 rounded-lg pr-1">
      <span className="flex size-11 shrink-0 items-center justify-center">
        {problem === undefined ? (
          <StatusCircle status="pending" />
        ) : (
          <CloudOff aria-hidden className="size-[18px] text-danger" />
        )}
      </span>
      <div className="min-w-0 flex-1 py-2.5">
        <span className="line-clamp-3">{task.title}</span>
        <span className="block text-[13px] text-quiet">
          {problem !== undefined && <span className="text-danger">Not saved yet. {problem}</span>}
          {problem === undefined && task.due && sayDue(task.due, clock)}
        </span>
      </div>
      {problem !== undefined && (
        <div className="flex py-1">
          <Button look="quiet" onClick={retryUnsent}>
            Try again
          </Button>
          <Button look="quiet" onClick={() => discardUnsent(task.id)}>
            Discard
          </Button>
        </div>
      )}
    </div>
  )
}
