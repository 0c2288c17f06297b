import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, afterEach, expect, test } from 'vitest'

import { readKeys } from '../postgres/src/cluster.ts'
import { freePort } from '../postgres/src/free-port.ts'
import { query } from '../postgres/src/query.fixture.ts'
import {
  belongingTo,
  killEverything,
  node,
  nothingLeft,
  root,
  run,
  type Started,
} from './checkout.fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'ownlist-lifecycle-'))
const dataDir = join(home, 'data')

afterEach(() => killEverything(dataDir))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const shell = (line: string) => ['/bin/sh', '-c', line]
// `&& true` keeps the shell from handing its process over to the program.
const packageManager = `${which('pnpm') ? 'pnpm' : 'npx -y pnpm@12'} start && true`
const group =
  (signal: NodeJS.Signals) =>
  ({ child }: Started) =>
    process.kill(-(child.pid ?? 0), signal)
const top =
  (signal: NodeJS.Signals) =>
  ({ child }: Started) =>
    child.kill(signal)

const ways: [name: string, command: string[], end: (started: Started) => unknown][] = [
  ['Ctrl-C', node, group('SIGINT')],
  [
    'Ctrl-C that the package manager repeats',
    node,
    async (it) => (group('SIGINT')(it), await sleep(30), group('SIGINT')(it)),
  ],
  ['SIGTERM', node, top('SIGTERM')],
  ['SIGHUP', node, top('SIGHUP')],
  ['SIGTERM to the package manager', shell(packageManager), group('SIGTERM')],
  ['SIGTERM to the shell above it only, as npx would', shell(packageManager), top('SIGTERM')],
  ['kill -9 of the shell above it', shell(packageManager), top('SIGKILL')],
  ...(process.platform === 'linux' && which('script')
    ? ([
        ['Ctrl-C in a terminal', terminal(packageManager), ({ child }) => child.stdin?.write('\x03')],
        ['closing the terminal', terminal(packageManager), top('SIGKILL')],
      ] satisfies [string, string[], (started: Started) => unknown][])
    : []),
]

test.each(ways)('%s leaves no process behind and a sound database', async (name, command, end) => {
  const started = run(command, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  const url = await started.ready()
  expect((await fetch(url)).status).toBe(200)
  await database('create table if not exists kept (name text)')
  await database('insert into kept values ($1)', [name])

  await end(started)
  await nothingLeft(dataDir)
  const log = readFileSync(join(dataDir, 'postgres.log'), 'utf8')
  expect(log.trimEnd().split('\n').at(-1)).toContain('database system is shut down')

  const again = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  await again.ready()
  expect(await database('select name from kept where name = $1', [name])).toEqual([{ name }])
  again.child.kill('SIGTERM')
  await nothingLeft(dataDir)
})

test('kill -9 of everything loses nothing that was acknowledged', async () => {
  const started = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  await started.ready()
  await database('create table counted (id int primary key)')
  for (let id = 1; id <= 100; id += 1) await database('insert into counted values ($1)', [id])
  // Whoever is left may start others, so until nobody is.
  while (belongingTo(dataDir).length > 0) {
    killEverything(dataDir)
    await sleep(20)
  }

  const again = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  await again.ready()
  expect(await database('select count(*)::int as count from counted')).toEqual([{ count: 100 }])
  again.child.kill('SIGTERM')
  await nothingLeft(dataDir)
})

test('a second start says that one runs, and where', async () => {
  const first = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  const url = await first.ready()
  const second = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()) })
  await second.ended()
  expect(second.child.exitCode).toBe(1)
  expect(second.output().trim()).toBe(
    `Ownlist is already running (process ${first.child.pid}) at ${url}. ` +
      'Stop it first, or set DATA_DIR and PORT to run a second one.',
  )
  first.child.kill('SIGTERM')
  await nothingLeft(dataDir)
})

test('a port in use is one line that says what to do', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(0, resolve))
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const started = run(node, { DATA_DIR: dataDir, PORT: String(port) })
  await started.ended()
  other.close()
  expect(started.child.exitCode).toBe(1)
  expect(started.output().trim()).toMatch(new RegExp(`^Port ${port} is taken .* PORT .*$`))
  await nothingLeft(dataDir)
})

test('a database that cannot be reached is one line that names it', async () => {
  const url = 'postgresql://ada:secret@127.0.0.1:1/tasks'
  const started = run(node, { DATA_DIR: dataDir, PORT: String(await freePort()), DATABASE_URL: url })
  await started.ended()
  expect(started.child.exitCode).toBe(1)
  expect(started.output()).toContain('127.0.0.1:1')
  expect(started.output()).not.toContain('secret')
  expect(started.output().trim().split('\n').length).toBe(1)
})

test('a data directory that cannot be written is one line that names it', async () => {
  const started = run(node, { DATA_DIR: '/dev/null/data', PORT: String(await freePort()) })
  await started.ended()
  expect(started.child.exitCode).toBe(1)
  expect(started.output().trim()).toMatch(/^DATA_DIR \(\/dev\/null\/data\) cannot be written to/)
})

test('the secret that signs sessions is made once and readable by its owner only', () => {
  const file = join(dataDir, 'auth-secret')
  expect(existsSync(file)).toBe(true)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

function database(text: string, values?: unknown[]): Promise<unknown[]> {
  const { ownerPassword, port } = readKeys(join(dataDir, 'postgres'))
  return query(`postgresql://ownlist:${ownerPassword}@127.0.0.1:${port}/ownlist`, text, values)
}

/** A terminal of its own, as a person has one. */
function terminal(line: string): string[] {
  return ['script', '--quiet', '--return', '--command', `cd '${root}' && ${line}`, '/dev/null']
}

function which(program: string): boolean {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
