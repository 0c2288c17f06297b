import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

import { type Account, runAs, serverEnvironment } from './account.ts'
import type { Binaries } from './binaries.ts'
import { clusterPath } from './cluster.ts'
import { endWithUs } from './guard.ts'
import { exists, listProcesses, readProcess, signal, waitForEnd } from './processes.ts'

export interface Server {
  cluster: string
  binaries: Binaries
  account: Account | undefined
  durable: boolean
  onLog: (line: string) => void
}

export interface Postmaster {
  pid: number
  port: number
  ended: Promise<void>
}

/** Why a server did not come up, in its own last words. */
export class StartFailure extends Error {
  readonly portTaken: boolean
  readonly clusterTaken: boolean

  constructor(output: string[]) {
    const fatal = output.findLast((line) => line.includes('FATAL:')) ?? output.at(-1) ?? 'no output'
    super(fatal.replace(/^.*FATAL:\s*/, ''))
    this.portTaken = output.some((line) => line.includes('could not create any TCP/IP sockets'))
    this.clusterTaken = output.some((line) => line.includes('lock file "postmaster.pid" already exists'))
  }
}

/** Starts a server in the cluster and waits until it takes connections. */
export async function startPostmaster(server: Server, port: number): Promise<Postmaster> {
  const { cluster, binaries, account } = server
  const path = clusterPath(cluster, account, binaries)
  const child = spawn(join(binaries.dir, 'postgres'), ['-D', path, ...settings(server, port)], {
    ...runAs(account),
    cwd: cluster,
    env: serverEnvironment(),
    // A session of its own: Ctrl-C in the terminal must not end the database before the requests in flight.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const closed = once(child, 'close')
  const output = collectOutput(child, server.onLog)

  const { pid } = child
  if (pid === undefined) throw new StartFailure(['The program cannot be run.'])
  endWithUs(pid, 'INT', ended, account)
  // After a crash it first replays its log, which takes as long as it takes.
  while (child.exitCode === null && child.signalCode === null) {
    const file = readPidFile(cluster)
    if (file?.pid === pid && file.ready) return { pid, port, ended }
    await sleep(5)
  }
  // Its last words may still be on the way; leftovers of an earlier server can hold the pipe open.
  await Promise.race([closed, sleep(200)])
  throw new StartFailure(output)
}

/** Ends the sessions and the server; what was committed is on disk. Says so with ever more force. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [name, patience] of [
    ['SIGINT', 8000],
    ['SIGQUIT', 4000],
    ['SIGKILL', 4000],
  ] as const) {
    signal(pid, name)
    if (await waitForEnd(pid, patience)) return
  }
}

/** The server that runs in the cluster, whoever started it. */
export function findPostmaster(cluster: string): { pid: number; port: number } | undefined {
  const file = readPidFile(cluster)
  if (!file) return undefined
  if (/^(\S*\/)?(postgres|postmaster)\b/.test(readProcess(file.pid)?.command ?? '')) return file

  // PostgreSQL refuses to start while anything has that number: another program by now (usual in containers, where
  // numbers start from 1 again), or the dead server itself where nobody collects the dead. Sessions that survived
  // their server still count.
  if (exists(file.pid) && leftovers(cluster).length === 0)
    rmSync(join(cluster, 'postmaster.pid'), { force: true })
  return undefined
}

/** Sessions and helpers whose server was killed and who have not noticed yet. */
export function leftovers(cluster: string): number[] {
  const title = `postgres: ${clusterName(cluster)}: `
  return listProcesses()
    .filter((found) => found.command.startsWith(title))
    .map((found) => found.pid)
}

function settings({ cluster, durable }: Server, port: number): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    cluster_name: clusterName(cluster),
    max_connections: 100,
    shared_buffers: '128MB',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // The server answers for its statements' errors; here they would only repeat what users wrote.
    log_min_messages: 'log',
    log_checkpoints: 'off',
    // Read by the next start, should this one be killed.
    'ownlist.launcher': process.pid,
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

function clusterName(cluster: string): string {
  return `ownlist-${createHash('sha256').update(realpathSync(cluster)).digest('hex').slice(0, 12)}`
}

function readPidFile(cluster: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    const [pid, port] = [Number(lines[0]), Number(lines[3])]
    return pid > 0 ? { pid, port, ready: lines[7]?.trim() === 'ready' } : undefined
  } catch {
    return undefined
  }
}

function collectOutput(child: ChildProcess, onLog: (line: string) => void): string[] {
  const last: string[] = []
  if (!child.stderr) return last
  createInterface({ input: child.stderr }).on('line', (line) => {
    last.push(line)
    if (last.length > 50) last.shift()
    onLog(line)
  })
  return last
}
