import type { Filter } from '@ownlist/client'
import { dayIn, dayOf, sayDay, sayFullDay, type Clock } from './dates.ts'
import type { Task } from './task.ts'
import type { View } from './views.ts'

/** What stands in a list, one below the other. */
export type Line =
  | { kind: 'heading'; key: string; text: string; late: boolean }
  | { kind: 'task'; key: string; task: Task; dayIsKnown: boolean }

/** Days get headings where a view is about days. */
export function linesOf(tasks: readonly Task[], filter: Filter, view: View, clock: Clock): Line[] {
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
    lines.push({ kind: 'task', key: task.id, task, dayIsKnown: text !== undefined && text !== 'Overdue' })
  }
  return lines
}

function headingOf(day: string, today: string): string {
  const words = sayDay(day, today)
  const full = sayFullDay(day)
  if (words === 'Today' || words === 'Tomorrow') return `${words} · ${full}`
  return day.slice(0, 4) === today.slice(0, 4) ? full : `${full} ${day.slice(0, 4)}`
}
