import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, lchownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import { type Account, canEnter, runAs, serverEnvironment } from './account.ts'
import type { Binaries } from './binaries.ts'
import { codeOf, LaunchError, messageOf } from './errors.ts'
import { isAlive } from './processes.ts'

export const database = 'ownlist'
export const owner = 'ownlist'
export const login = 'ownlist_server'

/** What is kept beside the cluster: who may connect, and where it listened last. */
export interface Keys {
  ownerPassword: string
  serverPassword: string
  port?: number
}

export function clusterDir(dataDir: string): string {
  return join(dataDir, 'cluster')
}

/** The major version that made the cluster; undefined where there is none. */
export function clusterMajor(dataDir: string): number | undefined {
  try {
    return Number(readFileSync(join(clusterDir(dataDir), 'PG_VERSION'), 'utf8').trim())
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unreadable(dataDir, error)
  }
}

export function readKeys(dataDir: string): Keys {
  try {
    const keys: unknown = JSON.parse(readFileSync(join(dataDir, 'keys.json'), 'utf8'))
    if (isKeys(keys)) return keys
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw unreadable(dataDir, error)
  }
  throw new LaunchError(`${join(dataDir, 'keys.json')} is damaged. Put it back from a backup.`)
}

export function writeKeys(dataDir: string, keys: Keys): void {
  const file = join(dataDir, 'keys.json')
  const next = `${file}.${process.pid}`
  writeFileSync(next, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 })
  // Root may be starting what an ordinary user made: it stays theirs.
  const { uid, gid } = statSync(dataDir)
  if (process.getuid?.() === 0) chownSync(next, uid, gid)
  renameSync(next, file)
}

/**
 * Makes cluster, roles and database in a directory beside the final one and renames it as the last act: a first
 * start that is killed leaves no half a cluster, and of two at once one wins and the other finds its work.
 */
export function createCluster(options: {
  dataDir: string
  binaries: Binaries
  account: Account | undefined
  durable: boolean
}): void {
  const { dataDir } = options
  const making = `${dataDir}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(dirname(dataDir), { recursive: true })
    removeAbandoned(dataDir)
    mkdirSync(making)
    // The service account has to pass through; the keys inside are closed by themselves.
    chmodSync(making, options.account ? 0o711 : 0o700)
    fill(making, options)
    renameSync(making, dataDir)
  } catch (error) {
    rmSync(making, { recursive: true, force: true })
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) {
      if (clusterMajor(dataDir) !== undefined) return
      throw new LaunchError(
        `${dataDir} holds something else than a database. Set DATA_DIR to another directory.`,
      )
    }
    if (error instanceof LaunchError) throw error
    throw new LaunchError(
      `No database can be made in ${dataDir} (${messageOf(error)}). Set DATA_DIR to a place you own.`,
    )
  }
}

/**
 * How the server is told where its cluster is. The service account may not be able to walk there (a clone in
 * /root): it is then started inside, and finds its place as its working directory. Before 16 PostgreSQL could not.
 */
export function clusterPath(cluster: string, account: Account | undefined, binaries: Binaries): string {
  if (!account || canEnter(account, cluster)) return cluster
  if (process.platform === 'linux' && binaries.major >= 16) return '/proc/self/cwd'
  throw new LaunchError(
    `PostgreSQL runs as ${account.name}, who cannot enter ${cluster}. Set DATA_DIR to a directory outside of it.`,
  )
}

/** A cluster opens with the major version that made it and no other. It is left as it is. */
export function assertSameMajor(dataDir: string, binaries: Binaries): void {
  const major = clusterMajor(dataDir)
  if (major === binaries.major) return
  throw new LaunchError(
    `The database in ${dataDir} was made by PostgreSQL ${major}, and this is PostgreSQL ${binaries.version}; nothing ` +
      `was changed. Set POSTGRES_BIN to the bin directory of a PostgreSQL ${major}, or move the data with its ` +
      'pg_dump (docs/operations.md), or set DATA_DIR to begin a new database.',
  )
}

/** A directory copied by root belongs to root, whom PostgreSQL refuses. */
export function giveTo(account: Account | undefined, cluster: string): void {
  if (!account || statSync(cluster).uid === account.uid) return
  for (const name of readdirSync(cluster, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(cluster, name), account.uid, account.gid)
  }
  chownSync(cluster, account.uid, account.gid)
}

function fill(
  home: string,
  { binaries, account, durable }: { binaries: Binaries; account: Account | undefined; durable: boolean },
): void {
  const cluster = clusterDir(home)
  mkdirSync(cluster, { mode: 0o700 })
  if (account) chownSync(cluster, account.uid, account.gid)
  const path = clusterPath(cluster, account, binaries)
  const run = (program: string, args: string[], input?: string) => {
    const { status, stderr, error } = spawnSync(join(binaries.dir, program), args, {
      ...runAs(account),
      cwd: cluster,
      env: serverEnvironment(),
      encoding: 'utf8',
      input,
    })
    const failure = /^.*(?:ERROR|FATAL|PANIC|error):\s*(.*)$/m.exec(stderr ?? '')
    if (error || status !== 0 || failure) {
      throw new LaunchError(`${program} failed: ${failure?.[1] ?? error?.message ?? stderr.trim()}`)
    }
  }

  const locale =
    binaries.major >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : ['--locale=C.UTF-8']
  // Nobody can connect before the passwords are set: the server has not run yet.
  run('initdb', [
    '-D',
    path,
    '-U',
    owner,
    '-E',
    'UTF8',
    '-A',
    'trust',
    ...locale,
    ...(durable ? [] : ['--no-sync']),
  ])

  const keys = { ownerPassword: password(), serverPassword: password() }
  const statements = [
    `alter role ${owner} password '${keys.ownerPassword}'`,
    `create role ${login} login noinherit nosuperuser nocreatedb nocreaterole password '${keys.serverPassword}'`,
    `create database ${database} owner ${owner}`,
  ]
  // Iterations protect passwords that people choose; these are 256 random bits, and each connection pays for them.
  const settings = binaries.major >= 16 ? ['-c', 'scram_iterations=1'] : []
  if (!durable) settings.push('-F')
  run('postgres', ['--single', '-D', path, ...settings, 'postgres'], `${statements.join('\n')}\n`)

  const rules = join(cluster, 'pg_hba.conf')
  writeFileSync(rules, '# Written by tooling/postgres.\nhost all all 127.0.0.1/32 scram-sha-256\n')
  writeKeys(home, keys)
}

/** Directories of first starts that were killed. */
function removeAbandoned(dataDir: string): void {
  const prefix = `${basename(dataDir)}.new-`
  for (const name of readdirSync(dirname(dataDir))) {
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (!name.startsWith(prefix) || isAlive(pid)) continue
    rmSync(join(dirname(dataDir), name), { recursive: true, force: true })
  }
}

function unreadable(dataDir: string, error: unknown): LaunchError {
  if (codeOf(error) === 'EACCES') {
    return new LaunchError(
      `${dataDir} belongs to another user. Start as that user, or set DATA_DIR to a place you own.`,
    )
  }
  return new LaunchError(`${dataDir} cannot be read: ${messageOf(error)}`)
}

function password(): string {
  return randomBytes(32).toString('hex')
}

function isKeys(value: unknown): value is Keys {
  if (typeof value !== 'object' || value === null) return false
  return 'ownerPassword' in value && 'serverPassword' in value
}
