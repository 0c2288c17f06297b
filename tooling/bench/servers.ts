import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServerProcess {
  url: string
  pid: number
  stop(): Promise<void>
}

/** Another build of the server may be measured: OWNLIST_BUNDLE=…/main.js pnpm bench */
const bundle =
  process.env['OWNLIST_BUNDLE'] ??
  fileURLToPath(new URL('../dist/server/main.js', import.meta.resolve('@ownlist/server')))
const bareServer = fileURLToPath(new URL('bare-server.ts', import.meta.url))

/** Signs the sessions, some of which the benchmark makes itself. */
export const benchSecret = 'the secret of the benchmark, which is none'

/** Ownlist as production runs it: the bundle, with everything on. */
export function startOwnlist(
  { url, serverUrl }: { url: string; serverUrl: string },
  {
    main = bundle,
    nodeArguments = [],
    webDir,
  }: { main?: string; nodeArguments?: string[]; webDir?: string } = {},
): Promise<ServerProcess> {
  return startServer([...nodeArguments, main], {
    DATABASE_URL: serverUrl,
    DATABASE_URL_UNPOOLED: url,
    AUTH_SECRET: benchSecret,
    LOG_LEVEL: 'warn',
    // A benchmark is more than people from one address ever are. It pays for the limits and does not meet them.
    RATE_LIMIT_ACCOUNT: '1000000',
    RATE_LIMIT_ADDRESS: '1000000',
    RATE_LIMIT_IDENTITY: '1000000',
    ...(webDir !== undefined && { WEB_DIR: webDir }),
  })
}

/** What there is to beat: no framework, no sessions, no row-level security. */
export function startBare({ url }: { url: string }): Promise<ServerProcess> {
  return startServer([bareServer], { DATABASE_URL: url })
}

/** Starts a program that prints the address it listens on. */
async function startServer(args: string[], environment: Record<string, string>): Promise<ServerProcess> {
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, TMPDIR, NODE_ENV: 'production', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /https?:\/\/\S+/.exec(line)?.[0]
    if (url === undefined) continue
    child.stdout.resume()
    return {
      // By its number: looking up a name is no work of the server's.
      url: url.replace('//localhost:', '//127.0.0.1:'),
      pid: child.pid ?? 0,
      async stop() {
        child.kill('SIGTERM')
        await ended
      },
    }
  }
  throw new Error(`${args.at(-1)} ended before it listened`)
}

/** What a process has used so far: memory in MiB, processor time in seconds. Undefined where there is no /proc. */
export function usageOf(pid: number): { rss: number; pss: number; cpu: number } | undefined {
  try {
    const kilobytes = (file: string, field: string) =>
      Number(
        new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1],
      )
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      rss: kilobytes('status', 'VmRSS') / 1024,
      pss: kilobytes('smaps_rollup', 'Pss') / 1024,
      cpu: (Number(fields[11]) + Number(fields[12])) / 100,
    }
  } catch {
    return undefined
  }
}
