import type { BenchDatabase } from './database.ts'
import { signIn } from './requests.ts'
import { startOwnlist } from './servers.ts'
import { latency, ms, table, type Latency } from './statistics.ts'
import { timedRequests } from './timed-requests.ts'

export type ListCounts = { what: string; rows: number; latency: Latency }[]

/** All lists, and all tags, each with its counts: one request at a time, over HTTP. */
export async function listCounts(database: BenchDatabase, samples: number): Promise<ListCounts> {
  const person = database.people.find(({ tasks }) => tasks === 100_000)
  if (!person) throw new Error('the seed has nobody with 100,000 tasks')
  await file(database, person.id)
  const server = await startOwnlist(database)
  const requests = timedRequests(server.url, 1)
  try {
    const caller = await signIn(server.url, person)
    const results: ListCounts = []
    for (const [what, expected] of [
      ['lists.list', 500],
      ['tags.list', 100],
    ] as const) {
      const times: number[] = []
      for (let sample = -5; sample < samples; sample++) {
        const started = performance.now()
        const text = await requests.run(caller.call(what, {}))
        if (sample >= 0) times.push(performance.now() - started)
        const [{ result }] = JSON.parse(text) as [{ result: { data: { items: unknown[] } } }]
        if (result.data.items.length !== expected) throw new Error(`${what}: ${result.data.items.length}`)
      }
      results.push({ what, rows: expected, latency: latency(times) })
    }
    return results
  } finally {
    requests.close()
    await server.stop()
  }
}

export function listCountsTable(results: ListCounts): string {
  return table([
    ['with counts, ms', 'rows', 'p50', 'p95', 'p99', 'max'],
    ...results.map(({ what, rows, latency: { p50, p95, p99, max } }) => [
      what,
      rows,
      ...[p50, p95, p99, max].map(ms),
    ]),
  ])
}

/** 500 lists, a tenth of the tasks in none; 100 tags, two tasks in three with up to three of 180 sets of them. */
async function file(database: BenchDatabase, userId: string): Promise<void> {
  if (!/^[0-9a-f-]{36}$/.test(userId)) throw new Error('a user id is a UUID')
  await database.query(`
    set session_replication_role = replica;
    set synchronous_commit = off;
    insert into lists (user_id, name) select '${userId}', 'List ' || n from generate_series(1, 500) n;
    insert into tags (user_id, name) select '${userId}', 'Tag ' || n from generate_series(1, 100) n;
    update tasks t set
      list_id = case when t.number % 10 > 0 then l.ids[1 + t.number::bigint * 7919 % 500] end,
      tag_ids = case when t.number % 3 > 0 then g.ids[1 + t.number % 90 : 1 + t.number % 90 + t.number % 3] else '{}' end
    from (select array_agg(id) as ids from lists where user_id = '${userId}') l,
      (select array_agg(id order by id) as ids from tags where user_id = '${userId}') g
    where t.user_id = '${userId}'`)
  // As autovacuum would, some time after so many changes.
  await database.query('vacuum analyze tasks, lists, tags')
}
