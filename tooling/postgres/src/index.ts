import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { serviceAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import * as clusters from './cluster.ts'
import { LaunchError } from './errors.ts'
import { assertOrphaned } from './lock.ts'
import { freePort } from './free-port.ts'
import { findPostmaster, leftovers, type Postmaster, type Server } from './postmaster.ts'
import { StartFailure, startPostmaster, stopPostmaster } from './postmaster.ts'
import { signal } from './processes.ts'
import { supervise } from './supervisor.ts'

export { AlreadyRunningError, LaunchError } from './errors.ts'
export { freePort } from './free-port.ts'

export interface PostgresOptions {
  /** Made where it does not exist. */
  dataDir: string
  /** The server's programs; default: POSTGRES_BIN, the npm package, an installed PostgreSQL. */
  binDir?: string
  /** Default: the one it had last, else a free one. */
  port?: number
  /** False gives up safety for speed: for tests. */
  durable?: boolean
  onLog?: (line: string) => void
}

export interface Postgres {
  /** The owner of everything, a superuser: migrations, backups. */
  url: string
  /** A login without privileges of its own: what the application serves with. */
  serverUrl: string
  port: number
  readonly pid: number
  version: string
  /** Tells a second start where this one can be reached. */
  announce(url: string): Promise<void>
  stop(): Promise<void>
}

/** Starts the cluster in dataDir, makes it first where needed, and keeps it running until `stop`. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  if (process.platform === 'win32') {
    throw new LaunchError(
      'On Windows, start Ownlist inside WSL or set DATABASE_URL to a PostgreSQL of yours.',
    )
  }
  const { binDir, durable = true, onLog = () => {} } = options
  const dataDir = resolve(options.dataDir)
  const cluster = clusters.clusterDir(dataDir)
  const major = clusters.clusterMajor(dataDir)
  const account = serviceAccount(cluster)
  const binaries = findBinaries({ binDir, account, major })
  if (major === undefined) clusters.createCluster({ dataDir, binaries, account, durable })
  clusters.assertSameMajor(dataDir, binaries)
  clusters.giveTo(account, cluster)

  const keys = clusters.readKeys(dataDir)
  const server: Server = { cluster, binaries, account, durable, onLog }
  const urlAt = (port: number, user: string, database: string = clusters.database) => {
    const password = user === clusters.owner ? keys.ownerPassword : keys.serverPassword
    return `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`
  }

  const postmaster = await startAlone(server, options.port ?? keys.port, {
    fixed: options.port !== undefined,
    lockUrl: (port) => urlAt(port, clusters.owner, 'postgres'),
  })
  const { port } = postmaster
  if (port !== keys.port) clusters.writeKeys(dataDir, { ...keys, port })

  const supervised = await supervise(server, postmaster, urlAt(port, clusters.owner, 'postgres'))
  return {
    url: urlAt(port, clusters.owner),
    serverUrl: urlAt(port, clusters.login),
    port,
    version: binaries.version,
    ...supervised,
    get pid() {
      return supervised.pid()
    },
  }
}

/** One way in: whatever runs in the cluster is either somebody's, and we report it, or nobody's, and we end it. */
async function startAlone(
  server: Server,
  wantedPort: number | undefined,
  { fixed, lockUrl }: { fixed: boolean; lockUrl: (port: number) => string },
): Promise<Postmaster> {
  const deadline = performance.now() + 60_000
  let port = wantedPort ?? (await freePort())
  for (;;) {
    const running = findPostmaster(server.cluster)
    if (running) {
      await assertOrphaned(lockUrl(running.port), running.pid)
      await stopPostmaster(running.pid)
    }
    try {
      return await startPostmaster(server, port)
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error
      if (error.portTaken && fixed) {
        throw new LaunchError(`Port ${port}, where PostgreSQL should listen, is in use. Choose another one.`)
      }
      if (error.portTaken) port = await freePort()
      else if (leftovers(server.cluster).length > 0)
        leftovers(server.cluster).forEach((pid) => signal(pid, 'SIGQUIT'))
      else if (!error.clusterTaken) throw new LaunchError(`PostgreSQL did not start: ${error.message}`)
      if (performance.now() > deadline) throw new LaunchError(`PostgreSQL did not start: ${error.message}`)
      await sleep(100)
    }
  }
}
