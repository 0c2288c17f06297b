import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { listProcesses, signal } from '../postgres/src/processes.ts'

export const root = join(import.meta.dirname, '..', '..')
export const node = [process.execPath, join(root, 'tooling', 'start.ts')]

/** A checkout started the way a person does, with a data directory of its own. */
export interface Started {
  child: ChildProcess
  output(): string
  /** Waits until the program prints its address. */
  ready(): Promise<string>
  ended(): Promise<void>
}

export function run([command = '', ...args]: string[], settings: Record<string, string>): Started {
  // As if typed by hand: the test runner's own settings (it sets BASE_URL, among others) stay behind.
  const inherited = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|USER|TMPDIR|npm_config_.*|XDG_.*)$/.test(name),
  )
  const child = spawn(command, args, {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...settings },
    detached: true,
    stdio: 'pipe',
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  let over = false
  child.once('exit', () => (over = true))
  const started: Started = {
    child,
    output: () => output,
    async ready() {
      return until(() => {
        const [, url] = /running at (http:\S+)/.exec(output) ?? []
        if (!url && over) throw new Error(`It did not start:\n${output}`)
        return url
      }, 60_000)
    },
    async ended() {
      await until(() => over || undefined, 20_000)
    },
  }
  return started
}

/** Every process that has to do with a data directory, by its arguments, working directory or environment. */
export function belongingTo(dataDir: string): { pid: number; command: string }[] {
  return listProcesses().filter(({ pid, command }) => {
    if (pid === process.pid) return false
    if (command.includes(dataDir) || process.platform !== 'linux') return command.includes(dataDir)
    try {
      if (readlinkSync(`/proc/${pid}/cwd`).startsWith(dataDir)) return true
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`DATA_DIR=${dataDir}`)
    } catch {
      return false
    }
  })
}

export async function nothingLeft(dataDir: string): Promise<void> {
  await until(() => belongingTo(dataDir).length === 0 || undefined, 20_000).catch(() => {
    const left = belongingTo(dataDir).map(({ pid, command }) => `${pid} ${command}`)
    throw new Error(`Still running:\n${left.join('\n')}`)
  })
}

export function killEverything(dataDir: string): void {
  for (const { pid } of belongingTo(dataDir)) signal(pid, 'SIGKILL')
}

async function until<T>(read: () => T | undefined, patience: number): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    const value = read()
    if (value !== undefined) return value
    if (performance.now() > deadline) throw new Error('It took too long.')
    await sleep(25)
  }
}
