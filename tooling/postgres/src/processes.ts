import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProcessInfo {
  pid: number
  parent: number
  command: string
}

/** A zombie counts as gone: where nobody reaps (many containers), a killed process stays one for ever. */
export function isAlive(pid: number): boolean {
  return exists(pid) && readProcess(pid) !== undefined
}

/** Whether anything has that number, dead or alive. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export function readProcess(pid: number): ProcessInfo | undefined {
  if (process.platform === 'linux') return readProc(pid)
  return readPs(['-p', String(pid)])[0]
}

export function listProcesses(): ProcessInfo[] {
  if (process.platform !== 'linux') return readPs(['-ax'])
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProc(Number(name)))
    .filter((found) => found !== undefined)
}

/** Sends a signal to a process that may have ended in the meantime. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is gone, which is what a signal is for here.
  }
}

export async function waitForEnd(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await sleep(10)
  }
  return true
}

// Slim images have no `ps`, so Linux is read from /proc.
function readProc(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may itself hold spaces and brackets; the fields begin after the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return undefined
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return { pid, parent: Number(parent), command }
  } catch {
    return undefined
  }
}

function readPs(selection: string[]): ProcessInfo[] {
  try {
    const text = execFileSync('ps', [...selection, '-o', 'pid=,ppid=,stat=,command='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 16 * 1024 * 1024,
    })
    return text.split('\n').flatMap((line) => {
      const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      if (!pid || !parent || !state || state.startsWith('Z')) return []
      return [{ pid: Number(pid), parent: Number(parent), command: command ?? '' }]
    })
  } catch {
    return []
  }
}
