import type { LiveUpdates } from '@ownlist/api'

/** Tells the listeners of this process. */
export function createLiveUpdates(): LiveUpdates {
  return {
    changed() {},
    async *subscribe() {},
  }
}
