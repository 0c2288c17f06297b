import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { serverBundle } from './bundle.ts'
import { retryCampaign } from './retry-campaign.ts'

// `pnpm campaign:retries`: the long form of retries.test.ts, against the bundle that production runs.
const { values: options } = parseArgs({
  options: {
    retries: { type: 'string', default: '10000' },
    workers: { type: 'string', default: '48' },
    seed: { type: 'string' },
    // Sends no operation ids, to see that the campaign notices.
    forgetful: { type: 'boolean', default: false },
  },
})
const main = serverBundle()
const seed = options.seed === undefined ? randomInt(2 ** 31) : Number(options.seed)
say(`Seed ${seed} (repeat with --seed ${seed}); what meets what depends on the machine as well.`)
const report = await retryCampaign({
  main,
  retries: Number(options.retries),
  workers: Number(options.workers),
  seed,
  forgetful: options.forgetful,
  say,
})
const { retries, moved, cut, calls, refusals, revisions, duplicates, lost, wrong } = report
const together = Object.values(calls).reduce((sum, count) => sum + count, 0)
say(`
retries     ${retries} after an attempt that was cut, ${moved} operations of them on the other server, too
cut         ${list(cut)}
calls       ${together}: ${list(calls)}
refused     ${refusals}, as they had to be
revisions   ${revisions}, as many as calls with an effect
duplicates  ${duplicates.length}
lost        ${lost.length}
wrong       ${wrong.length}`)
for (const words of [duplicates, lost, wrong]) words.slice(0, 10).forEach(say)
process.exitCode = duplicates.length + lost.length + wrong.length === 0 ? 0 : 1

function list(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
