import type { Queued } from '../../../packages/client/src/store/operation.ts'
import { rowIn, rowOf, type Row, type State, type TaskRow } from './rows.ts'
import { outcomeOf, type Call } from './sequential.ts'
import { misplaced } from './sequential-tasks.ts'

/** A state with what waits on top, and which rows each change is about. */
export function withWaiting(
  base: State,
  outbox: Queued[],
): { state: State; reach: Map<Queued, ReadonlySet<string>> } {
  const state = new Map(base)
  const reach = new Map<Queued, ReadonlySet<string>>()
  for (const operation of outbox) {
    const rows = rowsAfter(state, operation)
    reach.set(operation, new Set(rows.keys()))
    for (const [id, row] of rows) {
      if (row) state.set(id, row)
      else state.delete(id)
    }
  }
  return { state, reach }
}

function rowsAfter(state: State, operation: Queued): ReadonlyMap<string, Row | undefined> {
  if (operation.path === 'history.restore') {
    // Only the server knows what it deleted; until it has said so, what was last seen is shown.
    const { task } = operation
    const row = rowOf('tasks', task, 0) as TaskRow
    return state.has(task.id) ? new Map() : new Map([[task.id, restored(state, row)]])
  }
  const [around, call] = asShown(state, operation)
  const outcome = outcomeOf(around, call, { revision: 0, position: '' }, [])
  return 'refused' in outcome ? new Map() : outcome.rows
}

/**
 * A store does not hide what somebody wrote because something that it points to went, or a name is taken: it shows the rest
 * until the server refuses it.
 */
function asShown(state: State, operation: Queued): [State, Call] {
  const { path, input } = operation
  switch (path) {
    case 'tasks.create':
    case 'tasks.update':
      return [state, { path, input: pointing(state, input.id ?? '', input) } as Call]
    case 'tasks.move': {
      const { after: _, ...rest } = input
      return [state, { path, input: pointing(state, input.id, rest) }]
    }
    case 'tasks.bulk': {
      const { ids, change } = input
      if ('delete' in change) return [state, operation]
      const { parentId, ...rest } = change
      const there = { ...pointing(state, '', rest), ...(parentId !== undefined && { parentId }) }
      return [state, { path, input: { ids, change: there } }]
    }
    case 'lists.create': {
      const { after: _, ...rest } = input
      return [
        new Map(),
        state.has(input.id ?? '') ? { path: 'lists.delete', input: { id: '' } } : { path, input: rest },
      ]
    }
    case 'tags.create':
      return [new Map(), state.has(input.id ?? '') ? { path: 'tags.delete', input: { id: '' } } : operation]
    case 'lists.update':
    case 'lists.archive':
    case 'tags.update': {
      const own = state.get(input.id)
      return [new Map(own && [[own.id, own]]), operation]
    }
    default:
      return [state, operation]
  }
}

interface Pointing {
  listId?: string | null | undefined
  parentId?: string | null | undefined
  tagIds?: string[] | undefined
  addTagIds?: string[] | undefined
}

/** Without what is not there, and without a parent that it cannot stand below. */
function pointing<T extends Pointing>(state: State, id: string, given: T): T {
  const next = { ...given }
  const { listId, parentId } = given
  if (typeof listId === 'string' && !rowIn(state, 'lists', listId)) delete next.listId
  if (
    typeof parentId === 'string' &&
    (!rowIn(state, 'tasks', parentId) || misplaced(state, id, given).length > 0)
  )
    delete next.parentId
  const isThere = (tag: string) => rowIn(state, 'tags', tag) !== undefined
  if (given.tagIds) next.tagIds = given.tagIds.filter(isThere)
  if (given.addTagIds) next.addTagIds = given.addTagIds.filter(isThere)
  return next
}

function restored(state: State, row: TaskRow): TaskRow {
  const { listId = null, parentId = null, tagIds = [] }: Pointing = pointing<Pointing>(state, row.id, row)
  const parent = rowIn(state, 'tasks', parentId)
  return { ...row, listId: parent ? parent.listId : listId, parentId, tagIds }
}
