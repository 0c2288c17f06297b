import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchDatabase } from './database.ts'
import { saturate, type Load } from './load.ts'
import { signIn } from './requests.ts'
import { startBare, startOwnlist } from './servers.ts'
import { median, percent, spread, table, type Spread } from './statistics.ts'

export interface Throughput {
  workload: string
  connections: number
  ownlist: Spread
  bare: Spread
  pgbench: number | undefined
  /** Ownlist's share of the bare server's requests, round by round. */
  ratio: Spread
}

const columns =
  `id, number, title, description, status, completed, completed_at, priority, due_date, due_all_day,
  due_time_zone, position, created_at, updated_at, revision`.replaceAll(/\s+/g, ' ')

/** Requests per second beside the bare server's and pgbench's: the same rows of the same database, by turns. */
export async function throughput(
  database: BenchDatabase,
  { rounds, seconds }: { rounds: number; seconds: number },
  say: (line: string) => void,
): Promise<Throughput[]> {
  const [person] = database.people
  if (!person) throw new Error('the seed has nobody in it')
  const ids = await database.query<{ id: string }>(
    'select id from tasks where user_id = $1 order by md5(id::text) limit 200',
    [person.id],
  )
  const [ownlist, bare] = await Promise.all([startOwnlist(database), startBare(database)])
  const caller = await signIn(ownlist.url, person)
  const headers = {}
  const page = { limit: 50 }
  const bareGet = ids.map(({ id }) => ({
    method: 'GET' as const,
    path: `/?user=${person.id}&id=${id}`,
    headers,
  }))
  const bareList = [{ method: 'GET' as const, path: `/?user=${person.id}&limit=50`, headers }]
  // Every client of pgbench prepares each statement for itself, which takes time that is not to be measured.
  const getSql = ids
    .slice(0, 20)
    .map(({ id }) => `select ${columns} from tasks where user_id = '${person.id}' and id = '${id}';`)
  const listSql = [
    `select ${columns} from tasks where user_id = '${person.id}' order by created_at desc, id desc limit 50;`,
  ]
  const workloads = [
    { name: 'get', ours: ids.map((key) => caller.ask('tasks.get', key)), theirs: bareGet, sql: getSql },
    {
      name: 'get, as the client sends it',
      ours: ids.map((key) => caller.call('tasks.get', key)),
      theirs: bareGet,
      sql: getSql,
    },
    { name: 'list of 50', ours: [caller.ask('tasks.list', page)], theirs: bareList, sql: listSql },
    {
      name: 'list of 50, as the client sends it',
      ours: [caller.call('tasks.list', page)],
      theirs: bareList,
      sql: listSql,
    },
  ]

  const results: Throughput[] = []
  try {
    for (const connections of [10, 50]) {
      for (const { name, ours, theirs, sql } of workloads) {
        const our: Load = { url: ownlist.url, requests: ours, connections, duration: seconds }
        const their: Load = { url: bare.url, requests: theirs, connections, duration: seconds }
        await saturate({ ...our, duration: 2 })
        await saturate({ ...their, duration: 2 })
        const measured: { ours: number; theirs: number }[] = []
        const ceilings: number[] = []
        for (let round = 0; round < rounds; round++) {
          // Who goes first changes from round to round.
          const pair = { ours: 0, theirs: 0 }
          if (round % 2 === 0) pair.ours = await saturate(our)
          pair.theirs = await saturate(their)
          if (round % 2 === 1) pair.ours = await saturate(our)
          measured.push(pair)
          if (round < 3) ceilings.push(pgbench(database.url, sql, connections, seconds) ?? NaN)
        }
        const result = {
          workload: name,
          connections,
          ownlist: spread(measured.map((pair) => pair.ours)),
          bare: spread(measured.map((pair) => pair.theirs)),
          pgbench: Number.isNaN(ceilings[0]) ? undefined : median(ceilings),
          ratio: spread(measured.map((pair) => pair.ours / pair.theirs)),
        }
        results.push(result)
        say(line(result))
      }
    }
  } finally {
    await Promise.all([ownlist.stop(), bare.stop()])
  }
  return results
}

export function throughputTable(results: Throughput[]): string {
  return table([
    ['requests/s', 'clients', 'Ownlist', 'bare', 'pgbench', 'ratio', 'min', 'max'],
    ...results.map(({ workload, connections, ownlist, bare, pgbench: ceiling, ratio }) => [
      workload,
      connections,
      ownlist.median.toFixed(0),
      bare.median.toFixed(0),
      ceiling?.toFixed(0) ?? 'missing',
      percent(ratio.median),
      percent(ratio.min),
      percent(ratio.max),
    ]),
  ])
}

function line({ workload, connections, ownlist, bare, ratio }: Throughput): string {
  return `  ${workload}, ${connections} clients: ${ownlist.median.toFixed(0)}/s, bare ${bare.median.toFixed(0)}/s, ${percent(ratio.median)}`
}

/** Statements per second that PostgreSQL itself answers; undefined where the system has no pgbench. */
function pgbench(url: string, statements: string[], clients: number, seconds: number): number | undefined {
  const program = findPgbench()
  if (program === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'ownlist-pgbench-'))
  try {
    const script = join(folder, 'statements.sql')
    writeFileSync(script, statements.join('\n'))
    const { stdout, stderr } = spawnSync(
      program,
      ['-n', '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(seconds), '-f', script, url],
      { encoding: 'utf8' },
    )
    const transactions = /tps = ([\d.]+)/.exec(stdout)?.[1]
    if (transactions === undefined) throw new Error(`pgbench: ${stderr}`)
    return Number(transactions) * statements.length
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function findPgbench(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = readdirSync('/usr/lib').includes('postgresql') ? readdirSync(debian) : []
  return ['pgbench', ...versions.map((version) => `${debian}/${version}/bin/pgbench`)].find(
    (program) => spawnSync(program, ['--version']).status === 0,
  )
}
