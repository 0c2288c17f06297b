import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openOwner } from '../../packages/db/src/owner.fixture.ts'
import { startPostgres } from '../postgres/src/index.ts'
import { freePort } from '../postgres/src/free-port.ts'
import { isAlive } from '../postgres/src/processes.ts'
import { followers, newPeople, type Follower, type Person } from './people.ts'
import { Pause } from './pause.ts'
import { seeded, type Random } from './random.ts'
import { keepServer, type RestartedServer } from './restarted-server.ts'
import type { Page } from './subscriber.ts'
import { judge, type Verdict } from './verdict.ts'
import { write, writeInBulk, type Bulk } from './writer.ts'

export interface KillCampaign {
  /** The server's entry: its source, or the bundle that production runs. */
  main: string
  /** How often the servers are killed, and how often PostgreSQL is. */
  kills: number
  writers: number
  seed: number
  /** False gives up what is promised: to see that the campaign would notice. */
  durable?: boolean
  /** Spoils what subscribers pull: to see that the campaign would notice. */
  tamper?: (page: Page) => Page
  say?: (line: string) => void
}

export interface KillReport extends Verdict {
  kills: { server: number; postgres: number }
  /** Kills while a thousand tasks were being changed. */
  duringBulk: number
  /** Kills after which nobody wrote until everybody had heard of what was written last. */
  silent: number
  /** How often a subscriber resumed its stream. */
  resumed: number
  serverDeaths: readonly string[]
  refusedStarts: number
  /** Milliseconds from a kill to the next acknowledged write. */
  recoveries: number[]
  /** Milliseconds from an acknowledgement until every other client of the user had it, at most. */
  slowestNews: number
  leftRunning: number[]
}

/** Milliseconds within which a subscriber has to hear of what is there, with nothing new that would remind it. */
const patience = 40_000

/**
 * Kills two servers and PostgreSQL at moments nobody can foresee, while people write through HTTP and try again
 * blindly, and others follow what they write. What is there at the end is held against what was acknowledged, and
 * what each follower ever held against the log.
 */
