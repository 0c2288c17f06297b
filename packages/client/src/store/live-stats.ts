import { matcherOf, type Clock } from './filter.ts'
import { liveValue, type Watched } from './live-list.ts'
import type { Model } from './model.ts'
import type { Task } from './operation.ts'
import type { Outputs } from '@ownlist/api'

export type Stats = Outputs['tasks']['stats']

/** How many tasks there are of each kind, as `tasks.stats` counts them. A change counts only what it touches. */
export function liveStats(model: Model, clock: () => Clock): Watched<Stats> {
  let counted: Map<string, Task> | undefined
  let stats: Stats | undefined
  let isOverdue = matcherOf({ due: 'overdue' }, clock())
  let isDueToday = matcherOf({ due: 'today' }, clock())

  function add(into: Stats, task: Task, sign: 1 | -1): void {
    const { status, completed, priority, due } = task
    into.total += sign
    if (status === 'pending') into.pending += sign
    if (status === 'in_progress') into.inProgress += sign
    if (completed) into.completed += sign
    if (completed) return
    if (isOverdue(task)) into.overdue += sign
    if (isDueToday(task)) into.dueToday += sign
    if (due === null) into.noDate += sign
    into.priority[priority ?? 'none'] += sign
  }

  function make(): Stats {
    isOverdue = matcherOf({ due: 'overdue' }, clock())
    isDueToday = matcherOf({ due: 'today' }, clock())
    const made = copy(nothing)
    for (const task of model.tasks.values()) add(made, task, 1)
    counted = new Map(model.tasks)
    return made
  }

  function forget(): void {
    stats = undefined
    counted = undefined
    source.tell()
  }

  const source = liveValue(() => (stats ??= make()))
  return {
    live: source.live,
    isWatched: source.isWatched,
    retimed: forget,
    changed(ids) {
      if (!counted || !stats || !source.isWatched()) return forget()
      stats = copy(stats)
      for (const id of ids) {
        const before = counted.get(id)
        const after = model.tasks.get(id)
        if (before) add(stats, before, -1)
        if (after) add(stats, after, 1)
        if (after) counted.set(id, after)
        else counted.delete(id)
      }
      source.tell()
    },
  }
}

const nothing: Stats = {
  total: 0,
  pending: 0,
  inProgress: 0,
  completed: 0,
  overdue: 0,
  dueToday: 0,
  noDate: 0,
  priority: { high: 0, medium: 0, low: 0, none: 0 },
}

function copy(stats: Stats): Stats {
  return { ...stats, priority: { ...stats.priority } }
}
