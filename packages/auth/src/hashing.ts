import { BusyError } from '@ownlist/db'
import type { Argon2Parameters } from 'node:crypto'
import { Worker } from 'node:worker_threads'

export interface HashingOptions {
  /** Hashes that are computed at once: each takes a core and its memory for tens of milliseconds. */
  threads: number
  /** How many may wait for their turn. Whoever comes after them is told to come again. */
  mostWaiting: number
}

interface Job {
  parameters: Argon2Parameters
  resolve: (hash: Buffer) => void
  reject: (error: unknown) => void
}

/**
 * argon2id in threads of its own, to which the system gives what others leave over: however many sign in, requests that need a
 * few milliseconds do not wait for hashes that need many. (On libuv's pool, where `crypto.argon2` would compute them, they
 * compete with everybody else as equals.) The threads start with the first hash and keep no process from ending.
 */
export function createHashing({ threads, mostWaiting }: HashingOptions) {
  const waiting: Job[] = []
  const idle: Worker[] = []
  const busy = new Map<Worker, Job>()

  function next(): void {
    const job = waiting[0]
    const worker = job && (idle.pop() ?? (busy.size < threads ? start() : undefined))
    if (!worker) return
    waiting.shift()
    busy.set(worker, job)
    worker.ref()
    worker.postMessage(job.parameters, [])
  }

  function start(): Worker {
    const worker = new Worker(`(${hashingThread.toString()})()`, { eval: true })
    worker.on('message', ({ hash, error }: { hash?: Uint8Array; error?: string }) => {
      const job = busy.get(worker)
      busy.delete(worker)
      worker.unref()
      idle.push(worker)
      if (hash) job?.resolve(Buffer.from(hash))
      else job?.reject(new Error(error))
      next()
    })
    worker.on('error', (error) => {
      busy.get(worker)?.reject(error)
      busy.delete(worker)
      next()
    })
    return worker
  }

  return {
    /** @throws BusyError where too many wait already */
    derive: (parameters: Argon2Parameters): Promise<Buffer> => {
      if (waiting.length >= mostWaiting) return Promise.reject(new BusyError('too many passwords at once'))
      return new Promise((resolve, reject) => {
        waiting.push({ parameters, resolve, reject })
        next()
      })
    },
  }
}

/** Its text is what a thread runs, so that it needs no file of its own in the bundle: it may use nothing from around it. */
function hashingThread(): void {
  const { argon2Sync } = process.getBuiltinModule('node:crypto')
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  // To Linux a priority is the thread's (setpriority(2)); elsewhere it would be that of the whole server.
  if (process.platform === 'linux') process.getBuiltinModule('node:os').setPriority(0, 10)
  parentPort?.on('message', (parameters: Argon2Parameters) => {
    try {
      parentPort.postMessage({ hash: argon2Sync('argon2id', parameters) }, [])
    } catch (error) {
      parentPort.postMessage({ error: String(error) }, [])
    }
  })
}
