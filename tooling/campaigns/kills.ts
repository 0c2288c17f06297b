import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { serverBundle } from './bundle.ts'
import { killCampaign } from './kill-campaign.ts'

// `pnpm campaign:kills`: the long form of kills.test.ts, against the bundle that production runs.
const { values: options } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    writers: { type: 'string', default: '16' },
    seed: { type: 'string' },
    // Gives up durability, to see that the campaign notices.
    careless: { type: 'boolean', default: false },
  },
})
const main = serverBundle()
const seed = options.seed === undefined ? randomInt(2 ** 31) : Number(options.seed)
say(`Seed ${seed} (repeat with --seed ${seed}); the moments depend on the machine as well.`)
const report = await killCampaign({
  main,
  kills: Number(options.kills),
  writers: Number(options.writers),
  seed,
  durable: !options.careless,
  say,
})
const { kills, acknowledged, tasks, found, lost, duplicates, retried, unexpected, holes, recoveries } = report
say(`
kills          ${kills.server} of a server, ${kills.postgres} of PostgreSQL; ${report.duringBulk} during a change of 1,000 tasks
acknowledged   ${acknowledged} writes, ${tasks} tasks
found          ${found} tasks
lost           ${lost.length}
duplicates     ${duplicates.length}
tried again    ${retried}, without looking
followed       ${report.resumed} streams resumed, ${report.compared} states held against the log
holes          ${holes.length}
unexpected     ${unexpected.length}
server deaths  ${report.serverDeaths.length} by itself (${report.refusedStarts} starts refused while PostgreSQL was away)
slowest        ${Math.max(0, ...recoveries).toFixed(0)} ms from a kill to the next acknowledged write
slowest news   ${report.slowestNews.toFixed(0)} ms from an acknowledgement until all others had it; ${report.silent} kills followed by silence
left running   ${report.leftRunning.length}`)
const faults = [lost, duplicates, holes, unexpected, report.serverDeaths]
for (const words of faults) words.slice(0, 5).forEach(say)
const count = faults.reduce((sum, words) => sum + words.length, report.leftRunning.length)
process.exitCode = count === 0 && found === tasks ? 0 : 1

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
