import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase, type BenchDatabase } from './database.ts'
import { fixedRate, fixedRateTable } from './fixed-rate.ts'
import { listCounts, listCountsTable } from './lists.ts'
import { liveCost, liveTable } from './live.ts'
import { logCost, logCostTable } from './log-cost.ts'
import { pageDepth, pageDepthTable } from './pages.ts'
import { screens, screensTable } from './screen.ts'
import { search, searchCost, searchCostTable, searchTable } from './search.ts'
import { startUp, startUpLines } from './start-up.ts'
import { signInStorm, stormTable } from './storm.ts'
import { syncCost, syncTable } from './sync.ts'
import { throughput, throughputTable } from './throughput.ts'

// `pnpm bench`: what docs/benchmarks.md explains. It measures and prints; it judges nothing.
const usage = `pnpm bench [--short] [--only <name>]… [--out <file>]

  --short         fewer and shorter rounds: a first idea within two minutes
  --only <name>   throughput, rate, pages, search, lists, log, sync, live, screen, storm or start; may be given more than once
  --out <file>    write everything as JSON as well`

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const { short } = options

const parts: Record<string, { title: string; run: (database: BenchDatabase) => Promise<[unknown, string]> }> =
  {
    throughput: {
      title: 'As many requests as they answer: Ownlist, node:http with pg, pgbench; a user with 10,000 tasks',
      async run(database) {
        const result = await throughput(
          database,
          short ? { rounds: 3, seconds: 2 } : { rounds: 5, seconds: 4 },
          say,
        )
        return [result, throughputTable(result)]
      },
    },
    rate: {
      title: '200 requests a second over 1,000,000 tasks: ten users with 900 to 100,000',
      async run(database) {
        const result = await fixedRate(database, { perSecond: 200, seconds: short ? 15 : 60 })
        return [result, fixedRateTable(result)]
      },
    },
    pages: {
      title: 'Page 1,000 against page 1, by cursor: a user with 100,000 tasks',
      async run(database) {
        const result = await pageDepth(database, short ? 30 : 100)
        return [result, pageDepthTable(result)]
      },
    },
    search: {
      title: 'Search, and what it costs those who write',
      async run(database) {
        const found = await search(database, short ? 40 : 200)
        say(searchTable(found))
        const cost = await searchCost(database, short ? { rounds: 3, seconds: 2 } : { rounds: 5, seconds: 4 })
        return [{ found, cost }, searchCostTable(cost)]
      },
    },
    lists: {
      title: 'Counts: a user with 100,000 tasks in 500 lists, with 100 tags',
      async run(database) {
        const result = await listCounts(database, short ? 50 : 200)
        return [result, listCountsTable(result)]
      },
    },
    sync: {
      title: 'A replica: a user with 10,000 tasks',
      async run(database) {
        const result = await syncCost(database, short ? 10 : 40)
        return [result, syncTable(result)]
      },
    },
    live: {
      title:
        'Live updates: thousands of idle clients on one server, and an edit on its way to another client',
      async run(database) {
        const result = await liveCost(
          database,
          short ? { clients: 1_000, edits: 50 } : { clients: 5_000, edits: 300 },
        )
        return [result, liveTable(result)]
      },
    },
    screen: {
      title: 'How soon things stand on the screen, in Chromium',
      async run(database) {
        build('apps/web', 'vite', 'build')
        const result = await screens(database, short ? 50 : 200)
        return [result, screensTable(result)]
      },
    },
    log: {
      title: 'What the log costs those who write: ten people, create and update',
      async run(database) {
        const result = await logCost(
          database,
          short ? { rounds: 3, seconds: 2 } : { rounds: 5, seconds: 4 },
          say,
        )
        return [result, logCostTable(result)]
      },
    },
    storm: {
      title: 'A storm of sign-ins, fifty at once, and what others feel of it: 100 requests a second',
      async run(database) {
        const result = await signInStorm(
          database,
          short ? { perSecond: 100, seconds: 4, rounds: 6 } : { perSecond: 100, seconds: 8, rounds: 10 },
        )
        return [result, stormTable(result)]
      },
    },
    start: {
      title: 'From start to the first answer',
      async run(database) {
        const result = await startUp(database, short ? 2 : 5)
        return [result, startUpLines(result)]
      },
    },
  }

const wanted = options.only ?? Object.keys(parts)
const unknown = wanted.filter((name) => !(name in parts))
if (options.help || unknown.length > 0) {
  say(usage)
  process.exit(options.help ? 0 : 2)
}

if (!process.env['OWNLIST_BUNDLE']) build('apps/server', 'rolldown', '-c', 'rolldown.config.ts')
const [processor] = cpus()
say(
  `${cpus().length} × ${processor?.model ?? 'processor'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}`,
)
const database = await openDatabase(say)
const results: Record<string, unknown> = {}
try {
  say(`PostgreSQL ${database.version}, durable, 128 MB of shared buffers`)
  for (const name of wanted) {
    const part = parts[name]
    if (!part) continue
    say(`\n${part.title}`)
    const [result, text] = await part.run(database)
    results[name] = result
    say(text)
  }
} finally {
  await database.stop()
}
if (options.out !== undefined) {
  const about = { at: new Date().toISOString(), node: process.version, processors: cpus().length, short }
  writeFileSync(
    options.out,
    `${JSON.stringify({ ...about, postgres: database.version, ...results }, null, 2)}\n`,
  )
}

/** What is measured is what the sources say now. */
function build(folder: string, program: string, ...args: string[]): void {
  const cwd = join(import.meta.dirname, '../..', folder)
  const env = { ...process.env, NODE_ENV: 'production' }
  const done = spawnSync(join(cwd, 'node_modules/.bin', program), args, { cwd, env, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(`${folder} does not build: ${done.stderr}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
