import type { Filter } from '@ownlist/client'
import { dayIn, dayOf, sayDay, sayFullDay, type Clock } from './dates.ts'
import type { Task } from './task.ts'
import { treeOf } from './tree.ts'
import type { View } from './views.ts'

/** What stands in a list, one below the other. */
export type Line =
  | { kind: 'heading'; key: string; text: string; late: boolean }
  | { kind: 'task'; key: string; task: Task; dayIsKnown: boolean; level: number; below: number }

interface Options {
  filter: Filter
  /** The smart list that it is; nothing for lists, tags and saved views. */
  view: View | undefined
  clock: Clock
  folded: ReadonlySet<string>
}

/** Days get headings where a view is about days; in the user's own order subtasks stand below their parents. */
export function linesOf(tasks: readonly Task[], { filter, view, clock, folded }: Options): Line[] {
  if (isTree(filter)) {
    return treeOf(tasks, folded).map(({ task, level, below }) => ({
      kind: 'task',
      key: task.id,
      task,
      dayIsKnown: false,
      level,
      below,
    }))
  }
  const byDay =
    (view === 'today' || view === 'upcoming') &&
    filter.sort === 'due_date' &&
    filter.order === 'asc' &&
    !filter.q
  const today = dayIn(clock.timeZone, clock.now)
  const lines: Line[] = []
  let last: string | undefined
  for (const task of tasks) {
    const day = byDay && task.due ? dayOf(task.due, clock.timeZone) : undefined
    const text = day === undefined ? undefined : day < today ? 'Overdue' : headingOf(day, today)
    if (text !== undefined && text !== last) {
      lines.push({ kind: 'heading', key: `heading ${day} ${text}`, text, late: text === 'Overdue' })
      last = text
    }
    const dayIsKnown = text !== undefined && text !== 'Overdue'
    lines.push({ kind: 'task', key: task.id, task, dayIsKnown, level: 0, below: 0 })
  }
  return lines
}

/** Any other order would tear subtasks from their parents. */
export function isTree({ sort, order, q }: Filter): boolean {
  return sort === 'position' && order === 'asc' && q === undefined
}

function headingOf(day: string, today: string): string {
  const words = sayDay(day, today)
  const full = sayFullDay(day)
  if (words === 'Today' || words === 'Tomorrow') return `${words} · ${full}`
  return day.slice(0, 4) === today.slice(0, 4) ? full : `${full} ${day.slice(0, 4)}`
}
