import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchDatabase } from './database.ts'
import { startOwnlist } from './servers.ts'
import { spread, type Spread } from './statistics.ts'

export interface StartUp {
  /** Milliseconds from the start of the bundle to its first answer, the database being migrated. */
  bundle: Spread
  /** The same for `pnpm start` with its own PostgreSQL, when everything is built; undefined where it failed. */
  start: Spread | undefined
}

export async function startUp(database: BenchDatabase, samples: number): Promise<StartUp> {
  const bundle: number[] = []
  for (let sample = 0; sample < samples; sample++) {
    const started = performance.now()
    const server = await startOwnlist(database)
    await firstAnswer(server.url)
    bundle.push(performance.now() - started)
    await server.stop()
  }

  const dataDir = mkdtempSync(join(tmpdir(), 'ownlist-bench-start-'))
  try {
    const start: number[] = []
    // The first makes the database and is not counted.
    for (let sample = 0; sample <= samples; sample++) {
      const took = await wholeStart(dataDir)
      if (took === undefined) return { bundle: spread(bundle), start: undefined }
      if (sample > 0) start.push(took)
    }
    return { bundle: spread(bundle), start: spread(start) }
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

export function startUpLines({ bundle, start }: StartUp): string {
  const line = (name: string, { median, min, max }: Spread) =>
    `${name}: ${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`
  return [
    line('the server, database migrated, to its first answer', bundle),
    start
      ? line('`pnpm start` with its own PostgreSQL, built before', start)
      : '`pnpm start` failed; see above',
  ].join('\n')
}

async function wholeStart(dataDir: string): Promise<number | undefined> {
  const root = join(import.meta.dirname, '../..')
  const { DATABASE_URL: _, DATABASE_URL_UNPOOLED: _unpooled, ...environment } = process.env
  const started = performance.now()
  const child = spawn(
    process.execPath,
    ['--import', './tooling/lifecycle/compile-cache.mjs', 'tooling/start.ts'],
    {
      cwd: root,
      env: { ...environment, DATA_DIR: dataDir, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'exit')
  try {
    let printed = ''
    for await (const chunk of child.stdout) {
      printed += String(chunk)
      const url = /https?:\/\/[^\s]+/.exec(printed)?.[0]
      if (url === undefined) continue
      await firstAnswer(url)
      return performance.now() - started
    }
    return undefined
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

async function firstAnswer(url: string): Promise<void> {
  const response = await fetch(`${url}/ready`)
  if (!response.ok) throw new Error(`not ready: ${response.status}`)
}
