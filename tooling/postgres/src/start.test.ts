import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, test } from 'vitest'

import { startPostgres } from './index.ts'
import { launch, stopLauncher } from './launcher.fixture.ts'
import { isAlive } from './processes.ts'

const home = mkdtempSync(join(tmpdir(), 'ownlist-start-'))
const nobody = 65534
const isRoot = process.getuid?.() === 0

// Root's PostgreSQL runs as another user, and before 16 it has to be able to walk to its data.
chmodSync(home, 0o755)
afterAll(() => rmSync(home, { recursive: true, force: true }))

const start = (name: string, options = {}) =>
  startPostgres({ dataDir: join(home, name), durable: false, ...options })

test('a remembered port that is taken is left to its owner, a wanted one is an error', async () => {
  const first = await start('ports')
  await first.stop()
  const other = createServer()
  await new Promise<void>((resolve) => void other.listen(first.port, '127.0.0.1', resolve))

  await expect(start('ports', { port: first.port })).rejects.toThrow(`Port ${first.port}`)
  const second = await start('ports')
  expect(second.port).not.toBe(first.port)
  await second.stop()
  other.close()
})

test("another major version's cluster is refused and left as it is", async () => {
  await (await start('major')).stop()
  const version = join(home, 'major', 'cluster', 'PG_VERSION')
  const made = readFileSync(version, 'utf8')
  writeFileSync(version, '14\n')
  const before = readdirSync(join(home, 'major', 'cluster'))

  await expect(start('major')).rejects.toThrow(/was made by PostgreSQL 14, and this is PostgreSQL 1\d/)
  expect(readdirSync(join(home, 'major', 'cluster'))).toEqual(before)
  writeFileSync(version, made)
  await (await start('major')).stop()
})

test("a stale pid file that names somebody else's process is no obstacle", async () => {
  const postgres = await start('stale')
  const file = join(home, 'stale', 'cluster', 'postmaster.pid')
  const lines = readFileSync(file, 'utf8').split('\n')
  await postgres.stop()
  writeFileSync(file, [process.ppid, ...lines.slice(1)].join('\n'))

  const again = await start('stale')
  expect(isAlive(again.pid)).toBe(true)
  await again.stop()
})

test('a first start that was killed leaves nothing that is in the way', async () => {
  const abandoned = join(home, 'killed.new-4194304-abcdef')
  mkdirSync(join(abandoned, 'cluster'), { recursive: true })
  await (await start('killed')).stop()
  expect(existsSync(abandoned)).toBe(false)
})

test('a directory with something else in it is not touched', async () => {
  mkdirSync(join(home, 'photos'))
  writeFileSync(join(home, 'photos', 'cat.jpg'), 'cat')
  await expect(start('photos')).rejects.toThrow('holds something else than a database')
  expect(readdirSync(join(home, 'photos'))).toEqual(['cat.jpg'])
})

test('passwords are readable by their owner only', async () => {
  await (await start('keys')).stop()
  expect(statSync(join(home, 'keys', 'keys.json')).mode & 0o777).toBe(0o600)
  expect(statSync(join(home, 'keys', 'cluster')).mode & 0o777).toBe(0o700)
})

describe.runIf(isRoot)('root', () => {
  test('keeps its data in a directory that only root can enter', async () => {
    mkdirSync(join(home, 'closed'))
    chmodSync(join(home, 'closed'), 0o700)
    const postgres = await start('closed/postgres')
    expect(statSync(join(home, 'closed', 'postgres', 'cluster')).uid).not.toBe(0)
    await postgres.stop()
    await (await start('closed/postgres')).stop()
  })

  test('and an ordinary user start the same database one after the other', async () => {
    mkdirSync(join(home, 'theirs'))
    chownSync(join(home, 'theirs'), nobody, nobody)
    const dataDir = join(home, 'theirs', 'postgres')

    const theirs = await launch(dataDir, { as: nobody })
    expect(theirs.error).toBeUndefined()
    expect(statSync(join(dataDir, 'cluster')).uid).toBe(nobody)
    await stopLauncher(theirs)

    await (await start('theirs/postgres')).stop()
    expect(statSync(join(dataDir, 'keys.json')).uid).toBe(nobody)
    const again = await launch(dataDir, { as: nobody })
    expect(again.error).toBeUndefined()
    await stopLauncher(again)
  })

  test('has data that an ordinary user cannot open, who is told so', async () => {
    await (await start('ours')).stop()
    const other = await launch(join(home, 'ours'), { as: nobody })
    expect(other.error).toContain('belongs to another user')
  })
})
