import type { Live } from '@ownlist/client'
import { useSyncExternalStore } from 'react'

/** What a store says now, and again whenever it changes. */
export function useLive<T>({ subscribe, get }: Live<T>): T {
  return useSyncExternalStore(subscribe, get)
}
