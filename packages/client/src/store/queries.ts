import type { Clock, Filter } from './filter.ts'
import { liveCounts, type Counts } from './live-counts.ts'
import { liveList, type Live, type Watched } from './live-list.ts'
import { liveComments, liveRow, liveRows } from './live-rows.ts'
import { liveStats, type Stats } from './live-stats.ts'
import type { Model } from './model.ts'
import type { Timers } from './ports.ts'
import type { Kind, RowOf, Task } from './rows.ts'

/** Queries that nobody listens to are kept so that rendering finds them again, but not without end. */
const idleAtMost = 50

/** The same question gives the same live value. */
export type Queries = {
  [K in Kind]: { get(id: string): Live<RowOf[K] | undefined> }
} & {
  /** All of them, archived ones too: lists and views by position, tags by name. */
  [K in 'lists' | 'tags' | 'views']: { query(): Live<readonly RowOf[K][]> }
} & {
  tasks: {
    /** All tasks that match, in order. */
    query(filter?: Filter): Live<readonly Task[]>
    /** A task's own subtasks by position. */
    children(parentId: string): Live<readonly Task[]>
    stats(): Live<Stats>
    counts(): Live<Counts>
  }
  /** Those on a task, oldest first. */
  comments: { query(on: { taskId: string }): Live<readonly RowOf['comments'][]> }
}

/** The live queries over a model, each made once and kept while it is used. */
export function createQueries(model: Model, clock: () => Clock, timers: Timers) {
  const kept = new Map<string, Watched<unknown>>()

  function keep<T>(key: string, make: () => Watched<T>): Live<T> {
    const watched = (kept.get(key) as Watched<T> | undefined) ?? make()
    // The youngest stands last.
    kept.delete(key)
    kept.set(key, watched)
    const idle = [...kept].filter(([, one]) => !one.isWatched())
    for (const [name] of idle.slice(0, Math.max(0, idle.length - idleAtMost))) kept.delete(name)
    return watched.live
  }

  const end = model.subscribe((changed) => {
    for (const watched of kept.values()) watched.changed(changed)
  })

  function retime(): void {
    for (const watched of kept.values()) watched.retimed()
  }

  let cancel = () => {}
  /** What is overdue, and what day it is, changes while the page stands open. */
  function tick(): void {
    cancel = timers.after(60_000 - (timers.now() % 60_000), () => {
      retime()
      tick()
    })
  }
  tick()

  const get = <K extends Kind>(kind: K) => ({
    get: (id: string) => keep(`${kind} ${id}`, () => liveRow(model, kind, id)),
  })
  const all = <K extends 'lists' | 'tags' | 'views'>(kind: K) => ({
    ...get(kind),
    query: () => keep(kind, () => liveRows(model, kind)),
  })
  const query = (filter: Filter = {}) =>
    keep(`list ${JSON.stringify(filter)}`, () => liveList(model, filter, clock))

  const queries: Queries = {
    lists: all('lists'),
    tags: all('tags'),
    views: all('views'),
    tasks: {
      ...get('tasks'),
      query,
      children: (parentId) => query({ parentId, sort: 'position', order: 'asc' }),
      stats: () => keep('stats', () => liveStats(model, clock)),
      counts: () => keep('counts', () => liveCounts(model)),
    },
    comments: {
      ...get('comments'),
      query: ({ taskId }) => keep(`on ${taskId}`, () => liveComments(model, taskId)),
    },
  }
  return {
    queries,
    retime,
    stop() {
      cancel()
      end()
    },
  }
}
