import type { Watched } from './live-list.ts'
import { liveTally } from './live-tally.ts'
import type { Model } from './model.ts'
import type { Task } from './rows.ts'

/** How many tasks stand where: subtasks count like others. What has none is not among them. */
export interface Counts {
  inbox: Open
  lists: ReadonlyMap<string, Open & { completed: number }>
  tags: ReadonlyMap<string, Open>
}

interface Open {
  open: number
}

interface Sums extends Counts {
  inbox: Open
  lists: Map<string, Open & { completed: number }>
  tags: Map<string, Open>
}

export function liveCounts(model: Model): Watched<Counts> {
  const tally = liveTally<Sums>(model, {
    begin: () => ({ inbox: { open: 0 }, lists: new Map(), tags: new Map() }),
    copy: ({ inbox, lists, tags }) => ({ inbox: { ...inbox }, lists: new Map(lists), tags: new Map(tags) }),
    add,
  })
  return { ...tally, retimed() {} }
}

function add({ inbox, lists, tags }: Sums, { completed, listId, tagIds }: Task, sign: 1 | -1): void {
  const open = completed ? 0 : sign
  if (listId === null) {
    inbox.open += open
  } else {
    const sums = lists.get(listId) ?? { open: 0, completed: 0 }
    const next = { open: sums.open + open, completed: sums.completed + sign - open }
    if (next.open + next.completed > 0) lists.set(listId, next)
    else lists.delete(listId)
  }
  if (completed) return
  for (const id of tagIds) {
    const next = (tags.get(id)?.open ?? 0) + sign
    if (next > 0) tags.set(id, { open: next })
    else tags.delete(id)
  }
}
