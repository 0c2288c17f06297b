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
  let lastSeq = 0
  let pending = 0
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

  function add(operation: Queued, touched: Set<string>, appended: Map<string, Queued[]>): void {
    const known = outbox.get(operation.seq)
    if (known) {
      if (operation.acknowledged && !known.acknowledged) pending--
      known.acknowledged ||= operation.acknowledged
      return
    }
    outbox.set(operation.seq, operation)
    if (!operation.acknowledged) pending++
    if (operation.seq < lastSeq) sortOutbox()
    lastSeq = Math.max(lastSeq, operation.seq)
    for (const id of idsOf(operation)) {
      const operations = touching.get(id) ?? []
      const before = operations.findLastIndex(({ seq }) => seq < operation.seq)
      const isLast = before === operations.length - 1
      operations.splice(before + 1, 0, operation)
      touching.set(id, operations)
      if (isLast) appended.set(id, [...(appended.get(id) ?? []), operation])
      else touched.add(id)
    }
  }

  /** Another tab's earlier operation may be heard of later. */
  function sortOutbox(): void {
    const sorted = [...outbox.values()].toSorted((a, b) => a.seq - b.seq)
    outbox.clear()
    for (const operation of sorted) outbox.set(operation.seq, operation)
  }

  function take(seq: number, touched: Set<string>): void {
    const operation = outbox.get(seq)
    if (!operation) return
    outbox.delete(seq)
    if (!operation.acknowledged) pending--
    for (const id of idsOf(operation)) {
      const rest = (touching.get(id) ?? []).filter((other) => other !== operation)
      if (rest.length > 0) touching.set(id, rest)
      else touching.delete(id)
      touched.add(id)
    }
  }

  function show(touched: Set<string>, appended: Map<string, Queued[]>): void {
    const changed = new Set<string>()
    const put = (id: string, task: Task | undefined) => {
      if (task === shown.get(id)) return
      if (task) shown.set(id, task)
      else shown.delete(id)
      changed.add(id)
    }
    const effects = (operations: Queued[], id: string, task: Task | undefined) =>
      operations.reduce((so, operation) => effectOf(operation, id, so), task)

    for (const id of touched) put(id, effects(touching.get(id) ?? [], id, base.get(id)))
    // What comes last needs only what is shown already, however much that stands on.
    for (const [id, operations] of appended)
      if (!touched.has(id)) put(id, effects(operations, id, shown.get(id)))
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
      const appended = new Map<string, Queued[]>()
      for (const operation of added) add(operation, touched, appended)
      show(touched, appended)
    },

    /**
     * The first operations that the server does not have, in order: one, or as many as may travel side by side because
     * the outcome is the same in whatever order they are executed. Where a task goes, and which number it gets, depends
     * on what came before; changes of different tasks do not.
     */
    next(atMost: number): Queued[] {
      const group: Queued[] = []
      const taken = new Set<string>()
      for (const operation of outbox.values()) {
        if (operation.acknowledged) continue
        const ids = idsOf(operation)
        const isAlone = operation.path === 'tasks.create' || operation.path === 'tasks.reorder'
        if (group.length > 0 && (isAlone || ids.some((id) => taken.has(id)))) break
        group.push(operation)
        if (isAlone || group.length === atMost) break
        for (const id of ids) taken.add(id)
      }
      return group
    },

    pending: () => pending,

    /**
     * The newest revision that somebody has seen of these tasks: what their own changes hide of a later one, they
     * have not.
     */
    seen(ids: string[], revision: number): number {
      const over = ids.flatMap((id) => touching.get(id) ?? [])
      return over.reduce((least, { basedOn }) => Math.min(least, basedOn), revision)
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
