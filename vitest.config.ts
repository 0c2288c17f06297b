import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/**/*.test.ts', 'apps/**/*.test.ts', 'tooling/**/*.test.ts'],
    globalSetup: ['tooling/testing/src/global-setup.ts'],
    // Files share a module graph (five times faster): no test may leave global state behind.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
