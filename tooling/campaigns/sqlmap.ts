import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { allDoors, type Door } from '../../apps/server/src/matrix/doors.fixture.ts'
import { failingStatements } from '../../apps/server/src/matrix/layers.fixture.ts'
import { addPerson } from '../../apps/server/src/matrix/people.fixture.ts'
import { openCampaign } from './matrix-campaign.ts'

// `pnpm campaign:sqlmap`: a recorded request of every procedure and every route, handed to sqlmap (Debian: apt-get install
// sqlmap), which tries to inject into every value of it. Nothing may be found, and no statement may fail for its text.
const { values: options } = parseArgs({
  options: {
    level: { type: 'string', default: '3' },
    risk: { type: 'string', default: '2' },
    // Doors whose names begin so.
    only: { type: 'string', default: '' },
    // Minutes, after which no other door is begun.
    minutes: { type: 'string', default: '600' },
  },
})
const home = mkdtempSync(join(tmpdir(), 'ownlist-sqlmap-'))
const deadline = performance.now() + Number(options.minutes) * 60_000
const campaign = await openCampaign()
let tried = 0
let left = 0
const findings: string[] = []
const failures: string[] = []
try {
  await campaign.within(
    ['as it is'],
    async ({ world, server }) => {
      const doors = allDoors(server.app, world.victim.loot).filter(
        ({ name }) => name.startsWith(options.only) && name !== 'sync.changes',
      )
      for (const door of doors) {
        if (performance.now() > deadline) {
          left++
          continue
        }
        const { authorization } = await addPerson(world.owner)
        const said = await sqlmap(door, server.url, authorization)
        tried++
        const found = said.filter((line) => /is vulnerable|appears to be .*injectable|Type: /.test(line))
        findings.push(...found.map((line) => `${door.name}: ${line}`))
        say(
          `${door.name}: ${said.filter((line) => /HTTP error codes|tested parameters/.test(line)).length > 0 ? 'tested' : 'done'}, ${found.length} findings`,
        )
      }
      failures.push(...server.unexpected.map(String))
    },
    { through: (database) => failingStatements(database, (error) => failures.push(error)) },
  )
} finally {
  await campaign.end()
  rmSync(home, { recursive: true, force: true })
}
say(`
doors       ${tried} tested, ${left} left out when the time was up
findings    ${findings.length}
SQL errors  ${failures.length}`)
for (const line of [...findings, ...failures].slice(0, 20)) say(line)
process.exitCode = findings.length + failures.length > 0 ? 1 : 0

/** Runs it over the richest request of a door: every value in it, and at this level the headers. */
function sqlmap(door: Door, url: string, authorization: string): Promise<string[]> {
  const richest = door.payloads.toSorted(
    (a, b) => JSON.stringify(b.input).length - JSON.stringify(a.input).length,
  )[0]
  const { method, path, body } = door.ask(richest?.input ?? {})
  const { host } = new URL(url)
  const file = join(home, 'request.txt')
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n`
  const content = method === 'POST' ? JSON.stringify(body) : undefined
  writeFileSync(
    file,
    content === undefined ? `${head}\r\n` : `${head}Content-Type: application/json\r\n\r\n${content}`,
  )
  const how = `--level ${options.level} --risk ${options.risk} --dbms postgresql --time-sec 3 --threads 2 --ignore-code *`
  const quietly = '--batch --flush-session --ignore-stdin --disable-coloring'
  const running = spawn(
    'sqlmap',
    ['-r', file, '--output-dir', home, ...how.split(' '), ...quietly.split(' ')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  running.stdout.on('data', (chunk: Buffer) => (said += String(chunk)))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', () => resolve(said.split('\n')))
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
