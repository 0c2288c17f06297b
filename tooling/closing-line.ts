import { writeSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends the output with `N passed, N failed` alone on the last line, for people in a hurry and for scripts. What
 * keeps tests from running at all (a file that does not load, a hook that throws, an error nobody caught) counts
 * as failed: the line never says `0 failed` of a run that failed.
 */
export class ClosingLine implements Reporter {
  #line = ''

  onInit() {
    // As the process ends, and not as the run does: other reporters and warnings come in between.
    process.on('exit', () => {
      if (this.#line) writeSync(1, `\n${this.#line}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[], reason: string) {
    const count = (state: string) =>
      modules.reduce(
        (sum, module) =>
          sum + [...module.children.allTests()].filter((test) => test.result().state === state).length,
        0,
      )

    const broken = modules.reduce(
      (sum, module) =>
        sum +
        module.errors().length +
        [...module.children.allSuites()].filter((suite) => suite.errors().length > 0).length,
      0,
    )
    const failed = count('failed') + broken + unhandledErrors.length
    const skipped = count('skipped')
    this.#line =
      `${count('passed')} passed, ${reason === 'failed' ? Math.max(failed, 1) : failed} failed` +
      (skipped > 0 ? `, ${skipped} skipped` : '')
  }
}
