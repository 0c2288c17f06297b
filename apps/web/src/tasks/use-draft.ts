import { useState } from 'react'
import type { Task, TaskChange } from './task.ts'

type Draft = Pick<Task, 'title' | 'status' | 'priority' | 'due' | 'recurrence' | 'listId' | 'tagIds'> & {
  description: string
}
export type DraftField = keyof Draft

const fields: DraftField[] = [
  'title',
  'status',
  'due',
  'recurrence',
  'priority',
  'listId',
  'tagIds',
  'description',
]

/**
 * What somebody types over a task that others may change meanwhile. Fields that were not touched show the task as
 * it is now; those that were keep what was typed.
 */
export function useDraft(task: Task) {
  const now: Draft = { ...task, description: task.description ?? '' }
  const [edits, setEdits] = useState<Partial<Draft>>({})
  /** What stood in a field when it was touched. */
  const [seen, setSeen] = useState<Partial<Draft>>({})
  const draft: Draft = { ...now, ...edits }

  function forget(field: DraftField): void {
    setEdits((before) => without(before, field))
    setSeen((before) => without(before, field))
  }

  function edit<F extends DraftField>(field: F, value: Draft[F]): void {
    // Typed and taken back is not touched.
    if (isSame(value, field in seen ? seen[field] : now[field])) return forget(field)
    setEdits((before) => ({ ...before, [field]: value }))
    setSeen((before) => (field in before ? before : { ...before, [field]: now[field] }))
  }

  return {
    draft,
    edit,
    forget,
    change: changeOf(draft, task),
    /** Fields that somebody else has changed while they were typed in. */
    contested: fields.filter(
      (field) => field in edits && !isSame(seen[field], now[field]) && !isSame(edits[field], now[field]),
    ),
  }
}

/** Only what differs is sent, so that a change made elsewhere to another field stays. */
function changeOf(draft: Draft, base: Task): TaskChange | undefined {
  const description = draft.description.trim() ? draft.description : null
  const change: TaskChange = {
    ...(draft.title.trim() !== base.title && { title: draft.title }),
    ...(description !== base.description && { description }),
    ...(draft.status !== base.status && { status: draft.status }),
    ...(draft.priority !== base.priority && { priority: draft.priority }),
    ...(!isSame(draft.due, base.due) && { due: draft.due }),
    ...(!isSame(draft.recurrence, base.recurrence) && { recurrence: draft.recurrence }),
    ...(draft.listId !== base.listId && { listId: draft.listId }),
    ...tagChange(draft.tagIds, base.tagIds),
  }
  return Object.keys(change).length > 0 ? change : undefined
}

/** What was added and what was taken off, so that tags from another device stay. */
function tagChange(tags: string[], before: string[]): Pick<TaskChange, 'addTagIds' | 'removeTagIds'> {
  const added = tags.filter((id) => !before.includes(id))
  const removed = before.filter((id) => !tags.includes(id))
  return {
    ...(added.length > 0 && { addTagIds: added }),
    ...(removed.length > 0 && { removeTagIds: removed }),
  }
}

function without(draft: Partial<Draft>, field: DraftField): Partial<Draft> {
  const rest = { ...draft }
  delete rest[field]
  return rest
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
