import { liveValue, type Watched } from './live-list.ts'
import type { Model } from './model.ts'
import type { Task } from './rows.ts'

/** Numbers that are sums over all tasks: a change counts only what it touches. */
export function liveTally<T>(
  model: Model,
  {
    begin,
    copy,
    add,
  }: {
    /** Asked again when the time is another. */
    begin: () => T
    /** A value that was given away stays as it is. */
    copy: (sums: T) => T
    add: (into: T, task: Task, sign: 1 | -1) => void
  },
): Watched<T> {
  let counted: Map<string, Task> | undefined
  let sums: T | undefined

  function make(): T {
    const made = begin()
    for (const task of model.rows.tasks.values()) add(made, task, 1)
    counted = new Map(model.rows.tasks)
    return made
  }

  function forget(): void {
    sums = undefined
    counted = undefined
    source.tell()
  }

  const source = liveValue(() => (sums ??= make()))
  return {
    live: source.live,
    isWatched: source.isWatched,
    retimed: forget,
    changed({ tasks }) {
      if (tasks.size === 0) return
      if (!counted || sums === undefined || !source.isWatched()) return forget()
      sums = copy(sums)
      for (const id of tasks.keys()) {
        const before = counted.get(id)
        const after = model.rows.tasks.get(id)
        if (before) add(sums, before, -1)
        if (after) add(sums, after, 1)
        if (after) counted.set(id, after)
        else counted.delete(id)
      }
      source.tell()
    },
  }
}
