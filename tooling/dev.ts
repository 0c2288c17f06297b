import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { explain, loadSettings, serverEnvironment, startDatabase } from './lifecycle/environment.ts'
import { prepareStopping } from './lifecycle/stopping.ts'
import { endWithUs } from './postgres/src/guard.ts'
import { freePort } from './postgres/src/free-port.ts'
import { signal } from './postgres/src/processes.ts'

/**
 * `pnpm dev`: the same address as `pnpm start`, with Vite in front that reloads the web app and hands /api to a
 * server that starts anew when its source changes.
 */
interface Vite {
  createServer(config: object): Promise<{ listen(): Promise<unknown>; close(): Promise<void> }>
}

const root = join(import.meta.dirname, '..')
const stopping = prepareStopping()

try {
  await start()
} catch (error) {
  if (!stopping.begun) {
    const line = explain(error)
    process.stderr.write(`${line ?? (error instanceof Error ? error.stack : String(error))}\n`)
  }
  await stopping.stop(1)
}

async function start(): Promise<void> {
  const { dataDir } = loadSettings(root)
  const database = startDatabase(dataDir)
  stopping.add(async () => (await database?.catch(() => undefined))?.stop())
  const postgres = await database

  const webPort = Number(process.env.PORT || 3000)
  const apiPort = await freePort()
  const url = `http://localhost:${webPort}`
  const settings = serverEnvironment(dataDir, postgres)
  // Browsers talk to Vite's port, and that is the origin the server has to accept.
  startServer({
    ...settings,
    NODE_ENV: 'development',
    PORT: String(apiPort),
    HOST: '127.0.0.1',
    BASE_URL: settings.BASE_URL || url,
  })

  await startWeb(webPort, `http://127.0.0.1:${apiPort}`)
  await postgres?.announce(url)
  process.stdout.write(
    `\n  Ownlist is being developed at ${url}\n  Server and web reload on change. Ctrl-C stops both.\n\n`,
  )
}

function startServer(env: NodeJS.ProcessEnv): void {
  const main = join(root, 'apps', 'server', 'src', 'main.ts')
  const child = spawn(process.execPath, ['--watch', '--watch-preserve-output', main], {
    cwd: root,
    env,
    // A group of its own: Ctrl-C reaches us alone, and we end server and database in the right order.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const { pid } = child
  if (pid === undefined) return
  const ended = once(child, 'exit')
  endWithUs(-pid, 'TERM', ended)
  void ended.then(() => stopping.stop(1))
  stopping.add(async () => {
    signal(-pid, 'SIGTERM')
    const force = setTimeout(() => signal(-pid, 'SIGKILL'), 8000)
    if (child.exitCode === null && child.signalCode === null) await ended
    clearTimeout(force)
  })
}

async function startWeb(port: number, api: string): Promise<void> {
  const web = join(root, 'apps', 'web')
  // Vite is the web app's dependency, not this script's.
  const entry = createRequire(join(web, 'package.json')).resolve('vite')
  const vite: Vite = await import(pathToFileURL(entry).href)
  const server = await vite.createServer({
    root: web,
    clearScreen: false,
    logLevel: 'warn',
    server: { port, strictPort: true, proxy: { '/api': { target: api }, '/dev/mail': { target: api } } },
  })
  stopping.add(() => server.close())
  await server.listen()
}
