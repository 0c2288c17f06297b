import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { LaunchError } from '../postgres/src/errors.ts'

/** Builds what `start` serves, unless it is there and no source has changed since. */
export async function ensureBuilt(root: string, signal: AbortSignal): Promise<void> {
  const built = outputs.every((path) => existsSync(join(root, path)))
  const turbo = join(root, 'node_modules', '.bin', 'turbo')
  // An installation without development dependencies brings its builds along.
  if (built && !existsSync(turbo)) return

  const stamp = join(root, '.turbo', 'started-from')
  const now = fingerprint(root)
  if (built && now === read(stamp)) return

  process.stdout.write('Building …\n')
  await run(turbo, root, signal)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, now)
}

const outputs = ['apps/server/dist/server/index.js', 'apps/web/dist/index.html']
const elsewhere = new Set(['node_modules', 'dist', '.turbo', 'coverage', 'test-results'])

// Asking turbo costs a third of a second at every start; looking at dates costs a hundredth.
function fingerprint(root: string): string {
  const hash = createHash('sha256')
  const add = (path: string) => {
    const { mtimeMs, size } = statSync(path)
    hash.update(`${path}\0${mtimeMs}\0${size}\n`)
  }
  const walk = (dir: string) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name)
      if (entry.isDirectory()) {
        if (!elsewhere.has(entry.name)) walk(path)
      } else if (entry.isFile() && !/\.test\.tsx?$/.test(entry.name)) add(path)
    }
  }
  walk(join(root, 'packages'))
  walk(join(root, 'apps'))
  for (const file of ['pnpm-lock.yaml', 'turbo.json']) add(join(root, file))
  return hash.digest('hex')
}

function run(turbo: string, root: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = []
    const child = spawn(turbo, ['run', 'build', '--output-logs=errors-only'], {
      cwd: root,
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
      killSignal: 'SIGTERM',
    })
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => {
      if (code === 0) return resolve()
      process.stderr.write(Buffer.concat(output))
      return reject(new LaunchError('The build failed; what it said is above.'))
    })
  })
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
