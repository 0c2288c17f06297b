import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killCampaign } from './kill-campaign.ts'

// `pnpm campaign:kills`: the long form of kills.test.ts, against the bundle that production runs.
const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    writers: { type: 'string', default: '16' },
    seed: { type: 'string' },
    // Gives up durability, to see that the campaign notices.
    careless: { type: 'boolean', default: false },
  },
})
// Another build of the server may be tried: OWNLIST_BUNDLE=…/main.js
const bundle = process.env['OWNLIST_BUNDLE']
const folder = join(import.meta.dirname, '../../apps/server')
if (bundle === undefined) build()

const seed = options.seed === undefined ? randomInt(2 ** 31) : Number(options.seed)
say(`Seed ${seed} (repeat with --seed ${seed}); the moments depend on the machine as well.`)
const report = await killCampaign({
  main: bundle ?? join(folder, 'dist/server/main.js'),
  kills: Number(options.kills),
  writers: Number(options.writers),
  seed,
  durable: !options.careless,
  say,
})
const { kills, acknowledged, tasks, found, lost, duplicates, retried, unexpected, recoveries } = report
const slowest = Math.max(...recoveries)
say(`
kills          ${kills.server} of the server, ${kills.postgres} of PostgreSQL
acknowledged   ${acknowledged} writes, ${tasks} tasks
found          ${found} tasks
lost           ${lost.length}
duplicates     ${duplicates}
tried again    ${retried}
unexpected     ${unexpected.length}
server deaths  ${report.serverDeaths.length} by itself (${report.refusedStarts} starts refused while PostgreSQL was away)
slowest        ${slowest.toFixed(0)} ms from a kill to the next acknowledged write
left running   ${report.leftRunning.length}`)
for (const words of [lost, unexpected, report.serverDeaths]) words.slice(0, 5).forEach(say)

const faults =
  lost.length + duplicates + unexpected.length + report.serverDeaths.length + report.leftRunning.length
process.exitCode = faults === 0 && found === tasks ? 0 : 1

function build(): void {
  const rolldown = join(folder, 'node_modules/.bin/rolldown')
  const { status, stderr } = spawnSync(rolldown, ['-c', 'rolldown.config.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the server does not build: ${stderr}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
