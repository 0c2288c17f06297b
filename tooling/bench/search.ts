import type { BenchDatabase } from './database.ts'
import { write } from './log-cost.ts'
import { signIn } from './requests.ts'
import { startOwnlist } from './servers.ts'
import { latency, ms, percent, spread, table, type Latency, type Spread } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export interface Search {
  tasks: number
  what: string
  q: string
  found: number
  /** Milliseconds of the first time, when the server and PostgreSQL have not seen the word. */
  cold: number
  latency: Latency
}

const words: [what: string, q: string][] = [
  ['in every tenth title', 'invoice'],
  ['in most titles and comments', 'the'],
  ['in every tenth comment', 'yesterday'],
  ['in every sixth description', 'words about'],
  ['in few titles', 'zoe 99'],
  ['in few comments', 'yesterday wo'],
  ['in none', 'nowhere'],
  ['one letter, in all', 'e'],
  ['one letter, starting titles', 'w'],
  ['two letters, in none', 'zq'],
]

/** As people type: whoever has 10,000 tasks and whoever has 100,000, one search at a time. */
export async function search(database: BenchDatabase, samples: number): Promise<Search[]> {
  const server = await startOwnlist(database)
  const requests = timedRequests(server.url, 1)
  try {
    const results: Search[] = []
    for (const person of database.people.slice(0, 2)) {
      const caller = await signIn(server.url, person)
      // The server has compiled what it runs by then; of the words measured it has seen none.
      for (let at = 0; at < 100; at++)
        await requests.run(caller.call('tasks.search', { q: `warm ${at % 7}` }))
      for (const [what, q] of words) {
        let found = 0
        const times: number[] = []
        for (let sample = 0; sample <= samples; sample++) {
          const started = performance.now()
          const text = await requests.run(caller.call('tasks.search', { q }))
          times.push(performance.now() - started)
          found = (JSON.parse(text) as [{ result: { data: { items: unknown[] } } }])[0].result.data.items
            .length
        }
        const [cold = NaN, ...warm] = times
        results.push({ tasks: person.tasks, what, q, found, cold, latency: latency(warm) })
      }
    }
    return results
  } finally {
    requests.close()
    await server.stop()
  }
}

export function searchTable(results: Search[]): string {
  return table([
    ['search, ms', 'text', 'tasks', 'found', 'cold', 'p50', 'p95', 'p99', 'max'],
    ...results.map(({ what, q, tasks, found, cold, latency: { p50, p95, p99, max } }) => [
      what,
      q,
      tasks,
      found,
      ...[cold, p50, p95, p99, max].map(ms),
    ]),
  ])
}

export interface SearchCost {
  workload: string
  /** Requests per second without and with the triggers that keep what search reads, and the share that is left. */
  without: Spread
  with: Spread
  ratio: Spread
}

/** What search costs those who write: ten people, by turns with and without it on the same server and database. */
export async function searchCost(
  database: BenchDatabase,
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<SearchCost[]> {
  const server = await startOwnlist(database)
  try {
    const callers = await Promise.all(database.people.map((person) => signIn(server.url, person)))
    const ids = await Promise.all(
      database.people.map(({ id }) =>
        database.query<{ id: string }>('select id from tasks where user_id = $1 order by id desc limit 100', [
          id,
        ]),
      ),
    )
    const description = 'Some words more than the title has room for.'
    const workloads = {
      'create, a title': callers.map((caller) => caller.call('tasks.create', { title: 'Write it down' })),
      'create, a description too': callers.map((caller) =>
        caller.call('tasks.create', { title: 'Write it down', description }),
      ),
      'update, a title': callers.flatMap((caller, at) =>
        (ids[at] ?? []).map(({ id }) => caller.call('tasks.update', { id, title: '<new>' })),
      ),
      'update, a priority': callers.flatMap((caller, at) =>
        (ids[at] ?? []).flatMap(({ id }) =>
          ['low', 'high'].map((priority) => caller.call('tasks.update', { id, priority })),
        ),
      ),
    }
    const results: SearchCost[] = []
    for (const [workload, requests] of Object.entries(workloads)) {
      const load = { url: server.url, requests, connections: 10, duration: seconds, operations: true }
      const measured: { without: number; with: number }[] = []
      for (let round = -1; round < rounds; round++) {
        const one = { without: 0, with: 0 }
        const turns = [
          async () => {
            await keepTexts(database, false)
            one.without = await write(load)
            await keepTexts(database, true)
          },
          async () => (one.with = await write(load)),
        ]
        // Who goes first changes from round to round; the first round only warms up.
        if (round % 2 === 0) turns.reverse()
        for (const turn of turns) await turn()
        if (round >= 0) measured.push(one)
      }
      results.push({
        workload,
        without: spread(measured.map((one) => one.without)),
        with: spread(measured.map((one) => one.with)),
        ratio: spread(measured.map((one) => one.with / one.without)),
      })
    }
    return results
  } finally {
    await server.stop()
  }
}

export function searchCostTable(results: SearchCost[]): string {
  return table([
    ['writes/s', 'without search', 'with', 'kept', 'min', 'max'],
    ...results.map(({ workload, without, with: kept, ratio }) => [
      workload,
      without.median.toFixed(0),
      kept.median.toFixed(0),
      percent(ratio.median),
      percent(ratio.min),
      percent(ratio.max),
    ]),
  ])
}

async function keepTexts(database: BenchDatabase, on: boolean): Promise<void> {
  const word = on ? 'enable' : 'disable'
  for (const name of ['tasks_keep_new_texts', 'tasks_keep_texts']) {
    await database.query(`alter table tasks ${word} trigger ${name}`)
  }
}
