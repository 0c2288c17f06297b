import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { createClient, type Ownlist, type Outputs, signUp } from '../../packages/client/src/index.ts'
import { startPostgres } from '../postgres/src/index.ts'
import { freePort } from '../postgres/src/postmaster.ts'
import { isAlive } from '../postgres/src/processes.ts'
import { seeded, type Random } from './random.ts'
import { keepServer, type RestartedServer } from './restarted-server.ts'
import { write, type Account } from './writer.ts'

export interface KillCampaign {
  /** The server's entry: its source, or the bundle that production runs. */
  main: string
  /** How often each of the two is killed. */
  kills: number
  writers: number
  seed: number
  /** False gives up what is promised: to see that the campaign would notice. */
  durable?: boolean
  say?: (line: string) => void
}

export interface KillReport {
  kills: { server: number; postgres: number }
  acknowledged: number
  tasks: number
  found: number
  /** Acknowledged writes that are not there, or not as they were acknowledged. */
  lost: string[]
  duplicates: number
  retried: number
  unexpected: string[]
  serverDeaths: readonly string[]
  refusedStarts: number
  /** Milliseconds from a kill to the next acknowledged write. */
  recoveries: number[]
  leftRunning: number[]
}

type Task = Outputs['tasks']['get']

/**
 * Kills the server and PostgreSQL in turns nobody can foresee, while writers write through HTTP, and holds what is
 * there at the end against what was acknowledged.
 */
export async function killCampaign(campaign: KillCampaign): Promise<KillReport> {
  const { main, kills, writers, seed, durable = true, say = () => {} } = campaign
  const random = seeded(seed)
  const home = mkdtempSync(join(tmpdir(), 'ownlist-kills-'))
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable })
  let server: RestartedServer | undefined
  const pids: number[] = []
  const stopWriting = new AbortController()
  const done = { server: 0, postgres: 0 }
  const recoveries: number[] = []

  try {
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    server = await keepServer(main, {
      DATABASE_URL: postgres.serverUrl,
      DATABASE_URL_UNPOOLED: postgres.url,
      AUTH_SECRET: randomBytes(32).toString('hex'),
      PORT: String(port),
      LOG_LEVEL: 'silent',
    })
    const clients = await Promise.all(Array.from({ length: 4 }, () => newUser(url)))
    let lastWrite = performance.now()
    const writing = Array.from({ length: writers }, (_, at) => {
      const client = clients[at % clients.length]
      if (!client) throw new Error('nobody to write for')
      return write(`writer ${at}`, client, {
        random: seeded(seed + 1 + at),
        signal: stopWriting.signal,
        onAcknowledged: () => void (lastWrite = performance.now()),
      })
    })

    // Where the campaign itself fails, nobody waits for its writers.
    for (const writer of writing) writer.catch(() => {})
    for (const victim of shuffled(kills, random)) {
      await sleep(100 + random() * 900)
      await server.listening()
      const killedAt = performance.now()
      if (victim === 'postgres') {
        const { pid } = postgres
        process.kill(pid, 'SIGKILL')
        pids.push(pid)
        // Sessions outlive their postmaster by a moment and may still answer: what counts comes from the next one.
        await until(() => postgres.pid !== pid, 'PostgreSQL does not come back')
      } else {
        pids.push(server.pid)
        server.kill()
      }
      done[victim]++
      await server.listening()
      const backAt = performance.now()
      await until(() => lastWrite > backAt, `no write is acknowledged after killing ${victim}`)
      const recovery = lastWrite - killedAt
      recoveries.push(recovery)
      say(`${victim} killed, writing again after ${recovery.toFixed(0)} ms`)
    }
    await sleep(200)
    stopWriting.abort()
    const accounts = await Promise.all(writing)
    const there = (await Promise.all(clients.map(allTasks))).flat()
    return {
      ...compare(accounts, there),
      kills: done,
      serverDeaths: server.deaths,
      refusedStarts: server.refusedStarts,
      recoveries,
      leftRunning: await stop(),
    }
  } finally {
    stopWriting.abort()
    await stop()
  }

  async function stop(): Promise<number[]> {
    pids.push(postgres.pid, server?.pid ?? 0)
    await server?.stop()
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
    return pids.filter((pid) => pid > 0 && isAlive(pid))
  }
}

/** What was promised against what is there. */
export function compare(accounts: Account[], there: Task[]) {
  const found = new Map(there.map((task) => [task.id, task]))
  const promised = accounts.flatMap(({ tasks }) => [...tasks.values()])
  const lost = accounts.flatMap((account) => account.lost)
  for (const task of promised) {
    const now = found.get(task.id)
    if (!now) lost.push(`${task.id}: "${task.title}" is gone`)
    else if (!isDeepStrictEqual(now, task))
      lost.push(`${task.id}: ${JSON.stringify(task)}, found ${JSON.stringify(now)}`)
  }
  return {
    acknowledged: accounts.reduce((sum, account) => sum + account.acknowledged, 0),
    tasks: promised.length,
    found: promised.filter(({ id }) => found.has(id)).length,
    lost,
    // Nobody else writes: what is there beyond was written twice.
    duplicates: Math.max(0, there.length - promised.length),
    retried: accounts.reduce((sum, account) => sum + account.retried, 0),
    unexpected: accounts.flatMap((account) => account.unexpected),
  }
}

async function newUser(url: string): Promise<Ownlist> {
  const email = `${randomBytes(6).toString('hex')}@example.org`
  const { token } = await signUp(url, { email, password: randomBytes(12).toString('hex') })
  return createClient({ url, token, retries: 0, timeout: 10_000 })
}

async function allTasks(client: Ownlist): Promise<Task[]> {
  const tasks: Task[] = []
  let cursor: string | null | undefined
  do {
    const page = await client.tasks.list.query({ limit: 500, ...(cursor && { cursor }) })
    tasks.push(...page.items)
    cursor = page.nextCursor
  } while (cursor)
  return tasks
}

async function until(condition: () => boolean, otherwise: string): Promise<void> {
  for (const deadline = performance.now() + 30_000; !condition(); await sleep(5)) {
    if (performance.now() > deadline) throw new Error(otherwise)
  }
}

type Victim = 'server' | 'postgres'

function shuffled(kills: number, random: Random): Victim[] {
  const victims = Array.from({ length: kills }, (): Victim[] => ['server', 'postgres']).flat()
  for (let at = victims.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const [one, two] = [victims[at], victims[other]]
    if (one && two) [victims[at], victims[other]] = [two, one]
  }
  return victims
}
