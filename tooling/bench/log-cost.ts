import { randomUUID } from 'node:crypto'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { BenchDatabase } from './database.ts'
import { signIn, type HttpRequest } from './requests.ts'
import { startOwnlist } from './servers.ts'
import { percent, spread, table, type Spread } from './statistics.ts'

export interface LogCost {
  workload: string
  connections: number
  /** Requests per second: nothing is logged; the log; the log and operation ids. */
  without: Spread
  withLog: Spread
  withOperations: Spread
  logRatio: Spread
  ratio: Spread
}

/**
 * What the log costs those who write: the same server on the same database, with and without the triggers
 * that write the log, by turns. Ten people write, as the typed client sends it.
 */
export async function logCost(
  database: BenchDatabase,
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
): Promise<LogCost[]> {
  const ownlist = await startOwnlist(database)
  try {
    const callers = await Promise.all(database.people.map((person) => signIn(ownlist.url, person)))
    const ids = await Promise.all(
      database.people.map(({ id }) =>
        database.query<{ id: string }>('select id from tasks where user_id = $1 order by id desc limit 100', [
          id,
        ]),
      ),
    )
    const workloads = {
      create: callers.map((caller) => caller.call('tasks.create', { title: 'Write it down' })),
      update: callers.flatMap((caller, at) =>
        (ids[at] ?? []).map(({ id }) => caller.call('tasks.update', { id, title: '<new>' })),
      ),
    }
    const results: LogCost[] = []
    for (const connections of [10, 50]) {
      for (const [workload, requests] of Object.entries(workloads)) {
        const load = { url: ownlist.url, requests, connections, duration: seconds, operations: false }
        const measured: { without: number; withLog: number; withOperations: number }[] = []
        for (let round = -1; round < rounds; round++) {
          const one = { without: 0, withLog: 0, withOperations: 0 }
          const turns = [
            async () => {
              await logs(database, false)
              one.without = await write(load)
              await logs(database, true)
            },
            async () => (one.withLog = await write(load)),
            async () => (one.withOperations = await write({ ...load, operations: true })),
          ]
          // Who goes first changes from round to round; the first round only warms up.
          for (const at of turns.keys()) await turns[(at + round + 1) % turns.length]?.()
          if (round >= 0) measured.push(one)
        }
        const result = {
          workload,
          connections,
          without: spread(measured.map((one) => one.without)),
          withLog: spread(measured.map((one) => one.withLog)),
          withOperations: spread(measured.map((one) => one.withOperations)),
          logRatio: spread(measured.map((one) => one.withLog / one.without)),
          ratio: spread(measured.map((one) => one.withOperations / one.without)),
        }
        results.push(result)
        say(`  ${workload}, ${connections} clients: ${percent(result.ratio.median)}`)
      }
    }
    return results
  } finally {
    await ownlist.stop()
  }
}

export function logCostTable(results: LogCost[]): string {
  return table([
    ['writes/s', 'clients', 'no log', 'log', 'kept', 'log and operation ids', 'kept', 'min', 'max'],
    ...results.map((one) => [
      one.workload,
      one.connections,
      one.without.median.toFixed(0),
      one.withLog.median.toFixed(0),
      percent(one.logRatio.median),
      one.withOperations.median.toFixed(0),
      percent(one.ratio.median),
      percent(one.ratio.min),
      percent(one.ratio.max),
    ]),
  ])
}

/** The clock and the revision of each task stay: those the house had before there was a log. */
async function logs(database: BenchDatabase, on: boolean): Promise<void> {
  const word = on ? 'enable' : 'disable'
  for (const kind of ['insert', 'update', 'delete']) {
    await database.query(`alter table tasks ${word} trigger tasks_log_${kind}`)
  }
  if (on) await database.query('drop trigger bench_silence on revisions')
  else {
    await database.query(`create or replace function bench_silence() returns trigger language plpgsql as
      'begin return null; end'`)
    await database.query(`create trigger bench_silence before insert on revisions
      for each row execute function bench_silence()`)
  }
}

interface Writing {
  url: string
  requests: HttpRequest[]
  connections: number
  duration: number
  /** Whether each request carries an operation id of its own, as the typed client sends it. */
  operations: boolean
}

/** Requests per second, from a process of their own. */
export async function write(load: Writing): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  child.send(load)
  const [answered] = (await once(child, 'message')) as [number]
  child.kill()
  return answered / load.duration
}

if (import.meta.main) {
  process.once('message', (load: Writing) => void run(load).then((answered) => process.send?.(answered)))
}

async function run({ url, requests, connections, duration, operations }: Writing): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const end = performance.now() + duration * 1000
  let answered = 0
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (performance.now() < end) {
        const one = requests[next++ % requests.length]
        if (!one) return
        await send(agent, url, one, operations, next)
        answered++
      }
    }),
  )
  return answered
}

function send(agent: Agent, url: string, one: HttpRequest, operations: boolean, turn: number): Promise<void> {
  const named = (one.body ?? '').replace('<new>', `Turn ${turn}`)
  const body = operations ? named.replace('{"0":{', `{"0":{"opId":"${randomUUID()}",`) : named
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(one.path, url),
      { agent, method: one.method, headers: { ...one.headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`))
        response.resume().on('end', resolve)
      },
    )
    sent.on('error', reject).end(body)
  })
}
