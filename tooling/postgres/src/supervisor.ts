import { setTimeout as sleep } from 'node:timers/promises'

import { AlreadyRunningError, messageOf } from './errors.ts'
import { type Lock, takeLock } from './lock.ts'
import { leftovers, type Postmaster, type Server, startPostmaster, stopPostmaster } from './postmaster.ts'
import { signal } from './processes.ts'

export interface Supervised {
  pid(): number
  announce(url: string): Promise<void>
  stop(): Promise<void>
}

/** Locks the cluster for this process and brings its server back whenever it dies by itself. */
export async function supervise(server: Server, first: Postmaster, lockUrl: string): Promise<Supervised> {
  let postmaster = first
  let serving: string | undefined
  let lock: Lock | undefined
  let restarting: Promise<void> = Promise.resolve()
  const stopping = new AbortController()

  lock = await takeLock(lockUrl)
  if (!lock) {
    await stopPostmaster(postmaster.pid)
    throw new AlreadyRunningError({ pid: postmaster.pid })
  }
  void keepLock(lock)
  void keepAlive(postmaster)

  return {
    pid: () => postmaster.pid,
    async announce(url) {
      serving = url
      // While the server restarts there is no lock to write on; the next one carries the address.
      await lock?.announce(url).catch(() => {})
    },
    async stop() {
      stopping.abort()
      await restarting
      await lock?.release()
      await stopPostmaster(postmaster.pid)
    },
  }

  async function keepAlive(running: Postmaster): Promise<void> {
    await running.ended
    if (!stopping.signal.aborted) restarting = restart(running)
  }

  async function restart({ pid, port }: Postmaster): Promise<void> {
    const since = performance.now()
    server.onLog(`PostgreSQL (process ${pid}) ended unexpectedly; starting it again.`)
    for (let pause = 50; !stopping.signal.aborted; pause = Math.min(pause * 2, 5000)) {
      // Sessions leave by themselves when they see that their server is gone, except in the midst of a long query.
      const patience = performance.now() - since
      if (patience > 1000) {
        leftovers(server.cluster).forEach((left) => signal(left, patience > 5000 ? 'SIGKILL' : 'SIGQUIT'))
      }
      try {
        postmaster = await startPostmaster(server, port)
        void keepAlive(postmaster)
        return
      } catch (error) {
        server.onLog(`PostgreSQL did not start: ${messageOf(error)}`)
      }
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  async function keepLock(held: Lock): Promise<void> {
    await held.lost
    lock = undefined
    while (!stopping.signal.aborted && !lock) {
      await restarting
      lock = await takeLock(lockUrl, serving).catch(() => undefined)
      if (!lock) await sleep(200, undefined, { signal: stopping.signal }).catch(() => {})
    }
    // It may have come back in the middle of a stop.
    if (stopping.signal.aborted) await lock?.release()
    else if (lock) await keepLock(lock)
  }
}
