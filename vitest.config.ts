import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './tooling/closing-line.ts'

export default defineConfig({
  test: {
    reporters: ['default', new ClosingLine()],
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tooling/**/*.test.ts'],
    globalSetup: ['tooling/testing/src/global-setup.ts'],
    // Files share a module graph (five times faster): no test may leave global state behind.
    isolate: false,
    // Most tests wait for a server or a browser: also two cores have work for two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes at once, and not within a second on a machine that is busy.
    expect: { poll: { timeout: 15_000 } },
  },
})
