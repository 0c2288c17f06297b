import type { Elect, Tables, Timers } from './ports.ts'

/** Web Locks elect: the browser passes the lock on when a tab closes or crashes. */
export function electByLocks(locks: LockManager): Elect {
  return async (name, held, signal) => {
    while (!signal.aborted) {
      try {
        await locks.request(name, { signal }, () => held(signal))
        return
      } catch (error) {
        // Another tab may have stolen the lock, which is asked for anew; an end that was wished for is none.
        if (!signal.aborted && !(error instanceof DOMException && error.name === 'AbortError')) throw error
      }
    }
  }
}

/** Where there is only one, it is always elected. */
export const electSelf: Elect = (_name, held, signal) => held(signal)

const leaseLength = 10_000

/**
 * Without Web Locks (a page that did not come over HTTPS) a lease elects, which has to be renewed: its holder writes
 * down until when it holds. A tab that slept beyond that may believe for a moment that it is still elected, which
 * does no harm: operations have ids, and a pull applies only where the tasks are at the revision it started from.
 */
export function electByLease(tables: Tables, timers: Timers, holder: string): Elect {
  const take = () =>
    tables.run('readwrite', async (access) => {
      const lease = await access.get('lease', 'lease')
      const now = timers.now()
      const free = !lease || lease.holder === holder || lease.until < now
      if (free) access.put('lease', 'lease', { holder, until: now + leaseLength })
      return free
    })
  const give = () =>
    tables.run('readwrite', async (access) => {
      if ((await access.get('lease', 'lease'))?.holder === holder) access.remove('lease', 'lease')
    })

  return async (_name, held, signal) => {
    while (!signal.aborted) {
      if (await take()) {
        const term = new AbortController()
        const lost = AbortSignal.any([signal, term.signal])
        const ended = held(lost)
        while (!lost.aborted) {
          await elapsed(leaseLength / 3, timers, lost)
          if (!lost.aborted && !(await take().catch(() => false))) term.abort()
        }
        await ended
        await give().catch(() => {})
      } else {
        await elapsed(leaseLength / 3, timers, signal)
      }
    }
  }
}

function elapsed(milliseconds: number, timers: Timers, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(milliseconds, resolve)
    signal.addEventListener('abort', () => {
      cancel()
      resolve()
    })
  })
}
