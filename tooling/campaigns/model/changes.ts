import type { TaskInputs } from '../../../packages/client/src/index.ts'
import type { Wanted } from '../../../packages/client/src/store/operation.ts'
import type { Everything } from './client.ts'
import { idFrom, wantedOfRows } from './row-changes.ts'
import type { Task } from './rows.ts'
import type { Act, Fields } from './steps.ts'

/** So few that clients meet on them. */
const tasksAtMost = 12

/** What goes through the store. Who has no task to change makes one; who has many makes no more. */
export function wantedBy(
  act: Act,
  there: Everything & { gone: readonly Task[]; next: () => number },
): Wanted | undefined {
  const { tasks: shown, gone, next } = there
  const pick = (at: number) => shown[at % shown.length]?.id
  switch (act.do) {
    case 'create': {
      const id = shown.length >= tasksAtMost ? pick(0) : undefined
      return id === undefined ? creation(act.fields, next) : update(id, act.fields, next)
    }
    case 'update': {
      const id = pick(act.task)
      return id === undefined ? creation(act.fields, next) : update(id, act.fields, next)
    }
    case 'complete':
    case 'reopen':
    case 'delete': {
      const id = pick(act.task)
      return id === undefined ? undefined : { path: `tasks.${act.do}`, input: { id } }
    }
    case 'reorder': {
      const id = pick(act.task)
      const behind = act.behind === null ? null : pick(act.behind)
      if (id === undefined || behind === undefined || id === behind) return undefined
      return { path: 'tasks.reorder', input: { id, after: behind } }
    }
    case 'bulk': {
      const ids = [...new Set(act.tasks.map(pick))].filter((id) => id !== undefined)
      if (ids.length === 0) return undefined
      return { path: 'tasks.bulk', input: { ids, change: bulkChange(act.change) } }
    }
    case 'restore': {
      const task = gone[act.which % gone.length]
      return task && { path: 'history.restore', input: { entity: 'tasks', id: task.id }, task }
    }
    default:
      return wantedOfRows(act, there)
  }
}

function creation(fields: Fields, next: () => number): Wanted {
  const number = next()
  const id = idFrom(number)
  const title = `task ${number}`
  return { path: 'tasks.create', input: { title, ...values({ ...fields, title: true }, title), id } }
}

/** No text is written twice, so each tells who wrote it and when. */
function update(id: string, fields: Fields, next: () => number): Wanted {
  const title = `text ${next()}`
  const given = values(fields, title)
  return { path: 'tasks.update', input: { id, ...(Object.keys(given).length > 0 ? given : { title }) } }
}

function values(
  { title, description, state, priority, due }: Fields,
  name: string,
): Omit<TaskInputs['update'], 'id'> {
  return {
    // Blanks around a title do not count.
    ...(title && { title: ` ${name} ` }),
    ...(description !== undefined && { description: description === 'new' ? `about ${name}` : null }),
    ...state,
    ...(priority !== undefined && { priority }),
    ...(due !== undefined && { due }),
  }
}

function bulkChange(change: Fields | 'delete'): TaskInputs['bulk']['change'] {
  if (change === 'delete') return { delete: true }
  const { title: _title, description: _description, ...rest } = values({ ...change, title: false }, '')
  return Object.keys(rest).length > 0 ? rest : { completed: true }
}