export async function killCampaign(campaign: KillCampaign): Promise<KillReport> {
  const { main, kills, writers, seed, durable = true, say = () => {} } = campaign
  const random = seeded(seed)
  const home = mkdtempSync(join(tmpdir(), 'ownlist-kills-'))
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable })
  const servers: RestartedServer[] = []
  const pids: number[] = []
  const stop = { writing: new AbortController(), following: new AbortController() }
  const done = { server: 0, postgres: 0, duringBulk: 0, silent: 0 }
  const recoveries: number[] = []
  const unheard: string[] = []

  try {
    const secret = randomBytes(32).toString('hex')
    const urls: string[] = []
    for (let count = 0; count < 2; count++) {
      const port = await freePort()
      urls.push(`http://127.0.0.1:${port}`)
      servers.push(
        await keepServer(main, {
          DATABASE_URL: postgres.serverUrl,
          DATABASE_URL_UNPOOLED: postgres.url,
          AUTH_SECRET: secret,
          PORT: String(port),
          LOG_LEVEL: 'silent',
          // What a test makes in a second, people make in a day.
          RATE_LIMIT_ACCOUNT: '1000000',
          RATE_LIMIT_ADDRESS: '1000000',
          RATE_LIMIT_IDENTITY: '1000000',
        }),
      )
    }
    const [first, people] = await newPeople(4, urls, postgres.url)
    const following = [first, ...people].flatMap((person, at) =>
      followers(person, urls, { seed: seed + 1_000 * (at + 1), tamper: campaign.tamper }),
    )
    const followed = following.map(({ subscriber }) => subscriber.follow(stop.following.signal))

    let lastWrite = performance.now()
    const pause = new Pause()
    const optionsFor = (person: Person, at: number) => ({
      url: urls[at % 2] ?? '',
      token: person.token,
      acknowledged: person.acknowledged,
      pause,
      random: seeded(seed + 1 + at),
      signal: stop.writing.signal,
      onAcknowledged: () => void (lastWrite = performance.now()),
    })
    const bulk = writeInBulk(first.seeded, optionsFor(first, 0))
    const writing = Array.from({ length: writers }, (_, at) => {
      const person = people[Math.floor(at / 2) % people.length]
      if (!person) throw new Error('nobody to write for')
      const account = write(`writer ${at}`, optionsFor(person, at))
      person.writing.push(account)
      return account
    })
    // Where the campaign itself fails, nobody waits for them.
    for (const running of [...writing, ...followed, bulk.done]) running.catch(() => {})

    for (const victim of shuffled(kills, random)) {
      await Promise.all(servers.map((server) => server.listening()))
      await moment(random, bulk)
      // What is written in this moment is the last for a while: if its news dies, nothing else reminds of it.
      const silent = random() < 0.5
      if (silent) pause.begin()
      if (bulk.busy) done.duringBulk++
      const killedAt = performance.now()
      await kill(victim)
      done[victim]++
      await Promise.all(servers.map((server) => server.listening()))
      const backAt = performance.now()
      if (silent) {
        done.silent++
        await pause.settled()
        const answered = performance.now()
        // Whoever did not hear of it once is waited for no more; the verdict has it.
        if (unheard.length === 0) unheard.push(...(await deaf(following)))
        const wait = `${(performance.now() - answered).toFixed(0)} ms`
        say(`${victim} killed, ${unheard.length} have not heard of what was written last after ${wait}`)
        pause.end()
        continue
      }
      await until(() => lastWrite > backAt, `no write is acknowledged after killing ${victim}`)
      recoveries.push(lastWrite - killedAt)
      say(`${victim} killed, writing again after ${(lastWrite - killedAt).toFixed(0)} ms`)
    }

    stop.writing.abort()
    await Promise.all([...writing, bulk.done])
    if (unheard.length === 0) unheard.push(...(await deaf(following)))
    stop.following.abort()
    await Promise.all(followed)
    const url = urls[0] ?? ''
    const owner = await openOwner(postgres.url)
    const verdict = await judge({ first, people, bulk: await bulk.done, following, owner, url }).finally(
      () => {
        void owner.end()
      },
    )
    return {
      ...verdict,
      holes: [...unheard, ...verdict.holes],
      kills: { server: done.server, postgres: done.postgres },
      duringBulk: done.duringBulk,
      silent: done.silent,
      resumed: following.reduce((sum, { subscriber }) => sum + subscriber.resumed, 0),
      serverDeaths: servers.flatMap(({ deaths }) => deaths),
      refusedStarts: servers.reduce((sum, server) => sum + server.refusedStarts, 0),
      recoveries,
      slowestNews: Math.max(...[first, ...people].map(({ acknowledged }) => acknowledged.slowest)),
      leftRunning: await stopAll(),
    }
  } finally {
    stop.writing.abort()
    stop.following.abort()
    await stopAll()
  }

  async function kill(victim: Victim): Promise<void> {
    if (victim === 'postgres') {
      const { pid } = postgres
      process.kill(pid, 'SIGKILL')
      pids.push(pid)
      // Sessions outlive their postmaster by a moment and may still answer: what counts comes from the next one.
      await until(() => postgres.pid !== pid, 'PostgreSQL does not come back')
      return
    }
    const server = servers[Math.floor(random() * servers.length)]
    pids.push(server?.pid ?? 0)
    server?.kill()
  }

  async function stopAll(): Promise<number[]> {
    pids.push(postgres.pid, ...servers.map(({ pid }) => pid))
    await Promise.all(servers.map((server) => server.stop()))
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
    return pids.filter((pid) => pid > 0 && isAlive(pid))
  }
}

/** Any moment; every third time one at which a long transaction is under way. */
async function moment(random: Random, bulk: Bulk): Promise<void> {
  await sleep(100 + random() * 900)
  if (random() > 1 / 3) return
  await Promise.race([bulk.underWay(), sleep(2_000)])
  await sleep(random() * 80)
}

/** Those who have not heard of what was acknowledged, when there was nothing new for long enough. */
async function deaf(following: Follower[]): Promise<string[]> {
  const behind = () =>
    following.filter(({ person, subscriber }) => subscriber.revision < person.acknowledged.revision)
  await until(() => behind().length === 0, '', patience).catch(() => {})
  return behind().map(
    ({ person, subscriber }) =>
      `a subscriber at ${subscriber.revision} heard nothing of ${person.acknowledged.revision} for ${patience / 1000} s`,
  )
}

async function until(condition: () => boolean, otherwise: string, milliseconds = 30_000): Promise<void> {
  for (const deadline = performance.now() + milliseconds; !condition(); await sleep(5)) {
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
