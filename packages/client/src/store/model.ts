import { applyEffects } from './effects.ts'
import { dependsOnOthers, idsOf, type Queued } from './operation.ts'
import {
  eachKind,
  kinds,
  noRows,
  type Changed,
  type Kind,
  type ReadonlyRows,
  type RowChange,
  type RowOf,
} from './rows.ts'
import { createState, type Put, type State } from './state.ts'

export type Model = ReturnType<typeof createModel>

/** What changes at once, and is shown at once. */
export interface ModelChange {
  /** Rows as the server has them. */
  rows?: RowChange | undefined
  /** Operations that came, in any order, and the places of those that went. */
  add?: Queued[]
  remove?: Iterable<number>
}

/**
 * The rows as they are shown: those of the server, with the operations that it has not confirmed applied on top.
 * What comes last is applied to what is shown. Where something changes below, everything on top is taken off and
 * applied anew: an operation may touch whatever hangs on its row, but an outbox never touches much of ten thousand.
 */
export function createModel() {
  const base = noRows()
  const state = createState()
  const outbox = new Map<number, Queued>()
  /** The rows that may look different from those of the server, and what the first change on them was based on. */
  const covered = eachKind(() => new Map<string, number>())
  /** Operations that have changed more than the rows that they are about. */
  const wide = new Set<number>()
  let lastSeq = 0
  let pending = 0
  const listeners = new Set<(changed: Changed) => void>()

  function apply(operation: Queued): void {
    const own = new Set(idsOf(operation))
    const put: Put = (kind, id, row) => {
      if (!own.has(id)) wide.add(operation.seq)
      covered[kind].set(id, Math.min(covered[kind].get(id) ?? Infinity, operation.basedOn))
      state.put(kind, id, row)
    }
    applyEffects(operation, state, put)
  }

  function uncover(): void {
    wide.clear()
    for (const kind of kinds) {
      for (const id of covered[kind].keys()) state.put(kind, id, base[kind].get(id))
      covered[kind].clear()
    }
  }

  function putBase(kind: Kind, { put, remove, only }: RowChange): void {
    const table = base[kind] as Map<string, RowOf[Kind]>
    const rows: RowOf[Kind][] | undefined = put[kind]
    const gone = new Set(only ? table.keys() : remove[kind])
    for (const row of rows ?? []) {
      gone.delete(row.id)
      table.set(row.id, row)
      state.put(kind, row.id, row)
    }
    for (const id of gone) {
      table.delete(id)
      state.put(kind, id, undefined)
    }
  }

  /** Gives whether it is new, and comes last. */
  function add(operation: Queued): 'known' | 'last' | 'between' {
    const known = outbox.get(operation.seq)
    if (known) {
      if (operation.acknowledged && !known.acknowledged) pending--
      known.acknowledged ||= operation.acknowledged
      return 'known'
    }
    outbox.set(operation.seq, operation)
    if (!operation.acknowledged) pending++
    const isLast = operation.seq > lastSeq
    if (isLast) lastSeq = operation.seq
    else sortOutbox()
    return isLast ? 'last' : 'between'
  }

  /** Another tab's earlier operation may be heard of later. */
  function sortOutbox(): void {
    const sorted = [...outbox.values()].toSorted((a, b) => a.seq - b.seq)
    outbox.clear()
    for (const operation of sorted) outbox.set(operation.seq, operation)
  }

  function take(seq: number): boolean {
    const operation = outbox.get(seq)
    if (!operation) return false
    outbox.delete(seq)
    if (!operation.acknowledged) pending--
    return true
  }

  return {
    ...(state as State),
    base: base as ReadonlyRows,
    outbox: outbox as ReadonlyMap<number, Queued>,

    change({ rows, add: added = [], remove: removed = [] }: ModelChange): void {
      let isAnew = rows !== undefined
      for (const seq of removed) isAnew = take(seq) || isAnew
      const appended: Queued[] = []
      for (const operation of added) {
        const how = add(operation)
        if (how === 'last') appended.push(operation)
        isAnew ||= how === 'between'
      }
      if (isAnew) uncover()
      if (rows) for (const kind of kinds) putBase(kind, rows)
      for (const operation of isAnew ? outbox.values() : appended) apply(operation)
      const changed = state.changed()
      if (kinds.every((kind) => changed[kind].size === 0)) return
      for (const listener of listeners) listener(changed)
    },

    /**
     * The first operations that the server does not have, in order: one, or as many as may travel side by side because
     * the outcome is the same in whatever order they are executed.
     */
    next(atMost: number): Queued[] {
      const group: Queued[] = []
      const taken = new Set<string>()
      for (const operation of outbox.values()) {
        if (operation.acknowledged) continue
        const ids = idsOf(operation)
        const isAlone = dependsOnOthers(operation) || wide.has(operation.seq)
        if (group.length > 0 && (isAlone || ids.some((id) => taken.has(id)))) break
        group.push(operation)
        if (isAlone || group.length === atMost) break
        for (const id of ids) taken.add(id)
      }
      return group
    },

    pending: () => pending,

    /**
     * The newest revision that somebody has seen of these rows: what their own changes hide of a later one, they
     * have not.
     */
    seen(ids: string[], revision: number): number {
      const over = kinds.flatMap((kind) => ids.map((id) => covered[kind].get(id) ?? revision))
      return Math.min(revision, ...over)
    },

    acknowledged(): number[] {
      return [...outbox.values()].filter(({ acknowledged }) => acknowledged).map(({ seq }) => seq)
    },

    /** Told of the rows that look different, after they do. */
    subscribe(listener: (changed: Changed) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
