import { boundMemory } from './memory.ts'

// What production runs: the server against the database of its environment, until it is told to stop.
boundMemory()
const { ConfigurationError, isUnavailable } = await import('@ownlist/db')
const { startServer } = await import('./start.ts')

try {
  const server = await startServer(process.env)
  process.stdout.write(`Ownlist is at ${server.url}\n`)

  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      void server.close().then(() => process.exit(0))
    })
  }
} catch (error) {
  if (!(error instanceof ConfigurationError) && !isUnavailable(error)) throw error
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
