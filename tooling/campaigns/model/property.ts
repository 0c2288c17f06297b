import fc from 'fast-check'
import { count, type Counts } from './counts.ts'
import { run, type Run } from './run.ts'
import type { Server } from './server.ts'
import { scripts, type Script } from './steps.ts'

export interface ModelCampaign {
  server: Server
  runs: number
  seed: number
  /** Steps of a run at most, the network's among them. */
  steps?: number
  /** Milliseconds to look for a shorter script that fails. */
  shrinkFor?: number
  /** Told after each run. */
  after?: (run: Run, number: number) => void
}

export interface ModelReport {
  runs: number
  counts: Counts
  divergences: number
  lost: number
  doubled: number
  /** The shortest script that fails, what happened in it, and what was wrong. */
  counterexample: string | undefined
}

/** Runs random scripts until one fails, and then looks for the shortest one that does. */
export async function modelCampaign({
  server,
  runs,
  seed,
  steps = 650,
  shrinkFor = 60_000,
  after,
}: ModelCampaign): Promise<ModelReport> {
  const report: ModelReport = {
    runs: 0,
    counts: {},
    divergences: 0,
    lost: 0,
    doubled: 0,
    counterexample: undefined,
  }
  let failedAt: number | undefined
  const property = fc.asyncProperty(scripts({ most: steps }), async (script: Script) => {
    // Looking for the shortest one takes many runs; after a while a short one will do.
    if (failedAt !== undefined && performance.now() - failedAt > shrinkFor) return true
    const result = await run(server, script)
    const isWrong = result.divergences.length > 0
    if (failedAt === undefined) {
      report.runs++
      report.divergences += isWrong ? 1 : 0
      report.lost += result.lost.length
      report.doubled += result.doubled.length
      for (const [what, more] of Object.entries(result.counts)) count(report.counts, what, more)
      after?.(result, report.runs)
    }
    if (isWrong) {
      failedAt ??= performance.now()
      report.counterexample = [...result.trace, ...result.divergences.map((words) => `WRONG: ${words}`)].join(
        '\n',
      )
    }
    return !isWrong
  })
  await fc.check(property, { numRuns: runs, seed })
  return report
}
