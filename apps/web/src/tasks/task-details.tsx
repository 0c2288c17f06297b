import { errorOf, OwnlistError } from '@ownlist/client'
import { Trash2 } from 'lucide-react'
import { useId, useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { Comments } from '../comments/comments.tsx'
import { TaskHistory } from '../history/task-history.tsx'
import { PlaceFields } from './place-fields.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Question } from '../ui/dialog.tsx'
import { useLive } from '../app/live.ts'
import { sayValue } from '../history/words.ts'
import { useTaskStore } from '../session/session.ts'
import { bringBack, changeTask } from './actions.ts'
import { issuesOfChange } from './checks.ts'
import { cityOf, sayDue, type Clock } from './dates.ts'
import { DueIcon, DuePicker } from './due-picker.tsx'
import { chip, PriorityPicker } from './quick-add.tsx'
import { RecurrencePicker } from './recurrence-picker.tsx'
import { SeriesActions } from './series-actions.tsx'
import { Subtasks } from './subtasks.tsx'
import { statusNames, type Status, type Task } from './task.ts'
import { useDraft, type DraftField } from './use-draft.ts'

interface Props {
  task: Task
  clock: Clock
  weekStart: number
  onClose: () => void
  /** Another task in the place of this one. */
  onOpen: (task: Task) => void
  onDelete: (task: Task) => void
}

/** Everything about one task. What is typed here stays until it is saved or given up on purpose. */
export function TaskDetails({ task: opened, clock, weekStart, onClose, onOpen, onDelete }: Props) {
  const id = useId()
  const store = useTaskStore()
  const live = useLive(store.tasks.get(opened.id))
  const [task, setTask] = useState(opened)
  if (live && live !== task) setTask(live)
  const parent = useLive(store.tasks.get(task.parentId ?? ''))
  // What another device has deleted stays here as it last was.
  const gone = live === undefined
  const { draft, edit, forget, change, contested } = useDraft(task)
  const [saving, setSaving] = useState(false)
  const [failure, setFailure] = useState<OwnlistError>()
  const [asking, setAsking] = useState(false)
  /** The subtask to go to, once the question is answered what becomes of the changes. */
  const [leavingFor, setLeavingFor] = useState<Task>()
  const issue = (path: string) => failure?.issues.find((one) => one.path.split('.')[0] === path)?.message
  const theirs = (field: DraftField) =>
    !gone &&
    contested.includes(field) && (
      <Theirs words={sayValue({ field, value: task[field] }, clock)} onTake={() => forget(field)} />
    )

  async function save() {
    if (!change && !gone) return onClose()
    const issues = change ? issuesOfChange(task.id, change) : []
    if (issues.length > 0)
      return setFailure(new OwnlistError('BAD_INPUT', 'Some of this is not right.', { issues }))
    setSaving(true)
    setFailure(undefined)
    try {
      if (gone) await bringBack(task)
      if (change) await changeTask(task, change)
      announce('Saved')
      onClose()
    } catch (error) {
      setFailure(errorOf(error))
    } finally {
      setSaving(false)
    }
  }

  return (
    <Panel
      place="side"
      open
      title={task.number ? `Task #${task.number}` : 'New task'}
      onClose={() => (change ? setAsking(true) : onClose())}
    >
      {parent && (
        <button
          type="button"
          className="mx-5 mb-1 self-start rounded-md text-left text-[13px] text-quiet underline-offset-3 hover:text-ink hover:underline"
          onClick={() => (change ? setLeavingFor(parent) : onOpen(parent))}
        >
          Part of “{parent.title}”
        </button>
      )}
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
              onChange={(event) => edit('title', event.target.value.replaceAll('\n', ' '))}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return
                event.preventDefault()
                void save()
              }}
            />
            <Problem text={issue('title')} />
            {theirs('title')}
          </div>

          <dl className="grid grid-cols-[6rem_1fr] items-baseline gap-y-1 text-[14px]">
            <dt className="text-quiet">Status</dt>
            <dd>
              <StatusChoice status={draft.status} onChange={(status) => edit('status', status)} />
              {theirs('status')}
            </dd>
            <dt className="text-quiet">Due</dt>
            <dd>
              <DuePicker
                due={draft.due}
                clock={clock}
                weekStart={weekStart}
                onChange={(due) => edit('due', due)}
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
              {theirs('due')}
            </dd>
            <dt className="text-quiet">Repeats</dt>
            <dd>
              <RecurrencePicker
                recurrence={draft.recurrence}
                due={draft.due}
                clock={clock}
                onChange={(recurrence) => edit('recurrence', recurrence)}
              />
              <Problem text={issue('recurrence')} />
              {theirs('recurrence')}
            </dd>
            <dt className="text-quiet">Priority</dt>
            <dd className="-ml-2.5">
              <PriorityPicker
                wide
                priority={draft.priority}
                onChange={(priority) => edit('priority', priority)}
              />
              <div className="pl-2.5">{theirs('priority')}</div>
            </dd>
            <PlaceFields
              draft={draft}
              onList={(listId) => edit('listId', listId)}
              onTags={(tagIds) => edit('tagIds', tagIds)}
              theirs={theirs}
            />
          </dl>
          {!gone && task.series && !task.completed && (
            <SeriesActions task={task} clock={clock} disabled={change !== undefined} />
          )}

          <div>
            <label htmlFor={`${id}-description`} className="mb-1.5 block text-[14px] text-quiet">
              Description
            </label>
            <textarea
              id={`${id}-description`}
              value={draft.description}
              rows={4}
              aria-invalid={issue('description') !== undefined}
              className="field field-sizing-content max-h-[45dvh] min-h-24 resize-none"
              onChange={(event) => edit('description', event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save()
              }}
            />
            <Problem text={issue('description')} />
            {theirs('description')}
          </div>
          {!gone && (
            <Subtasks
              task={task}
              clock={clock}
              onOpen={(child) => (change ? setLeavingFor(child) : onOpen(child))}
            />
          )}
          {!gone && <Comments taskId={task.id} clock={clock} />}
          <p className="text-[13px] text-quiet">
            Created {moment(task.createdAt, clock)}
            {task.completedAt && <>, completed {moment(task.completedAt, clock)}</>}
            {task.due && 'timeZone' in task.due && <>. Due in the time of {cityOf(task.due.timeZone)}</>}.
          </p>
          <TaskHistory id={task.id} clock={clock} />
        </div>

        <footer className="border-t border-line px-5 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
          {failure && (
            <p role="alert" className="mb-2 text-[14px] text-danger">
              Not saved. {failure.message}
            </p>
          )}
          {gone && (
            <p role="alert" className="mb-2 text-[14px]">
              This task was deleted elsewhere.
            </p>
          )}
          <div className="flex items-center gap-2">
            <Button look="primary" type="submit" disabled={saving}>
              {saving ? 'Saving …' : gone ? 'Bring it back' : 'Save'}
            </Button>
            <Button onClick={onClose} look="quiet">
              Cancel
            </Button>
            {!gone && (
              <Button look="quiet" className="ml-auto hover:text-danger" onClick={() => onDelete(task)}>
                <Trash2 aria-hidden className="size-4" /> Delete
              </Button>
            )}
          </div>
        </footer>
      </form>
      <Question
        open={asking || leavingFor !== undefined}
        title="Discard your changes?"
        action="Discard"
        onAction={() => (leavingFor ? onOpen(leavingFor) : onClose())}
        onCancel={() => {
          setAsking(false)
          setLeavingFor(undefined)
        }}
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

/** What another device made of a field while it was typed in here: neither is lost before somebody has chosen. */
function Theirs({ words, onTake }: { words: string; onTake: () => void }) {
  return (
    <output className="block pb-1 text-[13px] text-quiet">
      Changed elsewhere to{' '}
      <span className={`text-ink ${words.length > 60 ? 'line-clamp-3' : ''}`}>“{words}”</span>{' '}
      <button
        type="button"
        className="min-h-6 rounded-md font-medium text-accent underline underline-offset-3"
        onClick={onTake}
      >
        Take that
      </button>
    </output>
  )
}

function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : <p className="text-[13px] text-danger">{text}</p>
}

function moment(at: string, { timeZone }: Clock): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  )
}
