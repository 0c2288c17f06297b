import { watchLaunchers } from './launchers.ts'

export interface Stopping {
  /** Registers something to end. What came last ends first. */
  add(end: () => Promise<unknown> | undefined): void
  stop(exitCode: number): Promise<never>
  readonly begun: boolean
}

const limit = 15_000

/**
 * Ends the process in order, whatever asks for it: Ctrl-C, a service manager, a closed terminal, or a package
 * manager above us that went away.
 */
export function prepareStopping(): Stopping {
  const ends: (() => Promise<unknown> | undefined)[] = []
  let begunAt: number | undefined
  let failed = false

  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => ask(name))
  // A closed terminal makes every further line an error, which must not get in the way of an orderly end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  watchLaunchers(() => ask('SIGTERM'))

  return {
    add: (end) => void ends.push(end),
    stop,
    get begun() {
      return begunAt !== undefined
    },
  }

  function ask(name: NodeJS.Signals): void {
    if (begunAt === undefined) {
      if (name === 'SIGINT') process.stdout.write('\nStopping. Ctrl-C again to force.\n')
      void stop(0)
      return
    }
    // One Ctrl-C can arrive twice, from the terminal and from the package manager; a second one is meant. The
    // database survives either way: its guard stops it, and what was committed is on disk.
    if (name === 'SIGINT' && performance.now() - begunAt > 1000) process.exit(130)
  }

  async function stop(exitCode: number): Promise<never> {
    if (begunAt === undefined) {
      begunAt = performance.now()
      setTimeout(() => process.exit(1), limit).unref()
      for (const end of ends.toReversed()) {
        try {
          await end()
        } catch (error) {
          failed = true
          process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        }
      }
      process.exit(failed ? 1 : exitCode)
    }
    return new Promise<never>(() => {})
  }
}
