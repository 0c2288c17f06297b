import { effectOf } from './effects.ts'
import { idsOf, type Queued, type Task } from './operation.ts'

export type Model = ReturnType<typeof createModel>

/** What changes at once, and is shown at once. */
export interface ModelChange {
  /** Tasks as the server has them; `only` when there are no others. */
  tasks?: { put: Task[]; remove: string[]; only: boolean }
  /** Operations that came, in any order, and the places of those that went. */
  add?: Queued[]
  remove?: Iterable<number>
}

/**
 * The tasks as they are shown: those of the server, with the operations that it has not confirmed applied on top.
 * Taking an operation away takes its effect away, whatever came after it. Only tasks that a change touches are
 * computed again.
 */
export function createModel() {
  const base = new Map<string, Task>()
  const shown = new Map<string, Task>()
  const outbox = new Map<number, Queued>()
  const touching = new Map<string, Queued[]>()
  const listeners = new Set<(changed: Set<string>) => void>()

  function putBase({ put, remove, only }: NonNullable<ModelChange['tasks']>, touched: Set<string>): void {
    if (only) {
      for (const id of base.keys()) touched.add(id)
      base.clear()
    }
    for (const task of put) {
      base.set(task.id, task)
      touched.add(task.id)
    }
    for (const id of remove) {
      base.delete(id)
      touched.add(id)
    }
  }

  function add(operation: Queued, touched: Set<string>): void {
    const known = outbox.get(operation.seq)
    if (known) {
      known.acknowledged ||= operation.acknowledged
      return
    }
    outbox.set(operation.seq, operation)
    for (const id of idsOf(operation)) {
      const operations = touching.get(id) ?? []
      // Another tab's earlier operation may be heard of later.
      const before = operations.findLastIndex(({ seq }) => seq < operation.seq)
      touching.set(id, operations.toSpliced(before + 1, 0, operation))
      touched.add(id)
    }
  }

  function take(seq: number, touched: Set<string>): void {
    const operation = outbox.get(seq)
    if (!operation) return
    outbox.delete(seq)
    for (const id of idsOf(operation)) {
      const rest = (touching.get(id) ?? []).filter((other) => other !== operation)
      if (rest.length > 0) touching.set(id, rest)
      else touching.delete(id)
      touched.add(id)
    }
  }

  function show(ids: Set<string>): void {
    const changed = new Set<string>()
    for (const id of ids) {
      let task = base.get(id)
      for (const operation of touching.get(id) ?? []) task = effectOf(operation, id, task)
      if (task === shown.get(id)) continue
      if (task) shown.set(id, task)
      else shown.delete(id)
      changed.add(id)
    }
    if (changed.size > 0) for (const listener of listeners) listener(changed)
  }

  return {
    tasks: shown as ReadonlyMap<string, Task>,
    base: base as ReadonlyMap<string, Task>,
    outbox: outbox as ReadonlyMap<number, Queued>,

    change({ tasks, add: added = [], remove: removed = [] }: ModelChange): void {
      const touched = new Set<string>()
      if (tasks) putBase(tasks, touched)
      for (const seq of removed) take(seq, touched)
      for (const operation of added) add(operation, touched)
      show(touched)
    },

    /** The first operation that the server does not have. */
    next(): Queued | undefined {
      let first: Queued | undefined
      for (const operation of outbox.values())
        if (!operation.acknowledged && (!first || operation.seq < first.seq)) first = operation
      return first
    },

    pending(): number {
      let count = 0
      for (const { acknowledged } of outbox.values()) if (!acknowledged) count++
      return count
    },

    acknowledged(): number[] {
      return [...outbox.values()].filter(({ acknowledged }) => acknowledged).map(({ seq }) => seq)
    },

    /** Told of the tasks that look different, after they do. */
    subscribe(listener: (changed: Set<string>) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
