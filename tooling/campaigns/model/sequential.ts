import type { Wanted } from '../../../packages/client/src/store/operation.ts'
import { isSame, rowIn, type Diff, type Row, type State } from './rows.ts'
import { taskOutcome } from './sequential-tasks.ts'
import { rowOutcome } from './sequential-rows.ts'
import { isPlain, undoOf, type UndoInput } from './sequential-undo.ts'

/** A change as it goes over the network. */
export type Call = Wanted | { path: 'history.undo'; input: UndoInput }

/** Refused for one of these reasons: where several things are wrong, any may be named. */
interface Refused {
  refused: string[]
}

export type Outcome = Refused | { diff: Diff }

/** What an operation would leave of the rows that it touches. */
export type Rows = Refused | { rows: Map<string, Row | undefined> }

/** What is the server's to decide, and follows from nothing: it is taken over and then held against rules. */
export interface Decided {
  revision: number
  position: string | undefined
}

/**
 * The server in as few words as will do: one operation after the other, on a table in memory. Written from what the
 * operations mean and not from how the server or the store does them.
 */
export function sequentialModel() {
  const states: State[] = [new Map()]
  const log: Diff[] = [new Map()]
  let numbers = 0

  const now = () => states.at(-1) ?? new Map<string, Row>()

  function take(rows: ReadonlyMap<string, Row | undefined>): Diff {
    const next = new Map(now())
    const diff = new Map<string, { before: Row | undefined; after: Row | undefined }>()
    for (const [id, row] of rows) {
      const before = next.get(id)
      if (row && before && isSame(row, { ...before, revision: row.revision })) continue
      if (!row && !before) continue
      const made = row && { ...row, revision: states.length }
      if (made?.entity === 'tasks') made.number ||= ++numbers
      if (made) next.set(id, made)
      else next.delete(id)
      diff.set(id, { before, after: made })
    }
    if (diff.size > 0) {
      states.push(next)
      log.push(diff)
    }
    return diff
  }

  return {
    now,
    /** What there was at each revision, and what it did. */
    states: states as readonly State[],
    log: log as readonly Diff[],
    revision: () => states.length - 1,

    execute(call: Call, position: string | undefined): Outcome {
      const after = outcomeOf(now(), call, { revision: states.length, position }, log)
      return 'refused' in after ? after : { diff: take(after.rows) }
    },

    /** What the server made of something that this model does not say. */
    adopt: (rows: ReadonlyMap<string, Row | undefined>): Outcome => ({ diff: take(rows) }),

    /**
     * Whether only the server says what comes of it: what an undo of changed places means for all that hangs on them,
     * and which positions others get where several share one.
     */
    leavesToServer(call: Call): boolean {
      const state = now()
      if (call.path === 'history.undo') return !isPlain(state, log[call.input.revision])
      if (call.path === 'history.restore') {
        // What went with it, because it hung on it, comes back with it.
        return !isPlain(state, lastDeletion(log, call.input.id))
      }
      const { after } = call.input as { after?: string | null }
      const anchor = state.get(after ?? '')
      if (!anchor || !('position' in anchor)) return false
      const { entity, id, position } = anchor
      return [...state.values()].some(
        (row) => row.entity === entity && row.id !== id && 'position' in row && row.position === position,
      )
    },
  }
}

/** The rows that an operation would leave, of those that it touches. */
export function outcomeOf(state: State, call: Call, decided: Decided, log: readonly Diff[]): Rows {
  switch (call.path) {
    case 'history.undo':
      return undoOf(state, call.input, log)
    case 'history.restore': {
      const { id } = call.input
      if (rowIn(state, 'tasks', id)) return { rows: new Map() }
      const last = lastDeletion(log, id)?.get(id)?.before
      return last ? { rows: new Map([[id, last]]) } : { refused: ['TASK_NOT_FOUND'] }
    }
    default:
      return call.path.startsWith('tasks.')
        ? taskOutcome(state, call, decided)
        : rowOutcome(state, call, decided)
  }
}

function lastDeletion(log: readonly Diff[], id: string): Diff | undefined {
  return log.findLast((diff) => diff.has(id) && diff.get(id)?.after === undefined)
}
