import { instantKey, instantText } from './instants.ts'
import type { Operation, TaskInputs } from './operation.ts'
import type { Task } from './rows.ts'
import type { Put, State } from './state.ts'

type Change = Omit<TaskInputs['update'], 'id'>
type Place = Pick<Change, 'listId' | 'parentId'>

const levelsAtMost = 8

export function createTask(
  state: State,
  put: Put,
  input: TaskInputs['create'],
  { madeAt, position }: Operation,
): void {
  const { id = '', title, description, status, completed, priority, due, tagIds, recurrence } = input
  // The server's own row is already here while its answer is not.
  if (state.rows.tasks.has(id)) return
  const reached = status ?? (completed ? 'completed' : 'pending')
  put('tasks', id, {
    id,
    number: 0,
    title: title.trim(),
    description: description ?? null,
    status: reached,
    completed: reached === 'completed',
    completedAt: reached === 'completed' ? madeAt : null,
    priority: priority === undefined ? 'medium' : priority,
    due: normalized(due ?? null),
    recurrence: reached === 'completed' ? null : ruleOf(recurrence ?? null),
    series: null,
    ...placeOf(state, { id, listId: null, parentId: null }, input),
    tagIds: tagSet(state, tagIds ?? []),
    position: position ?? 'a0',
    createdAt: madeAt,
    updatedAt: madeAt,
    revision: 0,
  })
}

/** Only what was given is assigned. `completed: false` reopens a completed task and leaves others as they are. */
export function changeTask(
  state: State,
  put: Put,
  id: string,
  change: Change & { addTagIds?: string[]; removeTagIds?: string[]; position?: string | undefined },
  madeAt: string,
): void {
  const task = state.rows.tasks.get(id)
  if (!task) return
  const { title, description, status, completed, priority, due, recurrence, position } = change
  const reached =
    status ??
    (completed === true
      ? 'completed'
      : completed === false && task.status === 'completed'
        ? 'pending'
        : task.status)
  const isDone = reached === 'completed'
  const next: Task = {
    ...task,
    ...(title !== undefined && { title: title.trim() }),
    ...(description !== undefined && { description }),
    ...(priority !== undefined && { priority }),
    ...(due !== undefined && { due: normalized(due) }),
    ...placeOf(state, task, change),
    tagIds: tagsAfter(state, task, change),
    ...(position !== undefined && { position }),
    status: reached,
    completed: isDone,
    completedAt: isDone ? (task.completedAt ?? madeAt) : null,
    // The one that follows carries the rule on: it comes from the server. Without a date nothing comes again.
    recurrence:
      isDone || due === null ? null : recurrence === undefined ? task.recurrence : ruleOf(recurrence),
  }
  // A write that changes nothing is not a change.
  if (JSON.stringify(next) !== JSON.stringify(task))
    put('tasks', id, { ...next, updatedAt: later(madeAt, task.updatedAt) })
  if (change.listId !== undefined || change.parentId !== undefined)
    followParent(state, put, id, next.listId, madeAt)
}

/** A task that was deleted, as it was: without what it pointed to and is not there any more. */
export function restoreTask(state: State, put: Put, task: Task): void {
  if (state.rows.tasks.has(task.id)) return
  const place = placeOf(state, { id: task.id, listId: null, parentId: null }, task)
  put('tasks', task.id, { ...task, ...place, tagIds: tagSet(state, task.tagIds) })
}

/** This occurrence alone, from now on. */
export function detachTask(state: State, put: Put, id: string, madeAt: string): void {
  const task = state.rows.tasks.get(id)
  if (!task?.recurrence) return
  put('tasks', id, { ...task, recurrence: null, updatedAt: later(madeAt, task.updatedAt) })
}

/** A task that went goes with everything that hangs on it. */
export function deleteTask(state: State, put: Put, id: string): void {
  for (const comment of state.commentsOn(id)) put('comments', comment, undefined)
  for (const below of state.subtasksOf(id)) deleteTask(state, put, below)
  put('tasks', id, undefined)
}

