import type { Failure } from '@ownlist/client'
import { sayDue, type Clock } from '../tasks/dates.ts'
import { priorityNames, statusNames, type Task } from '../tasks/task.ts'

export function sayChanges(count: number): string {
  return count === 1 ? '1 change' : `${new Intl.NumberFormat().format(count)} changes`
}

/** What a refused change wanted, in words: Rename “Milk”. */
export function sayWanted(failure: Failure, titleOf: (id: string) => string | undefined): string {
  const title = 'id' in failure.input && failure.input.id ? titleOf(failure.input.id) : undefined
  const task = title === undefined ? 'a task that is gone' : `“${title}”`
  switch (failure.path) {
    case 'tasks.create':
      return `Add “${failure.input.title}”`
    case 'tasks.update': {
      const { id: _, ...change } = failure.input
      const [field, ...others] = Object.keys(change)
      if (field === 'title' && others.length === 0) return `Rename ${task}`
      return `Change ${task}`
    }
    case 'tasks.delete':
      return `Delete ${task}`
    case 'tasks.complete':
      return `Complete ${task}`
    case 'tasks.reopen':
      return `Reopen ${task}`
    case 'tasks.reorder':
      return `Move ${task}`
    case 'history.restore':
      return `Bring back “${failure.task.title}”`
    case 'tasks.bulk': {
      const many = failure.input.ids.length
      return `${'delete' in failure.input.change ? 'Delete' : 'Change'} ${many === 1 ? 'a task' : `${many} tasks`}`
    }
  }
}

/** The values that would have been written: nobody has to type them again. */
export function sayValues(failure: Failure, clock: Clock): string[] {
  if (failure.path !== 'tasks.create' && failure.path !== 'tasks.update') return []
  const { title, description, status, priority, due }: Partial<Task> = failure.input as Partial<Task>
  return [
    ...(failure.path === 'tasks.update' && title !== undefined ? [title] : []),
    ...(status !== undefined ? [statusNames[status]] : []),
    ...(due !== undefined ? [due === null ? 'No date' : sayDue(due, clock)] : []),
    ...(priority !== undefined
      ? [priority === null ? 'No priority' : `${priorityNames[priority]} priority`]
      : []),
    ...(description ? [description] : []),
  ]
}
