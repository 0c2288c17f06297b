import type { Conflict } from '@ownlist/client'
import { createStore } from '../app/store.ts'

export interface Undoable {
  /** What to take back: a revision, or the undo of it. */
  revision: number
  action: 'Undo' | 'Redo'
  /** What is taken back or brought again, within a sentence: completed “Buy milk”. */
  what: string
  /** The tasks it is about, as far as they are known: the server no longer knows the names of those that are gone. */
  titles?: ReadonlyMap<string, string | null>
}

/** An undo that stopped because what it would set back was changed again since. */
export interface OpenConflict {
  target: Undoable
  conflicts: Conflict[]
}

/** Whoever asked, the question stands above every screen. */
export const openConflict = createStore<OpenConflict | undefined>(undefined)
