import { errorOf } from '@ownlist/client'
import { useEffect, useRef, useState } from 'react'
import { changeTask } from './actions.ts'
import { issuesOfChange } from './checks.ts'
import type { Task } from './task.ts'

/** Renames in place. It closes when the new title is kept, and holds it where that fails. */
export function TitleEditor({ task, onDone }: { task: Task; onDone: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [title, setTitle] = useState(task.title)
  const [problem, setProblem] = useState<string>()
  const sending = useRef(false)

  useEffect(() => input.current?.select(), [])

  async function save() {
    const wanted = title.trim()
    if (sending.current) return
    if (wanted === task.title) return onDone()
    const [issue] = issuesOfChange(task.id, { title: wanted })
    if (issue) return setProblem(issue.message)
    sending.current = true
    try {
      await changeTask(task, { title: wanted })
      onDone()
    } catch (error) {
      setProblem(`Not saved. ${errorOf(error).message} Enter tries again, Esc gives up.`)
    } finally {
      sending.current = false
    }
  }

  return (
    <div className="min-w-0 flex-1 py-1">
      <input
        ref={input}
        aria-label="Title"
        aria-invalid={problem !== undefined}
        className="-ml-2 h-9 w-full rounded-md bg-raised px-2"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
        onBlur={() => void save()}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Enter') void save()
          if (event.key === 'Escape') {
            // Blur comes after this and must not save.
            sending.current = true
            onDone()
          }
        }}
      />
      {problem !== undefined && (
        <p role="alert" className="pb-1 text-[13px] text-danger">
          {problem}
        </p>
      )}
    </div>
  )
}
