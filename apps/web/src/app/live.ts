import type { Live } from '@ownlist/client'
import { useSyncExternalStore } from 'react'

/** What a store says now, and again whenever it changes. */
export function useLive<T>(live: Live<T>): T {
  return useSyncExternalStore(live.subscribe, live.get)
}

/** A part of it, for those whom the rest does not concern. What `pick` gives is compared by identity. */
export function useLivePart<T, Part>(live: Live<T>, pick: (value: T) => Part): Part {
  return useSyncExternalStore(live.subscribe, () => pick(live.get()))
}
