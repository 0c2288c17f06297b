import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchDatabase } from './database.ts'
import { signIn, type Caller, type HttpRequest } from './requests.ts'
import { startOwnlist, usageOf } from './servers.ts'
import { latency, ms, table, type Latency } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export interface FixedRate {
  perSecond: number
  seconds: number
  latencies: Record<string, Latency>
  failures: number
  /** MiB, and the share of one processor; undefined where there is no /proc. */
  server: { rss: number; pss: number; cpu: number } | undefined
}

type Kind = { name: string; share: number; request: (caller: Caller) => HttpRequest }

/**
 * Requests at the times that a clock sets, whether or not earlier ones are answered, each timed from the moment it was
 * due: a server that stalls makes all that fell due meanwhile late, as it would make people wait.
 */
export async function fixedRate(
  database: BenchDatabase,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<FixedRate> {
  const server = await startOwnlist(database)
  const requests = timedRequests(server.url, 100)
  try {
    const callers = await Promise.all(database.people.map((person) => signIn(server.url, person)))
    const rows = await database.query<{ user_id: string; id: string }>(
      `select user_id, id from (select user_id, id, row_number() over (partition by user_id order by md5(id::text)) as at
       from tasks where user_id = any($1)) t where at <= 500`,
      [callers.map(({ person }) => person.id)],
    )
    const ids = Map.groupBy(rows, (row) => row.user_id)
    const anyId = ({ person }: Caller) => pick(ids.get(person.id) ?? [])?.id
    const list = (filter: object) => (caller: Caller) => caller.call('tasks.list', { limit: 50, ...filter })
    const kinds: Kind[] = [
      { name: 'get', share: 50, request: (caller) => caller.call('tasks.get', { id: anyId(caller) }) },
      { name: 'create', share: 15, request: (caller) => caller.call('tasks.create', newTask()) },
      { name: 'list', share: 17, request: list({}) },
      {
        name: 'list, open and high',
        share: 6,
        request: list({ completed: false, priority: 'high', sort: 'priority' }),
      },
      { name: 'list, due today', share: 6, request: list({ due: 'today', sort: 'due_date', order: 'asc' }) },
      { name: 'list, in progress', share: 6, request: list({ status: 'in_progress' }) },
    ]

    await play(requests.run, callers, kinds, perSecond, 5)
    const before = usageOf(server.pid)
    const peak = { rss: 0, pss: 0 }
    const watch = setInterval(() => {
      const now = usageOf(server.pid)
      peak.rss = Math.max(peak.rss, now?.rss ?? 0)
      peak.pss = Math.max(peak.pss, now?.pss ?? 0)
    }, 500)
    const { times, failures } = await play(requests.run, callers, kinds, perSecond, seconds)
    clearInterval(watch)
    const after = usageOf(server.pid)
    const filtered = kinds.map(({ name }) => name).filter((name) => name.startsWith('list,'))
    const of = (names: string[]) =>
      latency(times.filter(({ name }) => names.includes(name)).map(({ took }) => took))
    return {
      perSecond,
      seconds,
      latencies: {
        ...Object.fromEntries(kinds.slice(0, 3).map(({ name }) => [name, of([name])])),
        'filtered list': of(filtered),
        ...Object.fromEntries(filtered.map((name) => [name, of([name])])),
      },
      failures,
      server: before && after && { ...peak, cpu: (after.cpu - before.cpu) / seconds },
    }
  } finally {
    requests.close()
    await server.stop()
  }
}

export function fixedRateTable({ latencies, server, failures }: FixedRate): string {
  return [
    table([
      ['ms from when it was due', 'requests', 'p50', 'p95', 'p99', 'max'],
      ...Object.entries(latencies).map(([name, { count, p50, p95, p99, max }]) => [
        name,
        count,
        ...[p50, p95, p99, max].map(ms),
      ]),
    ]),
    server
      ? `server: ${server.rss.toFixed(0)} MiB resident (${server.pss.toFixed(0)} proportional) at most, ${(server.cpu * 100).toFixed(0)} % of a processor; ${failures} failures`
      : `${failures} failures`,
  ].join('\n')
}

async function play(
  run: (request: HttpRequest) => Promise<unknown>,
  callers: Caller[],
  kinds: Kind[],
  perSecond: number,
  seconds: number,
) {
  const times: { name: string; took: number }[] = []
  const pending: Promise<void>[] = []
  let failures = 0
  const start = performance.now()
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const due = start + (sent * 1000) / perSecond
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) await sleep(wait)
    const { name, request } = anyKind(kinds)
    const caller = pick(callers)
    if (!caller) continue
    pending.push(
      run(request(caller)).then(
        () => void times.push({ name, took: performance.now() - due }),
        () => void failures++,
      ),
    )
  }
  await Promise.all(pending)
  return { times, failures }
}

function anyKind(kinds: Kind[]): Kind {
  let at = Math.random() * kinds.reduce((sum, { share }) => sum + share, 0)
  for (const kind of kinds) if ((at -= kind.share) < 0) return kind
  throw new Error('no kinds of requests')
}

function pick<T>(values: readonly T[]): T | undefined {
  return values[Math.floor(Math.random() * values.length)]
}

function newTask() {
  return { id: randomUUID(), title: 'A task of the benchmark', priority: 'high', due: { date: '2026-12-24' } }
}
