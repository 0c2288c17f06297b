import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RestartedServer {
  readonly pid: number
  /** Resolves when a server listens, at once where it does. */
  listening(): Promise<void>
  /** SIGKILL. */
  kill(): void
  /** Ends of a listening server that nobody here asked for, each with its last words. */
  readonly deaths: readonly string[]
  /** Starts that gave up, which is right while the database is away. */
  readonly refusedStarts: number
  stop(): Promise<void>
}

/** A server and what service managers do for it: it is started again whenever it ends. */
export async function keepServer(main: string, environment: NodeJS.ProcessEnv): Promise<RestartedServer> {
  const deaths: string[] = []
  let child: ChildProcess | undefined
  let listens = false
  let killed = false
  let stopping = false
  let refusedStarts = 0
  const running = loop()
  const server: RestartedServer = {
    get pid() {
      return child?.pid ?? 0
    },
    async listening() {
      for (const deadline = performance.now() + 30_000; !listens; await sleep(5)) {
        if (performance.now() > deadline) throw new Error('the server does not come up')
      }
    },
    kill() {
      killed = true
      listens = false
      child?.kill('SIGKILL')
    },
    deaths,
    get refusedStarts() {
      return refusedStarts
    },
    async stop() {
      stopping = true
      child?.kill('SIGTERM')
      await running
    },
  }
  await server.listening().catch(async (error: unknown) => {
    await server.stop()
    throw error
  })
  return server

  async function loop(): Promise<void> {
    while (!stopping) {
      listens = killed = false
      const starting = spawn(process.execPath, [main], {
        env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      child = starting
      let listened = false
      let words = ''
      starting.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('http://')) listens = listened = true
      })
      starting.stderr.on('data', (chunk: Buffer) => (words = (words + String(chunk)).slice(-2_000)))
      const [code, signal] = (await once(starting, 'close')) as [number | null, string | null]
      if (stopping) return
      if (!listened) refusedStarts++
      else if (!killed) deaths.push(`${signal ?? code}: ${words.trim()}`)
      await sleep(50)
    }
  }
}
