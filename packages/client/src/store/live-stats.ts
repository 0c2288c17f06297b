import type { Outputs } from '@ownlist/api'
import { matcherOf, type Clock } from './filter.ts'
import type { Watched } from './live-list.ts'
import { liveTally } from './live-tally.ts'
import type { Model } from './model.ts'

export type Stats = Outputs['tasks']['stats']

/** How many tasks there are of each kind, as `tasks.stats` counts them. */
export function liveStats(model: Model, clock: () => Clock): Watched<Stats> {
  let isOverdue = matcherOf({ due: 'overdue' }, clock())
  let isDueToday = isOverdue
  let isUpcoming = isOverdue
  let isThisWeek = isOverdue

  return liveTally(model, {
    begin() {
      isOverdue = matcherOf({ due: 'overdue' }, clock())
      isDueToday = matcherOf({ due: 'today' }, clock())
      isUpcoming = matcherOf({ due: 'upcoming' }, clock())
      isThisWeek = matcherOf({ due: 'week' }, clock())
      return copy(nothing)
    },
    copy,
    add(into, task, sign) {
      const { status, completed, priority, due } = task
      into.total += sign
      if (status === 'pending') into.pending += sign
      if (status === 'in_progress') into.inProgress += sign
      if (completed) into.completed += sign
      if (completed) return
      if (isOverdue(task)) into.overdue += sign
      if (isDueToday(task)) into.dueToday += sign
      if (isUpcoming(task)) into.upcoming += sign
      if (isThisWeek(task)) into.week += sign
      if (due === null) into.noDate += sign
      into.priority[priority ?? 'none'] += sign
    },
  })
}

const nothing: Stats = {
  total: 0,
  pending: 0,
  inProgress: 0,
  completed: 0,
  overdue: 0,
  dueToday: 0,
  upcoming: 0,
  week: 0,
  noDate: 0,
  priority: { high: 0, medium: 0, low: 0, none: 0 },
}

function copy(stats: Stats): Stats {
  return { ...stats, priority: { ...stats.priority } }
}
