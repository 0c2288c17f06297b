import type { Operation } from './operation.ts'
import { applyToRows } from './row-effects.ts'
import type { Put, State } from './state.ts'
import {
  changeTask,
  createTask,
  deleteTask,
  detachTask,
  inOrderOfChange,
  restoreTask,
} from './task-effects.ts'

/**
 * What an operation makes of the rows that there are, as the server will (the queries of packages/api/src and the
 * triggers of the database). What only the server knows keeps its last value: the number of a new task is 0, and
 * revisions stay. A change that the server is going to refuse, since what it is about went meanwhile, shows
 * nothing, or as much of itself as there is a place for.
 */
export function applyEffects(operation: Operation, state: State, put: Put): void {
  const { madeAt, position } = operation
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
      const { ids, change } = operation.input
      if ('delete' in change) for (const id of ids) deleteTask(state, put, id)
      else for (const id of inOrderOfChange(state, ids, change)) changeTask(state, put, id, change, madeAt)
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
      return restoreTask(state, put, operation.task)
    default:
      return applyToRows(operation, state, put)
  }
}
