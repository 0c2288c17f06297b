import { instantKey, instantText } from './instants.ts'
import type { Operation, Task, TaskInputs } from './operation.ts'

type Change = Omit<TaskInputs['update'], 'id'>

/**
 * What an operation makes of one of its tasks, as the server will (packages/api/src/tasks/queries.ts and the
 * trigger `stamp_task`); undefined is a task that is not there. What only the server knows keeps its last value:
 * the number of a new task is 0, and the revision stays.
 */
export function effectOf(operation: Operation, id: string, task: Task | undefined): Task | undefined {
  switch (operation.path) {
    case 'tasks.create':
      // The server's own row is already here while its answer is not.
      return task ?? created(operation.input, id, operation)
    case 'tasks.update':
      return task && changed(task, operation.input, operation.madeAt)
    case 'tasks.complete':
      return task && changed(task, { status: 'completed' }, operation.madeAt)
    case 'tasks.reopen':
      return task && changed(task, { completed: false }, operation.madeAt)
    case 'tasks.reorder':
      return task && moved(task, operation)
    case 'tasks.bulk': {
      const { change } = operation.input
      return 'delete' in change ? undefined : task && changed(task, change, operation.madeAt)
    }
    case 'tasks.delete':
      return undefined
    case 'history.restore':
      return task ?? operation.task
  }
}

function created(
  { title, description, status, completed, priority, due, listId, parentId, tagIds }: TaskInputs['create'],
  id: string,
  { madeAt, position }: Operation,
): Task {
  const state = status ?? (completed ? 'completed' : 'pending')
  return {
    id,
    number: 0,
    title: title.trim(),
    description: description ?? null,
    status: state,
    completed: state === 'completed',
    completedAt: state === 'completed' ? madeAt : null,
    priority: priority === undefined ? 'medium' : priority,
    due: normalized(due ?? null),
    recurrence: null,
    series: null,
    listId: listId ?? null,
    parentId: parentId ?? null,
    tagIds: tagIds ?? [],
    position: position ?? 'a0',
    createdAt: madeAt,
    updatedAt: madeAt,
    revision: 0,
  }
}

/** Only what was given is assigned. `completed: false` reopens a completed task and leaves others as they are. */
function changed(
  task: Task,
  { title, description, status, completed, priority, due, listId, parentId, tagIds }: Change,
  madeAt: string,
) {
  const state =
    status ??
    (completed === true
      ? 'completed'
      : completed === false && task.status === 'completed'
        ? 'pending'
        : task.status)
  const next: Task = {
    ...task,
    ...(title !== undefined && { title: title.trim() }),
    ...(description !== undefined && { description }),
    ...(priority !== undefined && { priority }),
    ...(due !== undefined && { due: normalized(due) }),
    ...(listId !== undefined && { listId }),
    ...(parentId !== undefined && { parentId }),
    ...(tagIds !== undefined && { tagIds: [...new Set(tagIds)].toSorted() }),
    status: state,
    completed: state === 'completed',
    completedAt: state === 'completed' ? (task.completedAt ?? madeAt) : null,
  }
  // A write that changes nothing is not a change.
  if (JSON.stringify(next) === JSON.stringify(task)) return task
  return { ...next, updatedAt: later(madeAt, task.updatedAt) }
}

function moved(task: Task, { position, madeAt }: Operation): Task {
  // Without the task that it should go behind there is no telling where.
  if (position === undefined || position === task.position) return task
  return { ...task, position, updatedAt: later(madeAt, task.updatedAt) }
}

function later(a: string, b: string): string {
  return instantKey(a) > instantKey(b) ? a : b
}

/** The form in which the server gives it back: instants in UTC. */
function normalized(due: NonNullable<TaskInputs['create']['due']> | null): Task['due'] {
  if (due === null || 'date' in due) return due
  return { dateTime: instantText(due.dateTime), timeZone: due.timeZone }
}
