import { electByLease, electByLocks } from './elect.ts'
import { memoryTables } from './memory-tables.ts'
import type { Message, OpenTables, SyncServer, Tables, Timers } from './ports.ts'
import { createStore, type Store } from './store.ts'

/** Time that stands still until a test moves it. */
export function standingTime(start = Date.parse('2026-11-21T09:00:00Z')) {
  let now = start
  let timers: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after(milliseconds: number, run: () => void) {
      // Clocks count whole milliseconds.
      const timer = { at: now + Math.ceil(milliseconds), run }
      timers.push(timer)
      return () => void (timers = timers.filter((other) => other !== timer))
    },
    /** Moves on, and lets happen what was due on the way. */
    async pass(milliseconds: number) {
      const end = now + milliseconds
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= end)
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        now = Math.max(now, next.at)
        next.run()
        await quiet()
      }
      now = end
      await quiet()
    },
  }
}

/** Lets everything happen that needs no time. */
export async function quiet(turns = 12): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export interface Tab {
  store: Store
  /** It is gone from one moment to the next: nothing that was under way comes to an end. */
  crash(): void
  /** While it sleeps, its time stands still, as in the background of a telephone. */
  sleep(asleep: boolean): void
}

/**
 * A browser: its tabs share tables, locks and channels. Without `open` its tables are in memory, and outlast tabs.
 * Where its pages came over plain HTTP it has no locks, and leases elect.
 */
export function fakeBrowser({
  server,
  timers,
  open,
  name = crypto.randomUUID(),
  election = 'locks',
}: {
  server: SyncServer
  timers: Timers
  open?: OpenTables
  name?: string
  election?: 'locks' | 'lease'
}) {
  const kept = new Map<string, Promise<Tables>>()
  const held = new Map<string, Set<() => void>>()
  const locks = fakeLocks()
  const channels = new Set<{ name: string; hear: (message: Message) => void }>()
  const tabs: (() => void)[] = []
  let full = false

  const inMemory: OpenTables = async (database, closed) => {
    const opening = kept.get(database) ?? memoryTables()
    kept.set(database, opening)
    const others = held.get(database) ?? new Set()
    held.set(database, others)
    others.add(closed)
    const tables = await opening
    return {
      ...tables,
      close: () => void others.delete(closed),
      async destroy() {
        others.delete(closed)
        for (const other of others) other()
        await tables.destroy()
      },
    }
  }

  function tab(userId: string, options: { timeZone?: string } = {}): Tab {
    let alive = true
    /** What waits until the tab is awake. */
    let overdue: (() => void)[] | undefined
    const own = Promise.withResolvers<Tables>()
    const gone = new AbortController()
    /** What comes from outside reaches nobody who is gone. */
    const unlessGone = <T>(promise: Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        promise.then(
          (value) => alive && resolve(value),
          (error: unknown) => alive && reject(error instanceof Error ? error : new Error(String(error))),
        )
      })
    const ownTimers: Timers = {
      now: timers.now,
      after: (milliseconds, run) => {
        const due = () => {
          if (overdue) overdue.push(due)
          else if (alive) run()
        }
        const cancel = timers.after(milliseconds, due)
        return () => {
          cancel()
          overdue = overdue?.filter((other) => other !== due)
        }
      },
    }
    const store = createStore({
      userId,
      name,
      storage: open ? 'indexeddb' : 'memory',
      timeZone: options.timeZone ?? 'UTC',
      server: {
        pull: (input, signal) => unlessGone(server.pull(input, signal)),
        run: (operation, signal) => unlessGone(server.run(operation, signal)),
        changes: (lastEventId, on, signal) =>
          unlessGone(
            server.changes(
              lastEventId,
              {
                connected: () => alive && on.connected(),
                revision: (revision) => alive && on.revision(revision),
              },
              AbortSignal.any([signal, gone.signal]),
            ),
          ),
      },
      environment: {
        async open(database, closed) {
          const tables = await (open ?? inMemory)(database, () => alive && closed())
          gone.signal.addEventListener('abort', () => tables.close())
          const wrapped: Tables = {
            ...tables,
            run(mode, work) {
              if (!alive) return new Promise(() => {})
              return unlessGone(
                tables.run(mode, (access) =>
                  work({
                    ...access,
                    put(table, key, record) {
                      if (full) throw new DOMException('full', 'QuotaExceededError')
                      access.put(table, key, record)
                    },
                  }),
                ),
              )
            },
          }
          own.resolve(wrapped)
          return wrapped
        },
        async elect(lock, work, signal) {
          const elect =
            election === 'locks' ? locks : electByLease(await own.promise, ownTimers, crypto.randomUUID())
          const ends = AbortSignal.any([signal, gone.signal])
          await unlessGone(elect(lock, (lost) => (alive ? work(lost) : Promise.resolve()), ends))
        },
        channel(topic, hear) {
          const here = { name: topic, hear: (message: Message) => alive && hear(message) }
          channels.add(here)
          return {
            post(message) {
              if (!alive) return
              for (const other of channels)
                if (other !== here && other.name === topic)
                  queueMicrotask(() => other.hear(structuredClone(message)))
            },
            close: () => void channels.delete(here),
          }
        },
        timers: ownTimers,
        wakes: () => () => {},
        random: () => 0.5,
      },
    })
    const crash = () => {
      alive = false
      gone.abort()
    }
    tabs.push(crash)
    return {
      store,
      crash,
      sleep(asleep) {
        const late = overdue ?? []
        overdue = asleep ? late : undefined
        if (!asleep) for (const run of late) run()
      },
    }
  }

  return {
    tab,
    name,
    /** All its tabs are gone. */
    crash() {
      for (const crash of tabs) crash()
    },
    /** While it is full, nothing can be written down, only removed. */
    setFull: (value: boolean) => void (full = value),
  }
}

/** Locks as Web Locks have them, for the tabs of one browser. */
function fakeLocks() {
  const queues = new Map<string, Promise<unknown>>()
  const request = async (name: string, { signal }: { signal: AbortSignal }, work: () => Promise<void>) => {
    const turn = (queues.get(name) ?? Promise.resolve()).then(() => (signal.aborted ? undefined : work()))
    queues.set(
      name,
      turn.catch(() => {}),
    )
    await turn
  }
  const elect = electByLocks({ request } as unknown as LockManager)
  return (name: string, work: (lost: AbortSignal) => Promise<void>, signal: AbortSignal) =>
    elect(name, (lost) => Promise.race([work(lost), aborted(lost)]), signal)
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
