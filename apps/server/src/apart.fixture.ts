import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { environment } from './server.fixture.ts'

/** A server in a process of its own, as an administrator starts it, and all that it says. */
export async function serveApart(database: { url: string; ownerUrl: string }, more: NodeJS.ProcessEnv) {
  const main = join(import.meta.dirname, 'main.ts')
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, ...environment(database, more) }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  const listening = Promise.withResolvers<string>()
  const read = (data: Buffer) => {
    log += data.toString()
    const url = /Ownlist is at (\S+)/.exec(log)?.[1]
    if (url !== undefined) listening.resolve(url)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const ended = once(child, 'exit')
  void ended.then(() => listening.reject(new Error(log)))
  return {
    url: await listening.promise,
    log: () => log,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
