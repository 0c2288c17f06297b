import { useSyncExternalStore } from 'react'

export interface Store<T> {
  get: () => T
  set: (change: (value: T) => T) => void
  subscribe: (listener: () => void) => () => void
}

/** A value that lives outside React, because it must outlive the screen that shows it. */
export function createStore<T>(initial: T): Store<T> {
  const listeners = new Set<() => void>()
  let value = initial
  return {
    get: () => value,
    set(change) {
      value = change(value)
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get)
}
