import { rowIn, rowsIn, type Row, type State } from './rows.ts'
import { without } from './sequential-tasks.ts'
import type { Call, Decided, Rows } from './sequential.ts'

/** What becomes of lists, tags and comments, and of what hangs on them. */
export function rowOutcome(state: State, call: Call, { revision, position = '' }: Decided): Rows {
  const put = (row: Row): Rows => {
    const isTaken = nameOf(row) !== undefined && [...state.values()].some((other) => shareName(row, other))
    return isTaken ? { refused: ['NAME_TAKEN'] } : { rows: new Map([[row.id, row]]) }
  }
  switch (call.path) {
    case 'lists.create': {
      const { id = '', name, color = null, after } = call.input
      if (typeof after === 'string' && !rowIn(state, 'lists', after)) return { refused: ['LIST_NOT_FOUND'] }
      return put({ entity: 'lists', id, name: name.trim(), color, position, revision: 0, archival: null })
    }
    case 'lists.update':
    case 'lists.archive':
    case 'lists.reorder': {
      const { input } = call
      const list = rowIn(state, 'lists', input.id)
      if (!list || ('after' in input && input.after !== null && !rowIn(state, 'lists', input.after)))
        return { refused: ['LIST_NOT_FOUND'] }
      if ('after' in input) return put({ ...list, position: position || list.position })
      if ('archived' in input)
        return put({ ...list, archival: input.archived ? (list.archival ?? revision) : null })
      const { name = list.name, color = list.color } = input
      return put({ ...list, name: name.trim(), color })
    }
    case 'lists.delete': {
      const { id, tasks } = call.input
      const there = rowsIn(state, 'tasks').filter(({ listId }) => listId === id)
      const rows =
        tasks === 'delete'
          ? without(
              state,
              there.map((task) => task.id),
            )
          : there.map((task): [string, Row] => [task.id, { ...task, listId: null }])
      return { rows: new Map<string, Row | undefined>([...rows, [id, undefined]]) }
    }
    case 'tags.create': {
      const { id = '', name, color = null } = call.input
      return put({ entity: 'tags', id, name: name.trim(), color, revision: 0 })
    }
    case 'tags.update': {
      const tag = rowIn(state, 'tags', call.input.id)
      if (!tag) return { refused: ['TAG_NOT_FOUND'] }
      const { name = tag.name, color = tag.color } = call.input
      return put({ ...tag, name: name.trim(), color })
    }
    case 'tags.delete': {
      const { id } = call.input
      const tagged = rowsIn(state, 'tasks').filter(({ tagIds }) => tagIds.includes(id))
      const rows = tagged.map((task): [string, Row] => [
        task.id,
        { ...task, tagIds: task.tagIds.filter((tag) => tag !== id) },
      ])
      return { rows: new Map<string, Row | undefined>([...rows, [id, undefined]]) }
    }
    case 'comments.create': {
      const { id = '', taskId, body } = call.input
      if (!rowIn(state, 'tasks', taskId)) return { refused: ['TASK_NOT_FOUND'] }
      return put({ entity: 'comments', id, taskId, body, revision: 0 })
    }
    case 'comments.update': {
      const comment = rowIn(state, 'comments', call.input.id)
      return comment ? put({ ...comment, body: call.input.body }) : { refused: ['COMMENT_NOT_FOUND'] }
    }
    case 'comments.delete':
      return { rows: new Map([[call.input.id, undefined]]) }
    default:
      return { refused: ['no part of this campaign'] }
  }
}

/** What somebody finds it by; an archived list is not in the way. */
function nameOf(row: Row): string | undefined {
  if (row.entity === 'lists' && row.archival !== null) return undefined
  return 'name' in row ? row.name.toLowerCase() : undefined
}

function shareName(row: Row, other: Row): boolean {
  return row.entity === other.entity && row.id !== other.id && nameOf(row) === nameOf(other)
}
