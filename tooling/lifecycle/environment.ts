import { randomBytes } from 'node:crypto'
import { createWriteStream, existsSync, linkSync, mkdirSync, readFileSync } from 'node:fs'
import { renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import { codeOf, LaunchError, messageOf } from '../postgres/src/errors.ts'
import { type Postgres, startPostgres } from '../postgres/src/index.ts'

/** Settings of this checkout; what the shell says goes before what .env says. */
export function loadSettings(root: string): { dataDir: string } {
  const file = join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  const dataDir = resolve(root, process.env.DATA_DIR || '.data')
  try {
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(join(dataDir, '.gitignore'), '*\n')
  } catch (error) {
    throw new LaunchError(
      `DATA_DIR (${dataDir}) cannot be written to: ${messageOf(error)}. Set DATA_DIR to a directory of yours.`,
    )
  }
  return { dataDir }
}

/** Our own PostgreSQL, unless DATABASE_URL names another. */
export function startDatabase(dataDir: string): Promise<Postgres> | undefined {
  if (process.env.DATABASE_URL) return undefined
  return startPostgres({ dataDir: join(dataDir, 'postgres'), onLog: logTo(join(dataDir, 'postgres.log')) })
}

/** What the server reads: the shell's settings, and for what they leave open this checkout's. */
export function serverEnvironment(dataDir: string, postgres: Postgres | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...(postgres ? { DATABASE_URL: postgres.serverUrl, DATABASE_URL_UNPOOLED: postgres.url } : {}),
    AUTH_SECRET: process.env.AUTH_SECRET || secret(dataDir),
  }
}

/** One line for each thing that a person can put right; undefined for what is our mistake. */
export function explain(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (forPeople.has(error.name)) return error.message

  const code = codeOf(error)
  if (code && unreachable.has(code) && process.env.DATABASE_URL) {
    const { host, pathname } = new URL(process.env.DATABASE_URL)
    const reason = error instanceof AggregateError ? messageOf(error.errors[0]) : error.message
    return (
      `The database of DATABASE_URL (${host}${pathname}) cannot be used: ${reason}. ` +
      'Check the URL, or unset it for the built-in database.'
    )
  }
  // Vite's own words, when `dev` finds its port taken.
  if (/^Port \d+ is already in use$/.test(error.message)) return `${error.message}. Set PORT to another one.`
  return undefined
}

/** As a person would type it. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near
}

const forPeople = new Set([
  'LaunchError',
  'AlreadyRunningError',
  'ConfigurationError',
  'DatabaseUnavailableError',
])
// From 28P01 on PostgreSQL's own: a wrong password, no access, no such database, no connection left.
const unreachable = new Set(
  'ECONNREFUSED ECONNRESET ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH 28P01 28000 3D000 53300'.split(
    ' ',
  ),
)

/** Signs the sessions: made once, so that a restart signs nobody out. */
function secret(dataDir: string): string {
  const file = join(dataDir, 'auth-secret')
  if (!existsSync(file)) {
    const made = `${file}.${process.pid}`
    writeFileSync(made, randomBytes(32).toString('hex'), { mode: 0o600 })
    try {
      linkSync(made, file)
    } catch {
      // Another start was quicker, and its secret holds for both.
    }
    unlinkSync(made)
  }
  return readFileSync(file, 'utf8')
}

function logTo(file: string): (line: string) => void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > 5_000_000) renameSync(file, `${file}.1`)
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 })
  stream.on('error', () => {})
  return (line) => void stream.write(`${line}\n`)
}
