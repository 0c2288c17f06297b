import type { MutationInputs, Operation } from './operation.ts'
import type { Kind, View } from './rows.ts'
import type { Put, State } from './state.ts'
import { deleteTask, later, releaseTask } from './task-effects.ts'

/** What a row that was made without saying so begins with. */
const blank = {
  lists: { color: null, icon: null, position: 'a0', archivedAt: null },
  tags: { color: null },
  views: { icon: null, position: 'a0' },
  comments: {},
}

type Other = keyof typeof blank
type Fields = { [Field in string]?: unknown }

/** What an operation makes of lists, tags, views or comments, and of what hangs on them. */
export function applyToRows(operation: Operation, state: State, put: Put): void {
  const [kind, name] = operation.path.split('.') as [Other, string]
  const { madeAt, position } = operation
  const { id = '', after: _, ...input } = operation.input as Fields & { id?: string }
  const row = state.rows[kind].get(id)
  const given: Fields = { ...tidied(input), ...(position !== undefined && { position }) }

  switch (name) {
    case 'create': {
      const stamps = { createdAt: madeAt, updatedAt: madeAt, revision: 0 }
      const isOnNothing = kind === 'comments' && !state.rows.tasks.has((given as { taskId: string }).taskId)
      // The server's own row may be here already while its answer is not.
      if (!row && !isOnNothing) put<Kind>(kind, id, { id, ...blank[kind], ...given, ...stamps } as never)
      return
    }
    case 'delete':
      if (kind === 'lists')
        emptyList(state, put, operation.input as MutationInputs['lists']['delete'], madeAt)
      if (kind === 'tags') takeOff(state, put, id, madeAt)
      return put(kind, id, undefined)
    default: {
      if (!row) return
      const { archived, ...fields } = given
      const archivedAt = archived ? ((row as Fields)['archivedAt'] ?? madeAt) : null
      const next = { ...row, ...fields, ...(archived !== undefined && { archivedAt }) }
      // A write that changes nothing is not a change.
      if (JSON.stringify(next) === JSON.stringify(row)) return
      put<Kind>(kind, id, { ...next, updatedAt: later(madeAt, row.updatedAt) })
    }
  }
}

function emptyList(
  state: State,
  put: Put,
  { id, tasks }: MutationInputs['lists']['delete'],
  madeAt: string,
): void {
  for (const task of state.rows.tasks.values()) {
    if (task.listId !== id) continue
    if (tasks === 'delete') deleteTask(state, put, task.id)
    else releaseTask(put, task, { listId: null }, madeAt)
  }
}

function takeOff(state: State, put: Put, tag: string, madeAt: string): void {
  for (const task of state.rows.tasks.values())
    if (task.tagIds.includes(tag))
      releaseTask(put, task, { tagIds: task.tagIds.filter((id) => id !== tag) }, madeAt)
}

/** As the server writes it down. */
function tidied(fields: Fields): Fields {
  const tidy = (name: string, value: unknown) => {
    if (typeof value === 'string' && (name === 'name' || name === 'icon')) return value.trim()
    if (typeof value === 'string' && name === 'color') return value.toLowerCase()
    return name === 'filter' ? tidiedFilter(value as MutationInputs['views']['create']['filter']) : value
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given.map(([name, value]) => [name, tidy(name, value)]))
}

/** One value or several are a list of them. */
function tidiedFilter(filter: MutationInputs['views']['create']['filter']): View['filter'] {
  const { status, priority, listId, ...rest } = filter
  return {
    ...rest,
    ...(status !== undefined && { status: [status].flat() }),
    ...(priority !== undefined && { priority: [priority].flat() }),
    ...(listId !== undefined && { listId: [listId].flat() }),
  }
}
