import { electByLease, electByLocks, electSelf } from './elect.ts'
import { indexedDbTables } from './indexeddb-tables.ts'
import { memoryTables } from './memory-tables.ts'
import type { Elect, OpenChannel, OpenTables, Tables, Timers, Wakes } from './ports.ts'

/** The store's surroundings: everything that differs between browsers, programs and tests. */
export interface Environment {
  open: OpenTables
  /** Elects the tab that delivers and pulls; by default Web Locks do, or a lease. */
  elect: Elect | undefined
  channel: OpenChannel
  timers: Timers
  wakes: Wakes
  random: () => number
}

export function environment(storage: 'indexeddb' | 'memory'): Environment {
  const isShared = storage === 'indexeddb'
  return {
    open: isShared ? indexedDbTables : memoryTables,
    elect: isShared ? undefined : electSelf,
    channel: isShared && typeof BroadcastChannel !== 'undefined' ? broadcastChannel : noChannel,
    timers,
    wakes: typeof window === 'undefined' ? () => () => {} : pageWakes,
    random: Math.random,
  }
}

/** What elects between tabs that share tables. */
export function defaultElection(tables: Tables, time: Timers, tab: string): Elect {
  // Pages that came over plain HTTP have no locks.
  return typeof navigator !== 'undefined' && 'locks' in navigator
    ? electByLocks(navigator.locks)
    : electByLease(tables, time, tab)
}

const timers: Timers = {
  now: Date.now,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  },
}

const noChannel: OpenChannel = () => ({ post() {}, close() {} })

const broadcastChannel: OpenChannel = (name, hear) => {
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', ({ data }) => hear(data))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin, and no such argument
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}

const pageWakes: Wakes = (wake) => {
  const seen = () => {
    if (document.visibilityState === 'visible') wake()
  }
  window.addEventListener('online', wake)
  window.addEventListener('pageshow', wake)
  document.addEventListener('visibilitychange', seen)
  return () => {
    window.removeEventListener('online', wake)
    window.removeEventListener('pageshow', wake)
    document.removeEventListener('visibilitychange', seen)
  }
}
