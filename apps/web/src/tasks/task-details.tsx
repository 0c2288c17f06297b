import { errorOf, OwnlistError } from '@ownlist/client'
import { Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { TaskHistory } from '../history/task-history.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Question } from '../ui/dialog.tsx'
import { changeTask } from './actions.ts'
import { issuesOfChange } from './checks.ts'
import { cityOf, sayDue, type Clock } from './dates.ts'
import { DueIcon, DuePicker } from './due-picker.tsx'
import { chip, PriorityPicker } from './quick-add.tsx'
import { statusNames, type Status, type Task, type TaskChange } from './task.ts'

interface Props {
  task: Task
  clock: Clock
  weekStart: number
  onClose: () => void
  onDelete: (task: Task) => void
}

type Draft = Pick<Task, 'title' | 'status' | 'priority' | 'due'> & { description: string }

/** Everything about one task. What is typed here stays until it is saved or given up on purpose. */
export function TaskDetails({ task, clock, weekStart, onClose, onDelete }: Props) {
  const id = useId()
  const [draft, setDraft] = useState<Draft>(() => ({ ...task, description: task.description ?? '' }))
  const [base, setBase] = useState(task)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<OwnlistError>()
  const [asking, setAsking] = useState(false)
  const change = changeOf(draft, base)
  const edit = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }))
  const issue = (path: string) => failure?.issues.find((one) => one.path.split('.')[0] === path)?.message

  async function save() {
    if (!change) return onClose()
    const issues = issuesOfChange(task.id, change)
    if (issues.length > 0)
      return setFailure(new OwnlistError('BAD_INPUT', 'Some of this is not right.', { issues }))
    setSaving(true)
    setFailure(undefined)
    try {
      await changeTask(base, { ...change, ifRevision: base.revision })
      announce('Saved')
      onClose()
    } catch (error) {
      const failed = errorOf(error)
      setFailure(failed)
      // Saving again then means: mine, knowing theirs.
      if (failed.current) setBase(failed.current)
    } finally {
      setSaving(false)
    }
  }

  return (
    <Panel
      place="side"
      open
      title={`Task #${task.number}`}
      onClose={() => (change ? setAsking(true) : onClose())}
    >
      <form
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <div className="flex-1 space-y-5 overflow-y-auto px-5 pt-1 pb-6">
          <div>
            <label htmlFor={`${id}-title`} className="sr-only">
              Title
            </label>
            <textarea
              id={`${id}-title`}
              rows={1}
              data-first-focus
              value={draft.title}
              aria-invalid={issue('title') !== undefined}
              className="-mx-2 field-sizing-content w-[calc(100%+1rem)] resize-none rounded-md px-2 py-1.5 font-serif text-[22px] leading-snug"
              onChange={(event) => edit({ title: event.target.value.replaceAll('\n', ' ') })}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return
                event.preventDefault()
                void save()
              }}
            />
            <Problem text={issue('title')} />
          </div>

          <dl className="grid grid-cols-[6rem_1fr] items-center gap-y-1 text-[14px]">
            <dt className="text-quiet">Status</dt>
            <dd>
              <StatusChoice status={draft.status} onChange={(status) => edit({ status })} />
            </dd>
            <dt className="text-quiet">Due</dt>
            <dd>
              <DuePicker
                due={draft.due}
                clock={clock}
                weekStart={weekStart}
                onChange={(due) => edit({ due })}
                trigger={
                  <button
                    type="button"
                    className={`${chip(draft.due !== null)} -ml-2.5`}
                    aria-label={`Due date: ${draft.due ? sayDue(draft.due, clock) : 'No date'}`}
                  >
                    <DueIcon />
                    {draft.due ? sayDue(draft.due, clock) : 'No date'}
                  </button>
                }
              />
            </dd>
            <dt className="text-quiet">Priority</dt>
            <dd className="-ml-2.5">
              <PriorityPicker wide priority={draft.priority} onChange={(priority) => edit({ priority })} />
            </dd>
          </dl>

          <div>
            <label htmlFor={`${id}-description`} className="mb-1.5 block text-[14px] text-quiet">
              Description
            </label>
            <textarea
              id={`${id}-description`}
              value={draft.description}
              rows={7}
              aria-invalid={issue('description') !== undefined}
              className="field field-sizing-content max-h-[45dvh] min-h-40 resize-none"
              onChange={(event) => edit({ description: event.target.value })}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save()
              }}
            />
            <Problem text={issue('description')} />
          </div>
          <p className="text-[13px] text-quiet">
            Created {moment(task.createdAt, clock)}
            {task.completedAt && <>, completed {moment(task.completedAt, clock)}</>}
            {task.due && 'timeZone' in task.due && <>. Due in the time of {cityOf(task.due.timeZone)}</>}.
          </p>
          <TaskHistory
            id={task.id}
            clock={clock}
            onTakenBack={(saved) => {
              setDraft(rebased(draft, base, saved))
              setBase(saved)
            }}
          />
        </div>

        <footer className="border-t border-line px-5 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
          {failure && (
            <p role="alert" className="mb-2 text-[14px] text-danger">
              {failure.current
                ? 'This task was changed elsewhere in the meantime. Save again to keep what stands here.'
                : `Not saved. ${failure.message}`}
            </p>
          )}
          <div className="flex items-center gap-2">
            <Button look="primary" type="submit" disabled={saving}>
              {saving ? 'Saving …' : 'Save'}
            </Button>
            <Button onClick={onClose} look="quiet">
              Cancel
            </Button>
            <Button look="quiet" className="ml-auto hover:text-danger" onClick={() => onDelete(task)}>
              <Trash2 aria-hidden className="size-4" /> Delete
            </Button>
          </div>
        </footer>
      </form>
      <Question
        open={asking}
        title="Discard your changes?"
        action="Discard"
        onAction={onClose}
        onCancel={() => setAsking(false)}
      >
        What you changed in this task has not been saved.
      </Question>
    </Panel>
  )
}

