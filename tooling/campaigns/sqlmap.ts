import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { allDoors, type Door } from '../../apps/server/src/matrix/doors.fixture.ts'
import { failingStatements } from '../../apps/server/src/matrix/layers.fixture.ts'
import { addPerson } from '../../apps/server/src/matrix/people.fixture.ts'
import type { OpenWorld } from '../../apps/server/src/matrix/world.fixture.ts'
import { startInjectable } from './injectable.ts'
import { openCampaign } from './matrix-campaign.ts'
import { startRelay } from './relay.ts'
import { sqlmap, type Verdict } from './sqlmap-run.ts'

// `pnpm campaign:sqlmap`: a recorded request of every procedure and every route, handed to sqlmap (Debian: apt-get install
// sqlmap), which tries to inject into every value of it. Nothing may be found, and no statement may fail for its text. Before
// that it has to find the hole in a server that has one. What is done is written down door by door, and not done again.
const { values: options } = parseArgs({
  options: {
    level: { type: 'string', default: '3' },
    risk: { type: 'string', default: '2' },
    // Doors whose names begin so.
    only: { type: 'string', default: '' },
    // Minutes, after which no other door is begun.
    minutes: { type: 'string', default: '600' },
    // Where it stands what is done.
    record: { type: 'string', default: join(import.meta.dirname, '../../.data/sqlmap.jsonl') },
    // Forgets what is done.
    anew: { type: 'boolean', default: false },
  },
})

interface Line extends Verdict {
  door: string
  level: string
  risk: string
  seconds: number
  /** Statements that PostgreSQL could not read, and whatever else the server did not foresee. */
  errors: string[]
}

const { level, risk, record } = options
const deadline = performance.now() + Number(options.minutes) * 60_000
mkdirSync(dirname(record), { recursive: true })
if (options.anew) rmSync(record, { force: true })
const done = linesOf(record)
const errors: string[] = []
let left = 0
const campaign = await openCampaign()
try {
  await campaign.within(['as it is'], tryAll, {
    through: (database) => failingStatements(database, (error) => errors.push(error)),
  })
} finally {
  await campaign.end()
}
const all = [...done.values()]
const bad = all.filter(({ outcome, errors: failed }) => outcome !== 'nothing found' || failed.length > 0)
say(`
doors       ${all.length} tested, ${left} left out when the time was up
findings    ${all.filter(({ outcome }) => outcome === 'found').length}
suspected   ${all.filter(({ outcome, lines }) => outcome === 'nothing found' && lines.length > 0).length}, and taken back by sqlmap itself
untested    ${all.filter(({ outcome }) => outcome === 'untested').length}
SQL errors  ${all.reduce((sum, { errors: failed }) => sum + failed.length, 0)}`)
for (const line of bad.slice(0, 20)) say(JSON.stringify(line).slice(0, 1_000))
process.exitCode = bad.length > 0 || left > 0 ? 1 : 0

async function tryAll(opened: OpenWorld): Promise<void> {
  const { world, server } = opened
  await findTheHole(opened)
  const relay = await startRelay(server.url)
  try {
    const doors = allDoors(server.app, world.victim.loot).filter(({ name }) => name.startsWith(options.only))
    for (const door of doors) {
      if (done.has(door.name)) continue
      if (performance.now() > deadline) {
        left++
        continue
      }
      const { authorization } = await addPerson(world.owner)
      const start = performance.now()
      const url = door.name === 'sync.changes' ? relay.url : server.url
      const verdict = await sqlmap(askRichest(door), url, { authorization, level, risk })
      const failed = [...errors.splice(0), ...server.unexpected.splice(0).map(String)]
      const seconds = Math.round((performance.now() - start) / 1000)
      const line: Line = { door: door.name, level, risk, seconds, ...verdict, errors: failed }
      done.set(door.name, line)
      appendFileSync(record, `${JSON.stringify(line)}\n`)
      say(`${door.name}: ${verdict.outcome}, ${failed.length} SQL errors, ${seconds} s`)
    }
  } finally {
    await relay.close()
  }
}

/** What finds nothing where there is something finds nothing anywhere. */
async function findTheHole({ world }: OpenWorld): Promise<void> {
  const failed: string[] = []
  const hole = await startInjectable(failingStatements(world.database, (error) => failed.push(error)))
  try {
    const { authorization, email } = await addPerson(world.owner)
    const ask = { method: 'POST', path: '/', body: { email } } as const
    const { outcome, lines } = await sqlmap(ask, hole.url, { authorization, level, risk })
    if (outcome !== 'found' || failed.length === 0)
      throw new Error(
        `the hole on purpose: ${outcome}, ${failed.length} SQL errors seen: this proves nothing. ${lines.join(' ')}`,
      )
    say(`the hole on purpose: found (${lines.length} lines), ${failed.length} SQL errors seen`)
  } finally {
    await hole.close()
  }
}

/** The request with the most in it. */
function askRichest(door: Door) {
  const [richest] = door.payloads.toSorted(
    (a, b) => JSON.stringify(b.input).length - JSON.stringify(a.input).length,
  )
  const ask = door.ask(richest?.input ?? {})
  if (ask.method === 'POST') return ask
  // In an address sqlmap has to be told what the values are: those behind which there is an asterisk.
  const marked = door.ask(withMarks(richest?.input))
  return marked.path.includes('*') ? marked : { ...ask, path: `${ask.path}?probe=1` }
}

function withMarks(input: unknown): unknown {
  if (typeof input === 'string') return `${input}*`
  if (input === null || typeof input !== 'object') return input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, withMarks(value)]))
}

/** What was done at this level and risk. */
function linesOf(file: string): Map<string, Line> {
  if (!existsSync(file)) return new Map()
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Line)
  return new Map(
    lines.filter((line) => line.level === level && line.risk === risk).map((line) => [line.door, line]),
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