/** Takes a task out of its list, or off a tag. */
export function releaseTask(
  put: Put,
  task: Task,
  change: Partial<Pick<Task, 'listId' | 'tagIds'>>,
  madeAt: string,
): void {
  put('tasks', task.id, { ...task, ...change, updatedAt: later(madeAt, task.updatedAt) })
}

/** Whoever is below a task stands in its list. */
function followParent(state: State, put: Put, id: string, listId: string | null, madeAt: string): void {
  for (const below of state.subtasksOf(id)) {
    const task = state.rows.tasks.get(below)
    if (task && task.listId !== listId) releaseTask(put, task, { listId }, madeAt)
    followParent(state, put, below, listId, madeAt)
  }
}

/**
 * Where a task stands after a change: below a parent, and then in its list; in a list of its own choice, and then
 * below nobody from elsewhere. What is not there (any more) is no place: the server will refuse the change.
 */
function placeOf(
  state: State,
  task: Pick<Task, 'id' | 'listId' | 'parentId'>,
  wanted: Place,
): Pick<Task, 'listId' | 'parentId'> {
  const { lists, tasks } = state.rows
  const { id } = task
  if (typeof wanted.parentId === 'string' && canStandBelow(state, id, wanted.parentId))
    return { listId: tasks.get(wanted.parentId)?.listId ?? null, parentId: wanted.parentId }
  const parentId = wanted.parentId === null ? null : task.parentId
  const { listId } = wanted
  if (listId === undefined || (listId !== null && !lists.has(listId)))
    return { listId: task.listId, parentId }
  return { listId, parentId: parentId !== null && tasks.get(parentId)?.listId === listId ? parentId : null }
}

/**
 * Those of many tasks that a change is for. Where they go to another list, who is below another of them goes with
 * it; where they go below one, whoever cannot stays.
 */
export function inOrderOfChange(state: State, ids: string[], { listId, parentId }: Place): string[] {
  if (typeof parentId === 'string') return ids.filter((id) => canStandBelow(state, id, parentId))
  if (listId === undefined) return ids
  return ids.toSorted((a, b) => levelOf(state, a) - levelOf(state, b))
}

function levelOf({ rows: { tasks } }: State, id: string): number {
  let level = 0
  for (let at = tasks.get(id)?.parentId; at; at = tasks.get(at)?.parentId) level++
  return level
}

/** Not below itself, and not too deep. */
function canStandBelow(state: State, id: string, parentId: string): boolean {
  const { tasks } = state.rows
  let level = 1 + heightOf(state, id)
  for (let at: string | null = parentId; at !== null; level++) {
    const parent = tasks.get(at)
    if (!parent || at === id || level >= levelsAtMost) return false
    at = parent.parentId
  }
  return true
}

function heightOf(state: State, id: string): number {
  let height = 0
  for (const below of state.subtasksOf(id)) height = Math.max(height, 1 + heightOf(state, below))
  return height
}

function tagsAfter(
  state: State,
  task: Task,
  { tagIds, addTagIds = [], removeTagIds = [] }: Parameters<typeof changeTask>[3],
): string[] {
  if (!tagIds && addTagIds.length + removeTagIds.length === 0) return task.tagIds
  const kept = (tagIds ?? task.tagIds).filter((id) => !removeTagIds.includes(id))
  return tagSet(state, [...kept, ...addTagIds])
}

function tagSet({ rows: { tags } }: State, ids: string[]): string[] {
  return [...new Set(ids)].filter((id) => tags.has(id)).toSorted()
}

export function later(a: string, b: string): string {
  return instantKey(a) > instantKey(b) ? a : b
}

/** The dates that a rule brings, and what it counts from, are for the server to say. */
function ruleOf(recurrence: TaskInputs['create']['recurrence'] | null): Task['recurrence'] {
  return recurrence ? { rule: recurrence.rule.trim(), basis: recurrence.basis ?? 'due' } : null
}

/** The form in which the server gives it back: instants in UTC. */
function normalized(due: NonNullable<TaskInputs['create']['due']> | null): Task['due'] {
  if (due === null || 'date' in due) return due
  return { dateTime: instantText(due.dateTime), timeZone: due.timeZone }
}
