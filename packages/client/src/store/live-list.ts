import { dependsOnTime, matcherOf, orderOf, type Clock, type Filter, type Placed } from './filter.ts'
import type { Model } from './model.ts'
import type { Changed, Comment, Task } from './rows.ts'

/** A value that changes; `get` gives the same one until it does, as React's useSyncExternalStore wants it. */
export interface Live<T> {
  get: () => T
  /** Calls back after each change; gives what ends it. */
  subscribe: (listener: () => void) => () => void
}

/** A live value as its maker sees it. */
export interface Watched<T> {
  live: Live<T>
  /** These rows look different. */
  changed(changed: Changed): void
  /** The user's time or time zone is another. */
  retimed(): void
  isWatched(): boolean
}

/**
 * The tasks that match a filter, in order. While somebody listens, a change moves only what it touches; while
 * nobody does, the list is made anew when it is asked for.
 */
export function liveList(model: Model, filter: Filter, clock: () => Clock): Watched<readonly Task[]> {
  const { place, compare } = orderOf(filter)
  const timed = dependsOnTime(filter)
  const matcher = () => matcherOf(filter, clock(), ({ id }) => commentsOn(model, id))
  let matches = matcher()
  let placed: Placed[] | undefined
  let members = new Map<string, Placed>()
  let snapshot: readonly Task[] | undefined

  function make(): readonly Task[] {
    matches = matcher()
    placed = []
    for (const task of candidates()) if (matches(task)) placed.push(place(task))
    placed.sort(compare)
    members = new Map(placed.map((one) => [one.task.id, one]))
    return placed.map(({ task }) => task)
  }

  function* candidates(): Iterable<Task> {
    if (typeof filter.parentId !== 'string') return yield* model.rows.tasks.values()
    for (const id of model.subtasksOf(filter.parentId)) {
      const task = model.rows.tasks.get(id)
      if (task) yield task
    }
  }

  /** Where a task is, or would be. */
  function indexOf(list: Placed[], wanted: Placed): number {
    let from = 0
    let to = list.length
    while (from < to) {
      const middle = (from + to) >>> 1
      const at = list[middle]
      if (at && compare(at, wanted) < 0) from = middle + 1
      else to = middle
    }
    return from
  }

  function move(list: Placed[], id: string): boolean {
    const task = model.rows.tasks.get(id)
    const old = members.get(id)
    const next = task && matches(task) ? place(task) : undefined
    if (old) {
      list.splice(indexOf(list, old), 1)
      members.delete(id)
    }
    if (next) {
      list.splice(indexOf(list, next), 0, next)
      members.set(id, next)
    }
    return old !== undefined || next !== undefined
  }

  const source = liveValue(() => (snapshot ??= make()))
  return {
    live: source.live,
    isWatched: source.isWatched,
    changed(changed) {
      const ids = filter.q === undefined ? [...changed.tasks.keys()] : concerned(model, changed)
      if (ids.length === 0) return
      if (!placed || !source.isWatched() || ids.length > 100) return forget()
      let moved = false
      for (const id of ids) moved = move(placed, id) || moved
      if (!moved) return
      snapshot = placed.map(({ task }) => task)
      source.tell()
    },
    retimed() {
      if (timed || filter.due !== undefined) forget()
    },
  }

  function forget(): void {
    const before = snapshot
    snapshot = undefined
    placed = undefined
    members.clear()
    if (!source.isWatched()) return
    // A listener is not bothered by what did not change.
    if (before && isSame(before, source.live.get())) snapshot = before
    else source.tell()
  }
}

function commentsOn(model: Model, taskId: string): Comment[] {
  return [...model.commentsOn(taskId)].flatMap((id) => model.rows.comments.get(id) ?? [])
}

/** The tasks that changed, and those on which a comment did. */
function concerned(model: Model, { tasks, comments }: Changed): string[] {
  const ids = new Set(tasks.keys())
  for (const [id, before] of comments) {
    for (const comment of [before, model.rows.comments.get(id)]) if (comment) ids.add(comment.taskId)
  }
  return [...ids]
}

/** A value with its listeners. */
export function liveValue<T>(get: () => T) {
  const listeners = new Set<() => void>()
  const live: Live<T> = {
    get,
    subscribe(listener) {
      // Each subscription is its own, even of the same function.
      const own = () => listener()
      listeners.add(own)
      return () => listeners.delete(own)
    },
  }
  return {
    live,
    isWatched: () => listeners.size > 0,
    tell() {
      for (const listener of listeners) listener()
    },
  }
}

export function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((row, at) => row === b[at])
}
