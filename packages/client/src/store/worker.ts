import { errorOf } from '../errors.ts'
import type { OwnlistError } from '../errors.ts'
import type { Timers } from './ports.ts'

/**
 * Does a piece of work, one run at a time, and tries again with growing pauses where it fails. Runs that are asked
 * for while one is under way become one run after it.
 */
export function createWorker({
  work,
  failed,
  settled,
  timers,
  random,
  signal,
}: {
  work: () => Promise<void>
  /** Whether to try again by itself; otherwise the next `wake` does. */
  failed: (error: OwnlistError) => boolean
  /** Told when a run has ended, well or not. */
  settled?: () => void
  timers: Timers
  random: () => number
  signal: AbortSignal
}) {
  let running = false
  let wanted = false
  let attempts = 0
  let paused = false
  let cancelPause: (() => void) | undefined

  async function run(): Promise<void> {
    running = true
    do {
      wanted = false
      try {
        await work()
        attempts = 0
      } catch (thrown) {
        if (signal.aborted) break
        const error = errorOf(thrown)
        paused = true
        if (failed(error)) pause(error.retryAfter)
      }
    } while (wanted && !paused && !signal.aborted)
    running = false
    if (!signal.aborted) settled?.()
  }

  function pause(atLeast = 0): void {
    attempts++
    cancelPause = timers.after(Math.max(backoff(attempts, random), atLeast), wake)
  }

  /** Soon: now, or after the run under way; a pause is waited for. */
  function start(): void {
    if (signal.aborted || paused) return
    if (running) wanted = true
    else void run()
  }

  /** Now, whatever failed before. */
  function wake(): void {
    cancelPause?.()
    cancelPause = undefined
    paused = false
    start()
  }

  signal.addEventListener('abort', () => cancelPause?.())
  return {
    start,
    wake,
    isRunning: () => running,
    isPaused: () => paused,
    /** All is well again: the next pause is a short one. */
    calm() {
      attempts = 0
    },
  }
}

/** Half a second, one, two … up to a minute, each somewhere in its upper half, so that clients do not return all at once. */
function backoff(attempt: number, random: () => number): number {
  const most = Math.min(500 * 2 ** (attempt - 1), 60_000)
  return most / 2 + (random() * most) / 2
}
