import { Plus } from 'lucide-react'
import { useId, useImperativeHandle, useRef, useState, type Ref } from 'react'
import { announce } from '../app/announcer.tsx'
import { useTaskStore } from '../session/session.ts'
import { MenuChoice, PopupMenu } from '../ui/menu.tsx'
import { notify } from '../ui/toasts.ts'
import { issuesOfNew } from './checks.ts'
import type { Clock } from './dates.ts'
import { dayIn, sayDue } from './dates.ts'
import { DueIcon, DuePicker } from './due-picker.tsx'
import { PriorityMark } from './marks.tsx'
import { priorityNames, type Due, type NewTask, type Priority } from './task.ts'
import { addTask } from './actions.ts'
import { Pieces } from './pieces.tsx'
import { meantBy } from './meant-by.ts'
import { useUnderstood } from './use-understood.ts'
import { filterOf, views, type ViewSearch } from './views.ts'

interface Props {
  search: ViewSearch
  /** What makes a new task belong to the screen: its list, its tags. */
  place: Partial<NewTask>
  clock: Clock
  weekStart: number
  ref: Ref<{ focus(): void }>
}

/** The line that is always there: Enter adds, and the next one can be typed. */
export function QuickAdd({ search, place, clock, weekStart, ref }: Props) {
  const id = useId()
  const store = useTaskStore()
  const input = useRef<HTMLInputElement>(null)
  useImperativeHandle(ref, () => ({ focus: () => input.current?.focus() }))

  // What is added while looking at today is meant for today, until something else is chosen.
  const usual = {
    due: search.view === 'today' ? { date: dayIn(clock.timeZone, clock.now) } : null,
    // The server's own default.
    priority: search.priority === 'none' ? null : (search.priority ?? 'medium'),
  }
  const [title, setTitle] = useState('')
  const [chosenDue, setDue] = useState<Due | null>()
  const [chosenPriority, setPriority] = useState<Priority | null>()
  const [problem, setProblem] = useState<string>()
  const { understood, refuse, forget } = useUnderstood(title, clock)
  const due = chosenDue === undefined ? (understood?.due ?? usual.due) : chosenDue
  const priority = chosenPriority === undefined ? (understood?.priority ?? usual.priority) : chosenPriority

  function submit() {
    if (!title.trim()) return
    const task = {
      ...place,
      title: understood?.title ?? title.trim(),
      priority,
      ...(due && { due }),
      ...(due && understood?.recurrence && { recurrence: understood.recurrence }),
    }
    const [issue] = issuesOfNew(task)
    if (issue) return setProblem(issue.message)
    void add(task, { text: title, tags: understood?.tags ?? [], list: understood?.list })
    setTitle('')
    forget()
    setDue(undefined)
    setPriority(undefined)
    setProblem(undefined)
    input.current?.focus()
  }

  async function add(
    task: NewTask,
    { text, ...names }: { text: string; tags: string[]; list: string | undefined },
  ) {
    const { listId = task.listId, tagIds = [] } = await meantBy(names, store)
    const made = await addTask({ ...task, listId, tagIds: [...(task.tagIds ?? []), ...tagIds] })
    // What could not be kept comes back to be tried again, unless the next is being typed.
    if (!made) return setTitle((next) => next || text)
    announce(`Added ${task.title}`)
    // It would seem to be lost where it goes somewhere else than where one looks.
    const here = store.tasks.query(filterOf(search, '')).get()
    if (!here.some(({ id: added }) => added === made.id)) {
      notify({ title: `Added to ${views.open.title}`, timeout: 4000 })
    }
  }

  return (
    <form
      className="relative rounded-xl border border-line bg-raised shadow-[0_1px_2px_rgb(0_0_0/0.03)] focus-within:border-edge"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div className="flex items-center">
        <Plus aria-hidden className="mx-3 size-5 shrink-0 text-accent" />
        <label htmlFor={id} className="sr-only">
          Add a task
        </label>
        <input
          ref={input}
          id={id}
          value={title}
          autoComplete="off"
          enterKeyHint="done"
          placeholder="Add a task"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          className="h-12 min-w-0 flex-1 bg-transparent outline-none"
          onChange={(event) => {
            setTitle(event.target.value)
            setProblem(undefined)
          }}
        />
        <div className="flex shrink-0 items-center pr-1.5">
          <DuePicker
            due={due}
            clock={clock}
            weekStart={weekStart}
            onChange={setDue}
            trigger={
              <button
                type="button"
                className={chip(due !== null)}
                aria-label={due ? `Due ${sayDue(due, clock)}` : 'Due date'}
              >
                <DueIcon />
                {due && <span className="max-w-24 truncate sm:max-w-40">{sayDue(due, clock)}</span>}
              </button>
            }
          />
          <PriorityPicker priority={priority} onChange={setPriority} />
        </div>
      </div>
      {understood && <Pieces understood={understood} onRefuse={refuse} />}
      <p
        id={`${id}-problem`}
        role="alert"
        className="absolute top-full left-3 rounded-b-md bg-paper px-1 text-[13px] text-danger empty:hidden"
      >
        {problem}
      </p>
    </form>
  )
}

interface PriorityProps {
  priority: Priority | null
  onChange: (priority: Priority | null) => void
  wide?: boolean
}

export function PriorityPicker({ priority, onChange, wide = false }: PriorityProps) {
  return (
    <PopupMenu
      trigger={
        <button
          type="button"
          className={chip(priority !== 'medium' && priority !== null)}
          aria-label={priority ? `Priority: ${priorityNames[priority]}` : 'Priority'}
        >
          <PriorityMark priority={priority} />
          {(wide || priority === 'high' || priority === 'low') && (
            <span className={wide ? '' : 'hidden sm:inline'}>
              {priority ? priorityNames[priority] : 'No priority'}
            </span>
          )}
        </button>
      }
    >
      <MenuChoice
        label="Priority"
        value={priority ?? 'none'}
        choices={[
          ['high', 'High', <PriorityMark key="3" priority="high" />],
          ['medium', 'Medium', <PriorityMark key="2" priority="medium" />],
          ['low', 'Low', <PriorityMark key="1" priority="low" />],
          ['none', 'None', <PriorityMark key="0" priority={null} />],
        ]}
        onChange={(value) => onChange(value === 'none' ? null : value)}
      />
    </PopupMenu>
  )
}

export function chip(isSet: boolean): string {
  return `inline-flex h-9 items-center gap-1.5 rounded-lg px-2.5 text-[13px] whitespace-nowrap transition-colors hover:bg-hover data-popup-open:bg-hover ${isSet ? 'font-medium text-accent' : 'text-quiet hover:text-ink'}`
}
