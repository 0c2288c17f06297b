import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { migrate } from '@ownlist/db'
import { startPostgres } from '@ownlist/postgres'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

const template = 'ownlist_template'
const prefix = 'ownlist-test-'

/** One server for the whole run, with a migrated database from which each test file copies its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const place = roomiest()
  removeAbandoned(place)
  const home = mkdtempSync(join(place, `${prefix}${process.pid}-`))
  // Root's PostgreSQL runs as another user, and before 16 it has to be able to walk to its data.
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false })
  try {
    await makeTemplate(postgres.url, postgres.serverUrl)
  } catch (error) {
    await stop()
    throw error
  }
  project.provide('postgres', {
    ownerUrl: postgres.url,
    serverUrl: postgres.serverUrl,
    template,
    version: postgres.version,
  })
  const { seed } = project.vitest.config.sequence
  process.stdout.write(`PostgreSQL ${postgres.version}, seed ${seed} (repeat with --sequence.seed=${seed})\n`)
  return stop

  // A run that is interrupted does not come here: the server's guard then stops it, and the next run clears up.
  async function stop() {
    await postgres.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

async function makeTemplate(ownerUrl: string, serverUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  await client.query(`create database ${template}`)
  await client.end()

  const url = new URL(ownerUrl)
  url.pathname = `/${template}`
  await migrate({ url: url.href, login: new URL(serverUrl).username })
}

// In memory a database is copied in 10 ms instead of 70 to 200; a test of a million rows needs room there.
function roomiest(): string {
  const memory = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(memory)
    if (process.platform === 'linux' && bavail * bsize > 4 * 1024 ** 3) return memory
  } catch {
    // Only Linux has it.
  }
  return tmpdir()
}

function removeAbandoned(place: string): void {
  for (const name of readdirSync(place)) {
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (!name.startsWith(prefix) || !pid || isRunning(pid)) continue
    rmSync(join(place, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
