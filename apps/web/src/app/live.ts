import type { Live } from '@ownlist/client'
import { useSyncExternalStore } from 'react'

/** What a store says now, and again whenever it changes. */
export function useLive<T>(live: Live<T>): T {
  return useSyncExternalStore(live.subscribe, live.get)
}
