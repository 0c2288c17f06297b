import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { randomInt } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrate } from '../../../packages/db/src/index.ts'
import { startPostgres } from '../../postgres/src/index.ts'
import { modelCampaign } from './property.ts'
import { connectServer } from './server.ts'

// `pnpm campaign:model`: the long form of model.test.ts.
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    steps: { type: 'string', default: '650' },
    seed: { type: 'string' },
    // Seconds to look for a shorter script, once one has failed.
    shrink: { type: 'string', default: '60' },
  },
})
const seed = options.seed === undefined ? randomInt(2 ** 31) : Number(options.seed)
say(`Seed ${seed} (repeat with --seed ${seed}).`)

const home = mkdtempSync(join(tmpdir(), 'ownlist-model-'))
// Root's PostgreSQL runs as another user, which has to reach its data.
chmodSync(home, 0o755)
const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
try {
  await migrate({ url: postgres.url, login: new URL(postgres.serverUrl).username })
  const server = await connectServer(postgres.serverUrl)
  const since = performance.now()
  const { runs, counts, divergences, lost, doubled, counterexample } = await modelCampaign({
    server,
    runs: Number(options.runs),
    steps: Number(options.steps),
    seed,
    shrinkFor: Number(options.shrink) * 1000,
    after: (_run, number) => {
      if (number % 50 === 0) say(`${number} runs, ${seconds(since)} s`)
    },
  })
  await server.close()
  if (counterexample !== undefined) say(`\n${counterexample}\n`)
  const lines = Object.entries(counts).map(([what, count]) => `${what.padEnd(18)} ${count}`)
  say(`
runs               ${runs}
${lines.join('\n')}
divergences        ${divergences}
lost               ${lost}
doubled            ${doubled}
seconds            ${seconds(since)}
seed               ${seed}`)
  process.exitCode = divergences + lost + doubled === 0 && runs === Number(options.runs) ? 0 : 1
} finally {
  await postgres.stop()
  rmSync(home, { recursive: true, force: true })
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
