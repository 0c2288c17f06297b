import { announce } from '../app/announcer.tsx'
import { useTaskStore } from '../session/session.ts'
import { Button } from '../ui/button.tsx'
import { notifyFailure } from '../ui/toasts.ts'
import { sayDue, type Clock } from './dates.ts'
import { dueOf, momentOf } from './occurrence.ts'
import type { Task } from './task.ts'

/** What can be done with one occurrence of a task that comes again. The rule stays as it is. */
export function SeriesActions({ task, clock, disabled }: { task: Task; clock: Clock; disabled: boolean }) {
  const { tasks } = useTaskStore()
  if (!task.series) return null
  const scheduled = dueOf(task.series.occurrence, task.due)
  const moved = scheduled && task.due && momentOf(scheduled) !== momentOf(task.due)

  async function act(what: string, done: Promise<unknown>) {
    try {
      await done
      announce(what)
    } catch (error) {
      notifyFailure('This was not done', error)
    }
  }

  return (
    <div className="rounded-lg bg-sunken px-3.5 py-3 text-[13px] text-quiet" data-series>
      <p>
        {task.recurrence ? `Occurrence ${task.series.number}. ` : `Was occurrence ${task.series.number}. `}
        {moved && `Scheduled for ${sayDue(scheduled, clock)}. `}
        {task.recurrence && 'Changes here are for this one and all to come; a new date is for this one.'}
      </p>
      {task.recurrence && (
        <div className="mt-2 flex flex-wrap gap-2">
          <Button disabled={disabled} onClick={() => void act('Skipped', tasks.skip({ id: task.id }))}>
            Skip this one
          </Button>
          <Button
            disabled={disabled}
            onClick={() => void act('This one stands alone now', tasks.detach({ id: task.id }))}
          >
            Change this one alone
          </Button>
        </div>
      )}
    </div>
  )
}
