import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
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
  removeAbandoned()
  const home = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
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

function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (!name.startsWith(prefix) || !pid || isRunning(pid)) continue
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
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
