import { createStore } from '../app/store.ts'

/** What is left to say when an account is about to be erased: its sessions have ended, this one too. */
export interface Farewell {
  email: string
  eraseAfter: string
  receiptId: string
  timeZone: string
}

export const farewell = createStore<Farewell | undefined>(undefined)
