import { spawn } from 'node:child_process'

import { type Account, runAs } from './account.ts'

/**
 * Even a launcher that is killed leaves nothing running: this shell reads from a pipe that only ends with the
 * launcher, and then sends the signal. A negative pid is a process group (and `--` before it is not understood by dash).
 */
export function endWithUs(
  pid: number,
  name: 'INT' | 'TERM',
  ended: Promise<unknown>,
  account?: Account,
): void {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -${name} "$1"`, 'ownlist-guard', String(pid)], {
    ...runAs(account),
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => {})
  guard.stdin.on('error', () => {})
  guard.unref()
  void dismiss()

  async function dismiss(): Promise<void> {
    await ended
    guard.kill('SIGKILL')
  }
}
