import type { Operation } from './operation.ts'
import type { Kind, RowOf } from './rows.ts'
import type { Put, State } from './state.ts'
import {
  changeTask,
  createTask,
  deleteTask,
  detachTask,
  inOrderOfChange,
  later,
  releaseTask,
} from './task-effects.ts'

/**
 * What an operation makes of the rows that there are, as the server will (the queries of packages/api/src and the
 * triggers of the database). What only the server knows keeps its last value: the number of a new task is 0, and
 * revisions stay. A change that the server is going to refuse, since what it is about went meanwhile, shows
 * nothing, or as much of itself as there is a place for.
 */
export function applyEffects(operation: Operation, state: State, put: Put): void {
  const { madeAt, position } = operation
  const { rows } = state

  function create<K extends Kind>(kind: K, id: string | undefined, fields: object): void {
    // The server's own row is already here while its answer is not.
    if (id === undefined || rows[kind].has(id)) return
    const stamps = { createdAt: madeAt, updatedAt: madeAt, revision: 0 }
    put(kind, id, { id, ...fields, ...stamps } as unknown as RowOf[K])
  }

  function change<K extends Kind>(kind: K, id: string, fields: object): void {
    const row = rows[kind].get(id)
    if (!row) return
    const given = Object.entries(fields).filter(([, value]) => value !== undefined)
    const next = { ...row, ...Object.fromEntries(given) }
    if (JSON.stringify(next) === JSON.stringify(row)) return
    put(kind, id, { ...next, updatedAt: later(madeAt, row.updatedAt) })
  }

  switch (operation.path) {
    case 'tasks.create':
      return createTask(state, put, operation.input, operation)
    case 'tasks.update':
      return changeTask(state, put, operation.input.id, operation.input, madeAt)
    case 'tasks.move': {
      const { after: _, ...input } = operation.input
      return changeTask(state, put, input.id, { ...input, position }, madeAt)
    }
    case 'tasks.reorder':
      return changeTask(state, put, operation.input.id, { position }, madeAt)
    case 'tasks.complete':
      return changeTask(state, put, operation.input.id, { status: 'completed' }, madeAt)
    case 'tasks.reopen':
      return changeTask(state, put, operation.input.id, { completed: false }, madeAt)
    case 'tasks.bulk': {
      const { ids, change: wanted } = operation.input
      if ('delete' in wanted) for (const id of ids) deleteTask(state, put, id)
      else for (const id of inOrderOfChange(state, ids, wanted)) changeTask(state, put, id, wanted, madeAt)
      return
    }
    case 'tasks.delete':
      return deleteTask(state, put, operation.input.id)
    case 'tasks.detach':
      return detachTask(state, put, operation.input.id, madeAt)
    case 'tasks.skip':
      // When it comes again is for the rule to say, and the server reads it.
      return
    case 'history.restore':
      if (!rows.tasks.has(operation.task.id)) put('tasks', operation.task.id, operation.task)
      return

    case 'lists.create': {
      const { id, name, color = null, icon = null } = operation.input
      const place = position ?? 'a0'
      return create('lists', id, { name: name.trim(), color, icon, position: place, archivedAt: null })
    }
    case 'lists.update': {
      const { id, name, color, icon } = operation.input
      return change('lists', id, { name: name?.trim(), color, icon })
    }
    case 'lists.archive': {
      const { id, archived } = operation.input
      return change('lists', id, { archivedAt: archived ? (rows.lists.get(id)?.archivedAt ?? madeAt) : null })
    }
    case 'lists.reorder':
      return change('lists', operation.input.id, { position })
    case 'lists.delete': {
      const { id, tasks } = operation.input
      for (const task of rows.tasks.values()) {
        if (task.listId !== id) continue
        if (tasks === 'delete') deleteTask(state, put, task.id)
        else releaseTask(put, task, { listId: null }, madeAt)
      }
      return put('lists', id, undefined)
    }

    case 'tags.create': {
      const { id, name, color = null } = operation.input
      return create('tags', id, { name: name.trim(), color })
    }
    case 'tags.update': {
      const { id, name, color } = operation.input
      return change('tags', id, { name: name?.trim(), color })
    }
    case 'tags.delete': {
      const { id } = operation.input
      for (const task of rows.tasks.values())
        if (task.tagIds.includes(id))
          releaseTask(put, task, { tagIds: task.tagIds.filter((other) => other !== id) }, madeAt)
      return put('tags', id, undefined)
    }

    case 'views.create': {
      const { id, name, icon = null, filter } = operation.input
      return create('views', id, { name: name.trim(), icon, filter, position: position ?? 'a0' })
    }
    case 'views.update': {
      const { id, name, icon, filter } = operation.input
      return change('views', id, { name: name?.trim(), icon, filter })
    }
    case 'views.reorder':
      return change('views', operation.input.id, { position })
    case 'views.delete':
      return put('views', operation.input.id, undefined)

    case 'comments.create': {
      const { id, taskId, body } = operation.input
      return create('comments', id, { taskId, body })
    }
    case 'comments.update':
      return change('comments', operation.input.id, { body: operation.input.body })
    case 'comments.delete':
      return put('comments', operation.input.id, undefined)
  }
}
