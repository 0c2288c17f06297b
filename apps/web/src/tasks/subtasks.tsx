import { Plus } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { useLive } from '../app/live.ts'
import { useTaskStore } from '../session/session.ts'
import { addTask, toggleTask } from './actions.ts'
import { issuesOfNew } from './checks.ts'
import { sayDue, type Clock } from './dates.ts'
import { StatusCircle } from './marks.tsx'
import type { Task } from './task.ts'

/** What a task consists of. Ticking one changes it at once, whatever else waits to be saved. */
export function Subtasks({
  task,
  clock,
  onOpen,
}: {
  task: Task
  clock: Clock
  onOpen: (task: Task) => void
}) {
  const id = useId()
  const store = useTaskStore()
  const children = useLive(useMemo(() => store.tasks.children(task.id), [store, task.id]))
  const [title, setTitle] = useState('')
  const [problem, setProblem] = useState<string>()
  const done = children.filter(({ completed }) => completed).length

  async function add() {
    if (!title.trim()) return
    const subtask = { title: title.trim(), parentId: task.id }
    const [issue] = issuesOfNew(subtask)
    if (issue) return setProblem(issue.message)
    setTitle('')
    if (await addTask(subtask)) announce(`Added ${subtask.title} under ${task.title}`)
    else setTitle((next) => next || subtask.title)
  }

  return (
    <section aria-labelledby={`${id}-name`}>
      <h3 id={`${id}-name`} className="mb-1 flex items-baseline gap-2 text-[14px] text-quiet">
        Subtasks
        {children.length > 0 && (
          <span className="text-[13px] tabular-nums">
            <span aria-hidden>
              {done}/{children.length}
            </span>
            <span className="sr-only">
              , {done} of {children.length} done
            </span>
          </span>
        )}
      </h3>
      {children.length > 0 && (
        <ul data-subtasks className="-ml-3">
          {children.map((child) => (
            <li key={child.id} className="flex items-start rounded-lg hover:bg-hover/70">
              <button
                type="button"
                aria-pressed={child.completed}
                aria-label={`Complete ${child.title}`}
                className="group/check grid size-11 shrink-0 place-items-center rounded-lg"
                onClick={() => void toggleTask(child)}
              >
                <StatusCircle status={child.status} />
              </button>
              <button
                type="button"
                className="flex min-h-11 min-w-0 flex-1 items-center gap-3 rounded-lg py-2 pr-2 text-left text-[14px]"
                onClick={() => onOpen(child)}
              >
                <span
                  className={`flex-1 ${child.completed ? 'text-quiet line-through decoration-line' : ''}`}
                >
                  {child.title}
                </span>
                {child.due && (
                  <span className="shrink-0 text-[13px] text-quiet">{sayDue(child.due, clock)}</span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex items-center gap-2">
        <Plus aria-hidden className="size-4 shrink-0 text-quiet" />
        <label htmlFor={`${id}-new`} className="sr-only">
          Add a subtask
        </label>
        <input
          id={`${id}-new`}
          value={title}
          autoComplete="off"
          enterKeyHint="done"
          placeholder="Add a subtask"
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          className="h-11 min-w-0 flex-1 rounded-md bg-transparent px-1 text-[14px]"
          onChange={(event) => {
            setTitle(event.target.value)
            setProblem(undefined)
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            // The form around it saves the task and closes; this line stays for the next.
            event.preventDefault()
            void add()
          }}
        />
      </div>
      <p id={`${id}-problem`} role="alert" className="text-[13px] text-danger empty:hidden">
        {problem}
      </p>
    </section>
  )
}
