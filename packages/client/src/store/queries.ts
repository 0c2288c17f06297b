import type { Clock, Filter } from './filter.ts'
import { liveList, liveValue, type Live, type Watched } from './live-list.ts'
import { liveStats, type Stats } from './live-stats.ts'
import type { Model } from './model.ts'
import type { Task } from './operation.ts'
import type { Timers } from './ports.ts'

/** Queries that nobody listens to are kept so that rendering finds them again, but not without end. */
const idleAtMost = 50

export interface Queries {
  /** All tasks that match, in order. The same filter gives the same live list. */
  query(filter?: Filter): Live<readonly Task[]>
  get(id: string): Live<Task | undefined>
  stats(): Live<Stats>
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

  const end = model.subscribe((ids) => {
    for (const watched of kept.values()) watched.changed(ids)
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

  const queries: Queries = {
    query: (filter = {}) => keep(`list ${JSON.stringify(filter)}`, () => liveList(model, filter, clock)),
    get: (id) => keep(`task ${id}`, () => liveTask(model, id)),
    stats: () => keep('stats', () => liveStats(model, clock)),
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

function liveTask(model: Model, id: string): Watched<Task | undefined> {
  const source = liveValue(() => model.tasks.get(id))
  return {
    live: source.live,
    isWatched: source.isWatched,
    retimed() {},
    changed(ids) {
      if (ids.has(id)) source.tell()
    },
  }
}
