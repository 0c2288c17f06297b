import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'pg'

import { AlreadyRunningError, LaunchError, messageOf } from './errors.ts'
import { isAlive, readProcess } from './processes.ts'

// One launcher at a time per cluster. PostgreSQL keeps the lock, so it ends with its holder, however that ends.
const lockKey = 7_014_091_100

export interface Lock {
  announce(url: string): Promise<void>
  release(): Promise<void>
  lost: Promise<void>
}

/** Takes the lock on a server of our own. Undefined when another launcher has it. */
export async function takeLock(url: string, serving?: string): Promise<Lock | undefined> {
  const client = new Client({ connectionString: url, application_name: title(serving), keepAlive: true })
  const lost = new Promise<void>((resolve) => {
    client.once('end', () => resolve())
    client.on('error', () => resolve())
  })
  await client.connect()
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    lockKey,
  ])
  if (!rows[0]?.taken) {
    await client.end()
    return undefined
  }
  return {
    lost,
    async announce(address) {
      await client.query("select set_config('application_name', $1, false)", [title(address)])
    },
    async release() {
      await client.end().catch(() => {})
    },
  }
}

/**
 * Looks at a server that another launcher started. Throws when that launcher lives; returns when it is gone, and
 * its server may be stopped.
 */
export async function assertOrphaned(url: string, pid: number): Promise<void> {
  const patience = performance.now() + 30_000
  let sinceAnswer: number | undefined
  for (;;) {
    const seen = await lookAt(url)
    if (typeof seen === 'object') {
      if (seen.holder) throw new AlreadyRunningError(seen.holder)
      sinceAnswer ??= performance.now()
      const launching = isAlive(seen.launcher) && /node/.test(readProcess(seen.launcher)?.command ?? '')
      // A launcher needs a moment between starting its server and locking it.
      if (!launching || performance.now() - sinceAnswer > 5000) return
    } else if (!isAlive(pid)) return
    else if (performance.now() > patience) {
      throw new LaunchError(
        `PostgreSQL (process ${pid}) does not answer (${seen}). End it with: kill -INT ${pid}`,
      )
    }
    await sleep(50)
  }
}

interface Seen {
  launcher: number
  holder?: { pid: number; url?: string }
}

async function lookAt(url: string): Promise<Seen | string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ launcher: string | null; title: string | null }>(
      `select current_setting('ownlist.launcher', true) as launcher, (
         select a.application_name from pg_locks l join pg_stat_activity a using (pid)
         where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32) | l.objid::bigint = $1
         limit 1
       ) as title`,
      [lockKey],
    )
    const [, pid, address] = /^ownlist (\d+) ?(.*)$/.exec(rows[0]?.title ?? '') ?? []
    const launcher = Number(rows[0]?.launcher)
    return pid ? { launcher, holder: { pid: Number(pid), url: address } } : { launcher }
  } catch (error) {
    return messageOf(error)
  } finally {
    await client.end().catch(() => {})
  }
}

// PostgreSQL keeps 63 characters.
function title(url?: string): string {
  return `ownlist ${process.pid} ${url ?? ''}`.trim().slice(0, 63)
}
