import { exists, isAlive, type ProcessInfo, readProcess } from '../postgres/src/processes.ts'

/**
 * Calls back once when a package manager above us is gone. npx, npm and the shells between them pass signals on
 * unreliably: ended from outside, they would leave the server running with nobody to stop it.
 */
export function watchLaunchers(gone: () => void): void {
  const pids = launchersOf(ancestors()).map(({ pid }) => pid)
  if (pids.length === 0) return
  const timer = setInterval(() => {
    if (pids.every(stillThere)) return
    clearInterval(timer)
    gone()
  }, 500)
  timer.unref()
}

/**
 * Of the processes above us, nearest first, those that are only there to start us: up to the topmost package
 * manager. The shell or terminal above it may go; whoever wants the server to outlive that has said so.
 */
export function launchersOf(above: ProcessInfo[]): ProcessInfo[] {
  const end = above.findIndex(({ command }) => !packageManager.test(command) && !goBetween.test(command))
  const near = end === -1 ? above : above.slice(0, end)
  return near.slice(0, near.findLastIndex(({ command }) => packageManager.test(command)) + 1)
}

const packageManager = /(^|[\s/])(npx|npm|pnpm|pnpx|yarn|corepack)(-cli)?(\.[cm]?js)?(\s|$)/
const goBetween = /^\S*\b(sh|bash|dash|zsh|node)(\.exe)? \S/

function ancestors(): ProcessInfo[] {
  const found: ProcessInfo[] = []
  for (let pid = process.ppid; pid > 1 && found.length < 20;) {
    const next = readProcess(pid)
    if (!next) break
    found.push(next)
    pid = next.parent
  }
  return found
}

function stillThere(pid: number): boolean {
  // Twice a second is too often to start `ps`, which is how others than Linux tell the dead from the living.
  return process.platform === 'linux' ? isAlive(pid) : exists(pid)
}
