import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@ownlist/postgres'
import type { TestDatabase } from '@ownlist/testing'
import pg from 'pg'
import { vi } from 'vitest'

const program = '/usr/sbin/pgbouncer'
export const pgBouncerIsPresent = existsSync(program)

export interface PgBouncer {
  /** The same URL, through it. */
  through(direct: string): string
  stop(): void
}

/** In transaction mode, with four connections to PostgreSQL for everybody, so that users share them all the time. */
export async function startPgBouncer(database: TestDatabase): Promise<PgBouncer> {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-pgbouncer-'))
  const port = await freePort()
  writeFileSync(
    join(home, 'users.txt'),
    [database.url, database.ownerUrl]
      .map((one) => new URL(one))
      .map(({ username, password }) => `"${username}" "${password}"\n`)
      .join(''),
  )
  const settings = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: join(home, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: 4,
    max_client_conn: 200,
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`)
  writeFileSync(
    join(home, 'pgbouncer.ini'),
    `[databases]\n* = host=127.0.0.1 port=${new URL(database.url).port}\n[pgbouncer]\n${lines.join('\n')}\n`,
  )
  chmodSync(home, 0o755)
  const bouncer: ChildProcess = spawn(program, [join(home, 'pgbouncer.ini')], {
    ...unprivileged(),
    stdio: 'ignore',
  })

  const through = (direct: string) => {
    const changed = new URL(direct)
    changed.port = String(port)
    return changed.href
  }
  const knock = async () => {
    const client = new pg.Client({ connectionString: through(database.url) })
    client.on('error', () => {})
    try {
      await client.connect()
    } finally {
      await client.end().catch(() => {})
    }
  }
  await vi.waitFor(knock, { timeout: 20_000 })

  return {
    through,
    stop() {
      bouncer.kill('SIGKILL')
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** PgBouncer refuses root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = nobody?.split(':') ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}
