import { parseArgs } from 'node:util'
import { runs } from '../../apps/server/src/matrix/layers.fixture.ts'
import { summary } from '../../apps/server/src/matrix/matrix.fixture.ts'
import { attackDoors, openCampaign, timeDoors } from './matrix-campaign.ts'

// `pnpm campaign:matrix`: the long form of the attack matrix, every payload and the rows hashed after each, and how long
// answers take about what is another's and about what never was.
const { values: options } = parseArgs({
  options: {
    // Payloads of each kind for each door and attacker.
    'of-each-kind': { type: 'string', default: '1000000' },
    // Pairs of requests for each door, in the measurement; 0 leaves it out.
    samples: { type: 'string', default: '400' },
    // Doors whose names begin so.
    only: { type: 'string', default: '' },
    // The measurement alone.
    'timing-only': { type: 'boolean', default: false },
  },
})
const { only } = options
const campaign = await openCampaign()
let findings = 0
try {
  for (const run of options['timing-only'] ? [] : runs) {
    await campaign.within([run], async (opened) => {
      const extent = { ofEachKind: Number(options['of-each-kind']), turn: 0, hashEach: true }
      const report = await attackDoors(opened, extent, only)
      say(summary(`matrix ${run}`, report))
      for (const [attacker, kinds] of Object.entries(report.byAttacker)) {
        say(
          `  ${attacker}: ${Object.entries(kinds)
            .map(([kind, count]) => `${count} ${kind}`)
            .join(', ')}`,
        )
      }
      report.findings.slice(0, 20).forEach(say)
      opened.server.unexpected.slice(0, 20).forEach((error) => say(String(error)))
      findings += report.findings.length + opened.server.unexpected.length
    })
  }
  if (Number(options.samples) > 0) await measure(Number(options.samples))
} finally {
  await campaign.end()
}
process.exitCode = findings > 0 ? 1 : 0

/** What differs by more than a tenth is measured once more, longer: on a busy machine medians of a few hundred wander. */
async function measure(samples: number): Promise<void> {
  await campaign.within(['as it is'], async (opened) => {
    const measured = await timeDoors(opened, samples, only)
    for (const [at, { door, kind, difference }] of measured.entries()) {
      if (difference <= 0.1) continue
      const longer = await timeDoors(opened, samples * 4, door)
      const again = longer.find((one) => one.door === door && one.kind === kind)
      if (again) measured[at] = again
    }
    say('\nforeign and unknown: medians in ms')
    for (const { door, kind, samples: pairs, foreign, unknown, difference } of measured) {
      const percent = `${(difference * 100).toFixed(1)} %`.padStart(8)
      say(`${percent}  ${foreign.toFixed(3)} ${unknown.toFixed(3)}  ${door} (${kind}, ${pairs} pairs)`)
      if (difference > 0.1) findings++
    }
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
