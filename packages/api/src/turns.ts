import { asAppError, type AppError, type Reason } from './errors.ts'

/** Runs a call when those before it in the request have ended. */
export type InTurn = <Result extends { ok: true } | { ok: false; error: Error }>(
  place: number,
  run: () => Promise<Result>,
) => Promise<Result>

/**
 * Mutations of one request take effect one after the other, in the order of the request: an outbox may
 * send twenty changes at once although each depends on those before it. Where one fails for a reason
 * that passes by itself, those after it are not tried and fail with it: the client sends them all again.
 */
export function createTurns(): InTurn {
  const waiting: { place: number; take(failure: AppError | undefined): Promise<AppError | undefined> }[] = []
  let isRunning = false

  async function runAll(): Promise<void> {
    let failure: AppError | undefined
    for (;;) {
      const next = waiting.toSorted((a, b) => a.place - b.place)[0]
      if (!next) break
      waiting.splice(waiting.indexOf(next), 1)
      failure = (await next.take(failure)) ?? failure
    }
    isRunning = false
  }

  return (place, run) =>
    new Promise((resolve, reject) => {
      waiting.push({
        place,
        async take(failure) {
          if (failure) {
            reject(failure)
            return failure
          }
          try {
            const result = await run()
            resolve(result)
            return result.ok ? undefined : passing(result.error)
          } catch (error) {
            reject(error instanceof Error ? error : new Error('a call failed', { cause: error }))
            return passing(error)
          }
        },
      })
      if (isRunning) return
      isRunning = true
      // All calls of the request have come this far by then.
      setImmediate(() => void runAll())
    })
}

const passingReasons = new Set<Reason>(['DATABASE_UNAVAILABLE', 'TOO_SLOW', 'WRITE_CONFLICT', 'CANCELLED'])

function passing(error: unknown): AppError | undefined {
  const failure = asAppError(error)
  return passingReasons.has(failure.reason) ? failure : undefined
}
