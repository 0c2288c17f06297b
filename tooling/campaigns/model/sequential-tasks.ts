import type { TaskInputs } from '../../../packages/client/src/index.ts'
import { rowIn, rowsIn, type Row, type State, type TaskRow } from './rows.ts'
import type { Call, Decided, Rows } from './sequential.ts'

type Change = Omit<TaskInputs['update'], 'id'>
type Place = Pick<Change, 'listId' | 'parentId'>

export function taskOutcome(state: State, call: Call, decided: Decided): Rows {
  const one = (id: string, change: Change, position?: string): Rows => {
    const task = rowIn(state, 'tasks', id)
    if (!task) return { refused: ['TASK_NOT_FOUND'] }
    const refused = [...missing(state, change), ...misplaced(state, id, change)]
    if (refused.length > 0) return { refused }
    return { rows: placed(state, [{ ...task, ...(position && { position }) }], change, decided.revision) }
  }
  switch (call.path) {
    case 'tasks.create': {
      const { id = '', ...fields } = call.input
      if (state.has(id)) return { refused: ['TASK_EXISTS'] }
      const refused = missing(state, fields)
      const parent = rowIn(state, 'tasks', fields.parentId ?? null)
      if (parent && levelOf(state, parent) >= levelsAtMost) refused.push('TOO_DEEP')
      if (refused.length > 0) return { refused }
      return { rows: placed(state, [blank(id, decided)], fields, decided.revision) }
    }
    case 'tasks.update':
      return one(call.input.id, call.input)
    case 'tasks.complete':
      return one(call.input.id, { completed: true })
    case 'tasks.reopen':
      return one(call.input.id, { completed: false })
    case 'tasks.reorder':
    case 'tasks.move': {
      const { id, after, ...place } = call.input as TaskInputs['move']
      if (typeof after === 'string' && !rowIn(state, 'tasks', after)) return { refused: ['TASK_NOT_FOUND'] }
      return one(id, place, decided.position)
    }
    case 'tasks.delete':
      return { rows: without(state, [call.input.id]) }
    case 'tasks.bulk': {
      const { ids, change } = call.input
      if ('delete' in change) return { rows: without(state, ids) }
      const there = ids.flatMap((id) => rowIn(state, 'tasks', id) ?? [])
      const meant = there.filter(({ id }) => misplaced(state, id, change).length === 0)
      const refused = meant.length > 0 ? missing(state, change) : []
      return refused.length > 0 ? { refused } : { rows: placed(state, meant, change, decided.revision) }
    }
    default:
      return { refused: ['no part of this campaign'] }
  }
}

const levelsAtMost = 8

/** What it points to and is not there. */
function missing(state: State, { listId, parentId, tagIds = [], addTagIds = [] }: Change): string[] {
  return [
    ...(typeof parentId === 'string' && !rowIn(state, 'tasks', parentId) ? ['PARENT_NOT_FOUND'] : []),
    // Below a parent the list is the parent's, whatever was given.
    ...(typeof listId === 'string' && typeof parentId !== 'string' && !rowIn(state, 'lists', listId)
      ? ['LIST_NOT_FOUND']
      : []),
    ...([...tagIds, ...addTagIds].some((id) => !rowIn(state, 'tags', id)) ? ['TAG_NOT_FOUND'] : []),
  ]
}

/** Why it cannot stand there. */
export function misplaced(state: State, id: string, { parentId }: Place): string[] {
  const parent = rowIn(state, 'tasks', parentId ?? null)
  if (!parent) return []
  const tree = treeOf(state, [id])
  if (tree.some((task) => task.id === parent.id)) return ['TASK_BELOW_ITSELF']
  const top = rowIn(state, 'tasks', id)
  const height = top ? Math.max(...tree.map((task) => levelOf(state, task))) - levelOf(state, top) : 0
  return levelOf(state, parent) + 1 + height > levelsAtMost ? ['TOO_DEEP'] : []
}

function levelOf(state: State, task: TaskRow): number {
  const parent = rowIn(state, 'tasks', task.parentId)
  return parent ? levelOf(state, parent) + 1 : 1
}

/** These tasks and all below them. */
function treeOf(state: State, ids: string[]): TaskRow[] {
  const found = rowsIn(state, 'tasks').filter((task) => ids.includes(task.id))
  for (const above of found)
    for (const task of rowsIn(state, 'tasks'))
      if (task.parentId === above.id && !found.includes(task)) found.push(task)
  return found
}

/** Without these tasks, what is below them, and what was said of any. */
export function without(state: State, ids: string[]): Map<string, undefined> {
  const gone = treeOf(state, ids).map(({ id }) => id)
  const comments = rowsIn(state, 'comments').filter(({ taskId }) => gone.includes(taskId))
  return new Map([...gone, ...comments.map(({ id }) => id)].map((id) => [id, undefined]))
}

/** Changed, in their new places, with everything below them in the same list. */
function placed(state: State, tasks: TaskRow[], change: Change, revision: number): Map<string, Row> {
  const { listId, parentId } = change
  const moving = treeOf(
    state,
    tasks.map(({ id }) => id),
  )
  const rows = new Map<string, TaskRow>()
  for (const task of tasks) {
    const next = changed(task, change, revision)
    const parent = rowIn(state, 'tasks', parentId ?? null)
    if (parent) {
      next.parentId = parent.id
      next.listId = parent.listId
    } else {
      const above = rowIn(state, 'tasks', task.parentId)
      const stays =
        listId === undefined || above?.listId === listId || moving.some(({ id }) => id === above?.id)
      if (parentId === null || !stays) next.parentId = null
      if (listId !== undefined) next.listId = listId
    }
    rows.set(task.id, next)
  }
  if (listId === undefined && parentId === undefined) return rows
  // Parents come before what is below them.
  for (const task of moving) {
    const above = rows.get(task.parentId ?? '')
    if (!rows.has(task.id) && above) rows.set(task.id, { ...task, listId: above.listId })
  }
  return rows
}

function blank(id: string, { position = '' }: Decided): TaskRow {
  return {
    entity: 'tasks',
    id,
    number: 0,
    title: '',
    description: null,
    status: 'pending',
    completion: null,
    priority: 'medium',
    due: null,
    listId: null,
    parentId: null,
    tagIds: [],
    position,
    revision: 0,
  }
}

function changed(row: TaskRow, given: Change, revision: number): TaskRow {
  const next = { ...row }
  if (given.title !== undefined) next.title = given.title.trim()
  if (given.description !== undefined) next.description = given.description
  if (given.priority !== undefined) next.priority = given.priority
  if (given.due !== undefined) next.due = inUtc(given.due)
  if (given.completed === true) next.status = 'completed'
  if (given.completed === false && row.status === 'completed') next.status = 'pending'
  if (given.status !== undefined) next.status = given.status
  const tags = new Set(given.tagIds ?? row.tagIds)
  for (const id of given.removeTagIds ?? []) tags.delete(id)
  for (const id of given.addTagIds ?? []) tags.add(id)
  next.tagIds = [...tags].toSorted()
  next.completion = next.status === 'completed' ? (row.completion ?? revision) : null
  return next
}

function inUtc(due: TaskRow['due']): TaskRow['due'] {
  if (due === null || 'date' in due) return due
  return { dateTime: Temporal.Instant.from(due.dateTime).toString(), timeZone: due.timeZone }
}
