import type { Conflict } from '@ownlist/client'
import { createStore } from '../app/store.ts'

/** An undo that stopped because what it would set back was changed again since. */
export interface OpenConflict {
  revision: number
  /** What was to be done, as its button says. */
  action: 'Undo' | 'Redo'
  /** What was to be taken back, within a sentence. */
  what: string
  conflicts: Conflict[]
}

/** Whoever asked, the question stands above every screen. */
export const openConflict = createStore<OpenConflict | undefined>(undefined)
