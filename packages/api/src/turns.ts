import { openSteps, type Database, type Steps } from '@ownlist/db'
import { asAppError, AppError, type Reason } from './errors.ts'
import type { LiveUpdates } from './sync/live.ts'

/**
 * Mutations of one request take effect one after the other, in the order of the request, and are committed
 * together: an outbox may send twenty changes at once although each depends on those before it. What is refused
 * is refused alone. Where one fails for a reason that passes by itself, those after it are not tried and fail with
 * it; where the commit fails, none has happened: the client sends them all again.
 */
export interface Turns {
  /** Runs a call when those before it in the request have ended; gives its result when all is committed. */
  take<R extends Result>(place: number, run: () => Promise<R>): Promise<R>
  /** To the call whose turn it is: where its changes go. */
  database(userId: string): Promise<Database>
  /** What to tell others once it is true. */
  changed(userId: string, revision: number): void
  /** Commits what was done so far, for a call that has a transaction of its own. */
  commit(): Promise<void>
}

type Result = { ok: true } | { ok: false; error: Error }

interface Call {
  place: number
  run(): Promise<AppError | undefined>
  /** Ends the call: with its result, or with the failure of all. */
  end(failure: AppError | undefined): void
}

export function createTurns({ database, live }: { database: Database; live: LiveUpdates }): Turns {
  const waiting: Call[] = []
  let uncommitted: Call[] = []
  let isRunning = false
  let steps: Promise<Steps> | undefined
  let news: { userId: string; revision: number } | undefined

  async function runAll(): Promise<void> {
    let failure: AppError | undefined
    for (;;) {
      const next = waiting.toSorted((a, b) => a.place - b.place)[0]
      if (!next) break
      waiting.splice(waiting.indexOf(next), 1)
      if (failure) {
        next.end(failure)
        continue
      }
      failure = await next.run()
      uncommitted.push(next)
    }
    await commit().catch(() => {})
    isRunning = false
  }

  async function commit(): Promise<void> {
    const [calls, told, open] = [uncommitted, news, steps]
    uncommitted = []
    news = steps = undefined
    try {
      await (await open)?.commit()
    } catch (error) {
      const failure = asAppError(error)
      for (const call of calls) call.end(failure)
      throw failure
    }
    for (const call of calls) call.end(undefined)
    if (told) live.changed(told.userId, told.revision)
  }

  return {
    take<R extends Result>(place: number, run: () => Promise<R>) {
      return new Promise<R>((resolve, reject) => {
        let outcome: { result: R } | { error: Error } | undefined
        waiting.push({
          place,
          async run() {
            try {
              const result = await run()
              outcome = { result }
              return result.ok ? undefined : passing(result.error)
            } catch (error) {
              outcome = {
                error: error instanceof Error ? error : new Error('a call failed', { cause: error }),
              }
              return passing(error)
            }
          },
          end(failure) {
            if (outcome && 'error' in outcome) return reject(outcome.error)
            // What was refused stays refused, whatever became of the rest.
            if (outcome && (!failure || !outcome.result.ok)) return resolve(outcome.result)
            reject(failure ?? new AppError('INTERNAL'))
          },
        })
        if (isRunning) return
        isRunning = true
        // All calls of the request have come this far by then.
        setImmediate(() => void runAll())
      })
    },
    async database(userId) {
      steps ??= openSteps(database, userId)
      return (await steps).database
    },
    changed(userId, revision) {
      news = { userId, revision }
    },
    commit,
  }
}

const passingReasons = new Set<Reason>(['DATABASE_UNAVAILABLE', 'TOO_SLOW', 'WRITE_CONFLICT', 'CANCELLED'])

function passing(error: unknown): AppError | undefined {
  const failure = asAppError(error)
  return passingReasons.has(failure.reason) ? failure : undefined
}
