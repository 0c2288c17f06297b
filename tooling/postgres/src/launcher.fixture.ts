import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { isAlive, listProcesses, signal, waitForEnd } from './processes.ts'

export interface Launched {
  launcher: ChildProcess
  launcherPid: number
  url: string
  pid: number
  port: number
  error?: string
}

/** Starts PostgreSQL from another process; `as` is a user id to run that process as. */
export async function launch(
  dataDir: string,
  options: { as?: number; binDir?: string } = {},
): Promise<Launched> {
  const launcher = spawn(process.execPath, [fixture, dataDir, 'fast'], {
    ...(options.as ? { uid: options.as, gid: options.as } : {}),
    env: { ...process.env, ...(options.binDir ? { POSTGRES_BIN: options.binDir } : {}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: launcher.stdout }), 'line')
  return { ...JSON.parse(String(line)), launcher, launcherPid: launcher.pid ?? 0 }
}

export async function stopLauncher({ launcher, launcherPid, pid }: Launched): Promise<void> {
  launcher.kill('SIGTERM')
  await waitForEnd(launcherPid, 10_000)
  if (pid && isAlive(pid)) throw new Error(`PostgreSQL (process ${pid}) outlived its launcher.`)
}

/** What `kill -9` of everything a launcher started would leave: nothing that could stop the server later. */
export function killGuard(postmaster: number): void {
  for (const { pid, command } of listProcesses()) {
    if (command.endsWith(`ownlist-guard ${postmaster}`)) signal(pid, 'SIGKILL')
  }
}

const fixture = fileURLToPath(new URL('run.fixture.ts', import.meta.url))
