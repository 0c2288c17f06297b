import { setTimeout as sleep } from 'node:timers/promises'
import { password, type BenchDatabase } from './database.ts'
import { signIn, type Caller, type HttpRequest } from './requests.ts'
import { startOwnlist } from './servers.ts'
import { latency, median, ms, table, type Latency } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export interface Storm {
  perSecond: number
  rounds: number
  calm: Latency
  storm: Latency
  /** The p99 of others under the storm by that without it, in each round, and their median. */
  ratios: number[]
  ratio: number
  /** Sign-ins that were answered each second, and how long one of fifty waited, in milliseconds. */
  signInsPerSecond: number
  signIn: Latency
  failures: number
}

const atOnce = 50

/**
 * What other people feel while fifty sign in at once, and go on to do so: rounds of calm and storm in turn, with the same
 * requests at the times that a clock sets, each timed from the moment it was due.
 */
export async function signInStorm(
  database: BenchDatabase,
  { perSecond, seconds, rounds }: { perSecond: number; seconds: number; rounds: number },
): Promise<Storm> {
  const server = await startOwnlist(database)
  const requests = timedRequests(server.url, 100)
  const storming = timedRequests(server.url, atOnce)
  try {
    const emails = await newcomers(database)
    const callers = await Promise.all(database.people.map((person) => signIn(server.url, person)))
    const signIns: HttpRequest[] = emails.map((email) => ({
      method: 'POST',
      path: '/api/auth/sign-in/email',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    }))

    const calm: number[] = []
    const storm: number[] = []
    const waits: number[] = []
    const ratios: number[] = []
    let failures = 0
    let stormed = 0
    const failed = () => void failures++
    await play(requests.run, callers, perSecond, 3, failed)

    for (let round = 0; round < rounds; round++) {
      const quiet = await play(requests.run, callers, perSecond, seconds, failed)
      const ending = new AbortController()
      const started = performance.now()
      const people = signIns.map(async (request) => {
        while (!ending.signal.aborted) {
          const start = performance.now()
          await storming.run(request).then(() => waits.push(performance.now() - start), failed)
        }
      })
      const loud = await play(requests.run, callers, perSecond, seconds, failed)
      ending.abort()
      await Promise.all(people)
      stormed += performance.now() - started
      calm.push(...quiet)
      storm.push(...loud)
      ratios.push(latency(loud).p99 / latency(quiet).p99)
      await sleep(500)
    }
    return {
      perSecond,
      rounds,
      calm: latency(calm),
      storm: latency(storm),
      ratios,
      ratio: median(ratios),
      signInsPerSecond: (waits.length * 1000) / stormed,
      signIn: latency(waits),
      failures,
    }
  } finally {
    requests.close()
    storming.close()
    await server.stop()
  }
}

export function stormTable({
  calm,
  storm,
  ratio,
  ratios,
  signInsPerSecond,
  signIn: wait,
  failures,
}: Storm): string {
  const row = (name: string, { count, p50, p95, p99, max }: Latency) => [
    name,
    count,
    ...[p50, p95, p99, max].map(ms),
  ]
  return [
    table([
      ['ms from when it was due', 'requests', 'p50', 'p95', 'p99', 'max'],
      row('others, in calm', calm),
      row('others, in the storm', storm),
      row('a sign-in of the storm', wait),
    ]),
    `p99 of others, storm by calm: ${ratio.toFixed(2)} (${ratios.map((one) => one.toFixed(2)).join(', ')}); ` +
      `${signInsPerSecond.toFixed(0)} sign-ins a second; ${failures} failures`,
  ].join('\n')
}

/** Fifty people with a password that costs as much to check as everybody's. */
async function newcomers(database: BenchDatabase): Promise<string[]> {
  const rows = await database.query<{ email: string }>(
    `with made as (
       insert into users (email, name)
       select 'storm-' || n || '@example.org', 'Storm ' || n from generate_series(1, ${atOnce}) n returning id, email
     ), locked as (
       insert into accounts (user_id, account_id, provider_id, password_hash)
       select m.id, m.id::text, 'credential', a.password_hash from made m, accounts a where a.user_id = $1
     )
     select email from made`,
    [database.people[0]?.id],
  )
  return rows.map(({ email }) => email)
}

async function play(
  run: (request: HttpRequest) => Promise<unknown>,
  callers: Caller[],
  perSecond: number,
  seconds: number,
  failed: () => void,
): Promise<number[]> {
  const times: number[] = []
  const pending: Promise<void>[] = []
  const start = performance.now()
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const due = start + (sent * 1000) / perSecond
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) await sleep(wait)
    const caller = callers[sent % callers.length]
    if (!caller) continue
    const request =
      sent % 4 === 0
        ? caller.call('tasks.create', { title: `Storm ${sent}` })
        : caller.call('tasks.list', { limit: 50 })
    pending.push(run(request).then(() => void times.push(performance.now() - due), failed))
  }
  await Promise.all(pending)
  return times
}
