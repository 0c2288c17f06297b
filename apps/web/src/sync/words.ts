import type { Failure } from '@ownlist/client'
import { sayDue, type Clock } from '../tasks/dates.ts'
import { priorityNames, statusNames, type Task } from '../tasks/task.ts'

export function sayChanges(count: number): string {
  return count === 1 ? '1 change' : `${new Intl.NumberFormat().format(count)} changes`
}

/** What a refused change wanted, in words: Rename “Milk”. */
export function sayWanted(failure: Failure, titleOf: (id: string) => string | undefined): string {
  const { path, input } = failure
  if (path === 'history.restore') return `Bring back “${failure.task.title}”`
  if (path === 'tasks.bulk') {
    const many = input.ids.length
    return `${'delete' in input.change ? 'Delete' : 'Change'} ${many === 1 ? 'a task' : `${many} tasks`}`
  }
  const [entity, verb] = path.split('.') as [keyof typeof nouns, string]
  const noun = nouns[entity]
  if (verb === 'create') {
    const name = 'title' in input ? input.title : 'name' in input ? input.name : undefined
    const said = name === undefined ? `a ${noun}` : entity === 'tasks' ? `“${name}”` : `the ${noun} “${name}”`
    return `${entity === 'tasks' ? 'Add' : 'Create'} ${said}`
  }
  const name = 'id' in input && input.id ? titleOf(input.id) : undefined
  const kind = entity === 'tasks' ? '' : `the ${noun} `
  const row = name === undefined ? `a ${noun} that is gone` : `${kind}“${name}”`
  if (verb === 'update') {
    const [field, ...others] = Object.keys(input).filter((key) => key !== 'id')
    const renames = (field === 'title' || field === 'name') && others.length === 0
    return `${renames ? 'Rename' : 'Change'} ${row}`
  }
  return `${verbs[verb] ?? 'Change'} ${row}`
}

const nouns = { tasks: 'task', lists: 'list', tags: 'tag', views: 'view', comments: 'comment' }

const verbs: Record<string, string> = {
  delete: 'Delete',
  complete: 'Complete',
  reopen: 'Reopen',
  reorder: 'Move',
  move: 'Move',
  archive: 'Archive or unarchive',
  skip: 'Skip',
  detach: 'Detach',
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
