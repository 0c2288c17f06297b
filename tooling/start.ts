import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { boundMemory } from '../apps/server/src/memory.ts'
import { ensureBuilt } from './lifecycle/builds.ts'
import {
  explain,
  loadSettings,
  serverEnvironment,
  shortPath,
  startDatabase,
} from './lifecycle/environment.ts'
import { prepareStopping } from './lifecycle/stopping.ts'

/** `pnpm start`: database, server and web app in one process, from one command. */
interface ServerBundle {
  startServer(env: NodeJS.ProcessEnv): Promise<{ url: string; close(): Promise<void> }>
}

boundMemory()

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
  const building = new AbortController()
  stopping.add(async () => building.abort())

  const database = startDatabase(dataDir)
  stopping.add(async () => (await database?.catch(() => undefined))?.stop())
  const [postgres] = await Promise.all([database, ensureBuilt(root, building.signal)])

  const bundle: ServerBundle = await import(
    pathToFileURL(join(root, 'apps/server/dist/server/index.js')).href
  )
  const settings = serverEnvironment(dataDir, postgres)
  const serving = bundle.startServer({
    ...settings,
    WEB_DIR: settings.WEB_DIR || join(root, 'apps/web/dist'),
  })
  stopping.add(async () => (await serving.catch(() => undefined))?.close())
  const { url } = await serving
  await postgres?.announce(url)

  const seconds = (performance.now() / 1000).toFixed(1)
  const where = postgres
    ? `Data in ${shortPath(dataDir)} (PostgreSQL ${postgres.version})`
    : 'Data in DATABASE_URL'
  process.stdout.write(
    `\n  Ownlist is running at ${url}\n  ${where}. Ready after ${seconds} s. Ctrl-C stops it.\n\n`,
  )
}
