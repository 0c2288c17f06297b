import type { InfiniteData } from '@tanstack/react-query'
import type { Clock } from './dates.ts'
import type { Task } from './task.ts'
import { belongs, compareTasks, type ListFilter } from './views.ts'

/** An interface, so that it has a name wherever it is inferred. */
export interface Page {
  items: Task[]
  nextCursor: string | null
}

export type Pages = InfiniteData<Page, string | undefined>

/** A list with a task where the server would now put it, or without it where it no longer belongs. */
export function place(pages: Pages, task: Task, filter: ListFilter, clock: Clock): Pages {
  const found = pages.pages.flatMap(({ items }) => items).find(({ id }) => id === task.id)
  // Only the server knows what else a search finds.
  if (filter.q !== undefined && !found) return pages
  if (!belongs(task, filter, clock)) return found ? without(pages, task.id) : pages
  // What stays at its place is exchanged there: rows do not jump while somebody works on them.
  if (found && compareTasks(found, task, filter) === 0) return replaced(pages, task)

  const rest = found ? without(pages, task.id) : pages
  for (const [number, { items }] of rest.pages.entries()) {
    const at = items.findIndex((item) => compareTasks(task, item, filter) < 0)
    if (at >= 0) return insertAt(rest, number, at, task)
  }
  const last = rest.pages.length - 1
  // Past the end of what is loaded: it comes with the page it belongs to.
  if (last < 0 || rest.pages[last]?.nextCursor) return rest
  return insertAt(rest, last, rest.pages[last]?.items.length ?? 0, task)
}

function replaced(pages: Pages, task: Task): Pages {
  return mapPages(pages, (items) => items.map((item) => (item.id === task.id ? task : item)))
}

/** A list without a task. */
export function without(pages: Pages, id: string): Pages {
  return mapPages(pages, (items) => items.filter((item) => item.id !== id))
}

/** A list in an order of the user's making: a task behind another, or first. */
export function arranged(pages: Pages, id: string, after: string | null): Pages {
  const moved = pages.pages.flatMap(({ items }) => items).find((item) => item.id === id)
  if (!moved) return pages
  const rest = without(pages, id)
  if (after === null) return insertAt(rest, 0, 0, moved)
  const page = rest.pages.findIndex(({ items }) => items.some((item) => item.id === after))
  const at = rest.pages[page]?.items.findIndex((item) => item.id === after) ?? -1
  return page < 0 ? pages : insertAt(rest, page, at + 1, moved)
}

function insertAt(pages: Pages, page: number, at: number, task: Task): Pages {
  return {
    ...pages,
    pages: pages.pages.map((one, number) =>
      number === page ? { ...one, items: one.items.toSpliced(at, 0, task) } : one,
    ),
  }
}

function mapPages(pages: Pages, change: (items: Task[]) => Task[]): Pages {
  return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: change(page.items) })) }
}
