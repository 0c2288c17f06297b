import type { Wanted } from '../../../packages/client/src/store/operation.ts'
import type { Everything } from './client.ts'
import type { Act } from './steps.ts'

/** So few that clients meet on them, and want the same names. */
const atMost = { list: 4, tag: 4, comment: 8, subtask: 12 }
const names = 6

type There = Everything & { next: () => number }

export function idFrom(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

/** What is done with lists, tags, comments and the places of tasks. Who has nothing to do it with makes something. */
export function wantedOfRows(act: Act, there: There): Wanted | undefined {
  const { lists, tags, comments, tasks } = there
  const pick = (from: readonly { id: string }[], at: number | null) =>
    at === null ? undefined : from[at % from.length]?.id
  switch (act.do) {
    case 'make':
      return making(act, there)
    case 'change': {
      const id = pick({ list: lists, tag: tags, comment: comments }[act.what], act.which)
      if (id === undefined)
        return making({ do: 'make', what: act.what, which: act.which, after: undefined }, there)
      return changing(act, id, there)
    }
    case 'remove': {
      const id = pick({ list: lists, tag: tags, comment: comments }[act.what], act.which)
      if (id === undefined) return undefined
      if (act.what !== 'list') return removal(act.what, id)
      return { path: 'lists.delete', input: { id, ...(act.withTasks && { tasks: 'delete' as const }) } }
    }
    case 'place': {
      const ids = [...new Set(act.tasks.map((at) => pick(tasks, at)))].filter((id) => id !== undefined)
      const [id] = ids
      if (id === undefined) return undefined
      const listId = pick(lists, act.list) ?? null
      const parentId = pick(tasks, act.parent) ?? null
      const to = {
        ...(act.into !== 'parent' && { listId }),
        ...(act.into !== 'list' && { parentId }),
      }
      if (act.by === 'update') return { path: 'tasks.update', input: { id, ...to } }
      if (act.by === 'bulk') return { path: 'tasks.bulk', input: { ids, change: to } }
      const after = pick(tasks, act.behind) ?? null
      return { path: 'tasks.move', input: { id, ...to, ...(after !== id && { after }) } }
    }
    case 'tag': {
      const ids = [...new Set(act.tasks.map((at) => pick(tasks, at)))].filter((id) => id !== undefined)
      const tagIds = [...new Set(act.tags.map((at) => pick(tags, at)))].filter((id) => id !== undefined)
      const [id] = ids
      if (id === undefined || tagIds.length === 0) return undefined
      const change = { all: { tagIds }, add: { addTagIds: tagIds }, remove: { removeTagIds: tagIds } }[
        act.how
      ]
      return act.by === 'bulk'
        ? { path: 'tasks.bulk', input: { ids, change } }
        : { path: 'tasks.update', input: { id, ...change } }
    }
    default:
      return undefined
  }
}

function removal(what: 'tag' | 'comment', id: string): Wanted {
  return what === 'tag' ? { path: 'tags.delete', input: { id } } : { path: 'comments.delete', input: { id } }
}

function making({ what, which, after }: Extract<Act, { do: 'make' }>, there: There): Wanted | undefined {
  const { lists, tags, comments, tasks, next } = there
  const present = { list: lists, tag: tags, comment: comments, subtask: tasks }[what]
  const task = tasks[which % tasks.length]?.id
  if (present.length >= atMost[what]) return undefined
  const number = next()
  const id = idFrom(number)
  const name = ` ${what} ${number % names} `
  switch (what) {
    case 'list': {
      const behind = typeof after === 'number' ? lists[after % lists.length]?.id : after
      return { path: 'lists.create', input: { id, name, ...(behind !== undefined && { after: behind }) } }
    }
    case 'tag':
      return { path: 'tags.create', input: { id, name, color: '#1f883d' } }
    case 'comment':
      return task === undefined
        ? undefined
        : { path: 'comments.create', input: { id, taskId: task, body: `said ${number}` } }
    case 'subtask': {
      const tagIds = tags.slice(0, number % 3).map((tag) => tag.id)
      const title = `task ${number}`
      return {
        path: 'tasks.create',
        input: { id, title, tagIds, ...(task !== undefined && { parentId: task }) },
      }
    }
  }
}

function changing(
  { what, which, how }: Extract<Act, { do: 'change' }>,
  id: string,
  { lists, next }: There,
): Wanted {
  const number = next()
  if (what === 'comment') return { path: 'comments.update', input: { id, body: `said ${number}` } }
  const words = how === 'colour' ? { color: `#00000${number % 10}` } : { name: `${what} ${number % names}` }
  if (what === 'tag') return { path: 'tags.update', input: { id, ...words } }
  if (how === 'archive' || how === 'bring back')
    return { path: 'lists.archive', input: { id, archived: how === 'archive' } }
  if (how !== 'reorder') return { path: 'lists.update', input: { id, ...words } }
  const after = lists[(which + number) % lists.length]?.id ?? null
  return { path: 'lists.reorder', input: { id, after: after === id ? null : after } }
}
