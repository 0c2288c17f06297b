import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Pool } from 'pg'
import { afterAll, describe, expect, test } from 'vitest'

import { startPostgres } from './index.ts'
import { killGuard, launch, stopLauncher } from './launcher.fixture.ts'
import { leftovers } from './postmaster.ts'
import { isAlive, signal, waitForEnd } from './processes.ts'
import { query } from './query.fixture.ts'

const installed = '/usr/lib/postgresql/15/bin'
const servers = [
  { name: 'embedded', binDir: undefined },
  ...(existsSync(installed) ? [{ name: 'PostgreSQL 15', binDir: installed }] : []),
]

const home = mkdtempSync(join(tmpdir(), 'ownlist-postgres-'))
let count = 0
const newDir = () => join(home, `data-${(count += 1)}`)

// Root's PostgreSQL runs as another user, and before 16 it has to be able to walk to its data.
chmodSync(home, 0o755)
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe.each(servers)('$name', ({ binDir }) => {
  const start = (dataDir: string, options = {}) =>
    startPostgres({ dataDir, binDir, durable: false, ...options })

  test('starts, stops without a trace, and starts again on the same port with its rows', async () => {
    const dataDir = newDir()
    const first = await start(dataDir, { durable: true })
    await query(first.url, 'create table kept as select 1 as value')
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)
    expect(leftovers(join(dataDir, 'cluster'))).toEqual([])

    const second = await start(dataDir)
    expect(second.port).toBe(first.port)
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
    await second.stop()
  })

  test('only who has the password gets in, and the server login owns nothing', async () => {
    const postgres = await start(newDir())
    const open = postgres.url.replace(/:[^:@/]+@/, ':guess@')
    await expect(query(open, 'select 1')).rejects.toMatchObject({ code: '28P01' })

    const [role] = await query(
      postgres.serverUrl,
      'select rolsuper, rolinherit, rolcreatedb, rolcreaterole, rolbypassrls from pg_roles where rolname = current_user',
    )
    expect(Object.values(role ?? {})).toEqual([false, false, false, false, false])
    await expect(query(postgres.serverUrl, 'create table mine (id int)')).rejects.toMatchObject({
      code: '42501',
    })

    const [set] = await query(
      postgres.url,
      `select current_setting('listen_addresses') as address, current_setting('unix_socket_directories') as sockets,
              current_setting('timezone') as zone, pg_encoding_to_char(encoding) as encoding, lower('ÄÉ') as lower
       from pg_database where datname = current_database()`,
    )
    expect(set).toEqual({ address: '127.0.0.1', sockets: '', zone: 'UTC', encoding: 'UTF8', lower: 'äé' })
    await postgres.stop()
  })

  test('a server that is killed comes back on its port with every acknowledged row', async () => {
    const dataDir = newDir()
    const postgres = await start(dataDir, { durable: true })
    await query(postgres.url, 'create table written (id int primary key)')
    const pool = new Pool({ connectionString: postgres.url, max: 8 })
    pool.on('error', () => {})
    const acknowledged: number[] = []
    let next = 0
    let writing = true
    const writers = Array.from({ length: 8 }, async () => {
      while (writing) {
        const id = (next += 1)
        const done = await pool.query('insert into written values ($1)', [id]).catch(() => sleep(20))
        if (done) acknowledged.push(id)
      }
    })

    for (let kill = 0; kill < 3; kill += 1) {
      await sleep(300)
      const killed = postgres.pid
      signal(killed, 'SIGKILL')
      await expect
        .poll(() => postgres.pid !== killed && isAlive(postgres.pid), { timeout: 15_000 })
        .toBe(true)
    }
    await sleep(300)
    writing = false
    await Promise.all(writers)
    await pool.end()

    const rows = await query(postgres.url, 'select id from written')
    const there = new Set(rows.map((row) => row.id))
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
    // The lock came back with the server, so a second start is still refused.
    const late = await launch(dataDir, { binDir })
    expect(late.error).toContain(`already running (process ${process.pid})`)
    await postgres.stop()
  })

  test('a session in the midst of a long query does not keep a killed server from coming back', async () => {
    const postgres = await start(newDir())
    const busy = query(postgres.url, 'select count(*) from generate_series(1, 3e9::bigint)').catch(
      () => 'cut off',
    )
    await sleep(200)
    const killed = postgres.pid
    signal(killed, 'SIGKILL')
    await expect.poll(() => postgres.pid !== killed, { timeout: 20_000 }).toBe(true)
    expect(await busy).toBe('cut off')
    expect(await query(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await postgres.stop()
  })

  test('a second start says who runs already and where', async () => {
    const dataDir = newDir()
    const first = await launch(dataDir, { binDir })
    await expect(start(dataDir)).rejects.toThrow(
      `Ownlist is already running (process ${first.launcherPid}) at http://localhost:4321. ` +
        'Stop it first, or set DATA_DIR and PORT to run a second one.',
    )
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await stopLauncher(first)
  })

  test('of two first starts at once one wins and the other says so', async () => {
    const dataDir = newDir()
    const both = await Promise.all([launch(dataDir, { binDir }), launch(dataDir, { binDir })])
    const winner = both.find((one) => !one.error)
    const loser = both.find((one) => one.error)
    expect(loser?.error).toContain(`already running (process ${winner?.launcherPid})`)
    await Promise.all(both.map(stopLauncher))
    expect(readdirSync(home).filter((name) => name.includes('.new-'))).toEqual([])
  })

  test('a launcher that is killed takes its server with it', async () => {
    const launched = await launch(newDir(), { binDir })
    launched.launcher.kill('SIGKILL')
    expect(await waitForEnd(launched.pid, 5000)).toBe(true)
  })

  test('a server that nobody owns any more is stopped and started anew', async () => {
    const dataDir = newDir()
    const orphaned = await launch(dataDir, { binDir })
    await query(orphaned.url, 'create table kept as select 1 as value')
    killGuard(orphaned.pid)
    orphaned.launcher.kill('SIGKILL')
    await waitForEnd(orphaned.launcherPid, 5000)
    expect(isAlive(orphaned.pid)).toBe(true)

    const postgres = await start(dataDir)
    expect(isAlive(orphaned.pid)).toBe(false)
    expect(await query(postgres.url, 'select value from kept')).toEqual([{ value: 1 }])
    await postgres.stop()
  })
})