function StatusChoice({ status, onChange }: { status: Status; onChange: (status: Status) => void }) {
  return (
    <fieldset className="-ml-2.5 inline-flex rounded-lg bg-sunken p-0.5">
      <legend className="sr-only">Status</legend>
      {(['pending', 'in_progress', 'completed'] as const).map((value) => (
        <label
          key={value}
          className="cursor-pointer rounded-md px-2.5 py-1.5 text-[13px] text-quiet has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-checked:ring-1 has-checked:ring-edge/60 has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="status"
            value={value}
            checked={status === value}
            className="sr-only"
            onChange={() => onChange(value)}
          />
          {statusNames[value]}
        </label>
      ))}
    </fieldset>
  )
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p className="text-[13px] text-danger">{text}</p>
}

/** Only what differs is sent, so that a change made elsewhere to another field stays. */
function changeOf(draft: Draft, base: Task): TaskChange | undefined {
  const description = draft.description.trim() ? draft.description : null
  const change: TaskChange = {
    ...(draft.title.trim() !== base.title && { title: draft.title }),
    ...(description !== base.description && { description }),
    ...(draft.status !== base.status && { status: draft.status }),
    ...(draft.priority !== base.priority && { priority: draft.priority }),
    ...(JSON.stringify(draft.due) !== JSON.stringify(base.due) && { due: draft.due }),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

/** After the task changed underneath: what was typed stays, the rest follows. */
function rebased(draft: Draft, base: Task, saved: Task): Draft {
  const typed = Object.keys(changeOf(draft, base) ?? {})
  const kept = Object.entries(draft).filter(([field]) => typed.includes(field))
  return { ...saved, description: saved.description ?? '', ...Object.fromEntries(kept) }
}

function moment(at: string, { timeZone }: Clock): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  )
}
