import { eraseDue, removeExpired, UpkeepElsewhereError, type Database, type Retention } from '@ownlist/db'
import type { Logger } from 'pino'

export interface JobOptions {
  database: Database
  retention: Retention
  log: Pick<Logger, 'info' | 'error'>
  now?: () => Date
  /** Milliseconds between two runs, about: servers that start together do not stay together. */
  interval?: number
  /** Milliseconds after the start in which the first run begins, when requests have their caches filled. */
  delay?: number
  /** Milliseconds until a run that somebody asked for. */
  soonDelay?: number
}

export interface Jobs {
  /** Runs in a moment, because something came up that should not wait for the next hour. */
  soon(): void
  /** Ends after the step under way. */
  stop(): Promise<void>
}

/**
 * The work in the background: what is older than it has to be kept goes, and accounts whose time is over are erased.
 * Every server has it and one at a time does it. A failure is logged, and the next run goes on where it ended.
 */
export function startJobs({
  database,
  retention,
  log,
  now = () => new Date(),
  interval = 3_600_000,
  delay = 300_000,
  soonDelay = 1_000,
}: JobOptions): Jobs {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let timer = runIn(delay * (0.2 + Math.random()))

  function runIn(milliseconds: number): NodeJS.Timeout {
    const planned = setTimeout(() => {
      running = run().finally(() => {
        if (!stopping.signal.aborted) timer = runIn(interval * (0.75 + Math.random() / 2))
      })
    }, milliseconds)
    planned.unref()
    return planned
  }

  const { signal } = stopping
  const jobs = [
    async () => {
      const receipts = await eraseDue(database, { signal })
      if (receipts.length > 0) log.info({ receipts }, 'accounts erased')
    },
    async () => {
      const removed = await removeExpired(database, retention, { signal, now })
      if (Object.values(removed).some((rows) => rows > 0)) log.info({ removed }, 'expired rows removed')
    },
  ]

  async function run(): Promise<void> {
    for (const job of jobs) {
      try {
        await job()
      } catch (error) {
        if (signal.aborted || error instanceof UpkeepElsewhereError) return
        log.error({ err: error }, 'a job failed and will be tried again')
      }
    }
  }

  async function afterRun(): Promise<void> {
    await running
    clearTimeout(timer)
    if (!stopping.signal.aborted) timer = runIn(soonDelay)
  }

  return {
    soon() {
      if (stopping.signal.aborted) return
      clearTimeout(timer)
      void afterRun()
    },
    async stop() {
      stopping.abort()
      clearTimeout(timer)
      await running
    },
  }
}
