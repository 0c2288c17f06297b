import type { Outputs } from '@ownlist/api'
import { errorOf } from '@ownlist/client'
import { Pencil, Trash2 } from 'lucide-react'
import { useId, useMemo, useState } from 'react'
import { announce } from '../app/announcer.tsx'
import { useLive } from '../app/live.ts'
import { Moment } from '../history/moment.tsx'
import { useTaskStore } from '../session/session.ts'
import { issuesOfComment } from '../tasks/checks.ts'
import type { Clock } from '../tasks/dates.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { notify, notifyFailure } from '../ui/toasts.ts'

type Comment = Outputs['comments']['get']

/** What was said about a task, oldest first. Each is kept as soon as it is sent, whatever else waits to be saved. */
export function Comments({ taskId, clock }: { taskId: string; clock: Clock }) {
  const id = useId()
  const store = useTaskStore()
  const comments = useLive(useMemo(() => store.comments.query({ taskId }), [store, taskId]))
  return (
    <section aria-labelledby={`${id}-name`}>
      <h3 id={`${id}-name`} className="mb-1.5 text-[14px] text-quiet">
        Comments
      </h3>
      <ul className="space-y-3 empty:hidden" data-comments>
        {comments.map((comment) => (
          <CommentItem key={comment.id} comment={comment} clock={clock} />
        ))}
      </ul>
      <CommentField
        label="Write a comment"
        action="Comment"
        problemOf={(body) => issuesOfComment({ taskId, body })[0]?.message}
        onSend={async (body) => {
          await store.comments.create({ taskId, body })
          announce('Comment added')
        }}
      />
    </section>
  )
}

function CommentItem({ comment, clock }: { comment: Comment; clock: Clock }) {
  const store = useTaskStore()
  const [editing, setEditing] = useState(false)

  async function remove() {
    try {
      await store.comments.delete({ id: comment.id })
      notify({ title: 'Comment deleted', timeout: 6000 })
    } catch (error) {
      notifyFailure('The comment was not deleted', error)
    }
  }

  if (editing) {
    return (
      <li>
        <CommentField
          label="Change the comment"
          action="Save"
          initial={comment.body}
          problemOf={(body) => issuesOfComment({ taskId: comment.taskId, body })[0]?.message}
          onCancel={() => setEditing(false)}
          onSend={async (body) => {
            if (body !== comment.body) await store.comments.update({ id: comment.id, body })
            setEditing(false)
          }}
        />
      </li>
    )
  }
  return (
    <li className="group/comment">
      <div className="flex items-center gap-1 text-[13px] text-quiet">
        <Moment at={comment.createdAt} clock={clock} relative />
        {comment.updatedAt !== comment.createdAt && <span>, changed</span>}
        <span className="ml-auto flex opacity-0 group-focus-within/comment:opacity-100 group-hover/comment:opacity-100 pointer-coarse:opacity-100">
          <IconButton label="Change the comment" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
          </IconButton>
          <IconButton label="Delete the comment" onClick={() => void remove()}>
            <Trash2 aria-hidden />
          </IconButton>
        </span>
      </div>
      <p className="text-[14px] break-words whitespace-pre-wrap">{comment.body}</p>
    </li>
  )
}

interface FieldProps {
  label: string
  action: string
  initial?: string
  onCancel?: () => void
  /** What the server would say against it. */
  problemOf: (body: string) => string | undefined
  /** Throws where it could not be kept; what was typed stays then. */
  onSend: (body: string) => Promise<void>
}

function CommentField({ label, action, initial = '', onCancel, problemOf, onSend }: FieldProps) {
  const id = useId()
  const [body, setBody] = useState(initial)
  const [problem, setProblem] = useState<string>()

  async function send() {
    if (!body.trim()) return
    const known = problemOf(body.trim())
    if (known !== undefined) return setProblem(known)
    try {
      await onSend(body.trim())
      setBody('')
    } catch (error) {
      setProblem(errorOf(error).message)
    }
  }

  return (
    <div className="mt-2">
      <label htmlFor={id} className="sr-only">
        {label}
      </label>
      <textarea
        id={id}
        rows={1}
        value={body}
        placeholder={label}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        className="field field-sizing-content max-h-60 min-h-11 resize-none text-[14px]"
        onChange={(event) => {
          setBody(event.target.value)
          setProblem(undefined)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            event.stopPropagation()
            void send()
          }
        }}
      />
      <p id={`${id}-problem`} role="alert" className="text-[13px] text-danger empty:hidden">
        {problem}
      </p>
      {(body.trim() !== '' || onCancel) && (
        <div className="mt-1.5 flex gap-2">
          <Button onClick={() => void send()}>{action}</Button>
          {onCancel && (
            <Button look="quiet" onClick={onCancel}>
              Cancel
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
