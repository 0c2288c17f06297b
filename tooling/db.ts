import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { main as run } from '../packages/db/src/cli.ts'
import { explain, loadSettings } from './lifecycle/environment.ts'
import { clusterDir, database, login, owner, readKeys } from './postgres/src/cluster.ts'
import { AlreadyRunningError, LaunchError, startPostgres } from './postgres/src/index.ts'
import { findPostmaster } from './postgres/src/postmaster.ts'

const root = join(import.meta.dirname, '..')
const schemaFile = join(root, 'packages/db/schema.sql')

/**
 * `pnpm db <command>`: gives the commands of packages/db a database. That is the one of DATABASE_URL, else the one
 * that `pnpm start` keeps in DATA_DIR; what is generated comes from an empty one of its own, so that it depends on the
 * migrations and on nothing else.
 */
export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [command] = args
  switch (command) {
    case undefined:
    case 'help':
      await run(args, env)
      process.stdout.write(
        '  schema          write schema.sql, what the migrations make; --verify only compares\n',
      )
      return 0
    case 'new':
      return run(args, env)
    case 'types':
      return inScratch({}, (scratch) => run(args, scratch))
    case 'schema':
      return schema(args.includes('--verify'))
    default:
      return onDatabase(env, command, (found) => run(args, found))
  }
}

/** What the migrations make in PostgreSQL 15, the oldest that is supported, as its own pg_dump writes it. */
export async function dumpSchema(bin: string): Promise<string> {
  return inScratch({ binDir: bin }, async ({ DATABASE_URL: url = '' }) => {
    const args = [
      '--schema-only',
      '--no-owner',
      '--exclude-table=migrations',
      '--exclude-table=migrations_lock',
    ]
    const dump = execFileSync(join(bin, 'pg_dump'), [...args, `--dbname=${url}`], { encoding: 'utf8' })
    // The versions, and a key that is another in each dump, say nothing about the schema.
    return `${dump
      .replaceAll(/^(-- Dumped (from|by) .*|\\(un)?restrict .*)\n/gm, '')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()}\n`
  })
}

/** The programs of PostgreSQL 15, where they are installed. */
export function findDumpTools(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return [
    env['POSTGRES_BIN'] ?? '',
    '/usr/lib/postgresql/15/bin',
    '/opt/homebrew/opt/postgresql@15/bin',
  ].find(
    (bin) =>
      existsSync(join(bin, 'pg_dump')) &&
      execFileSync(join(bin, 'pg_dump'), ['--version'], { encoding: 'utf8' }).includes('(PostgreSQL) 15.'),
  )
}

async function schema(verify: boolean): Promise<number> {
  const bin = findDumpTools()
  if (!bin)
    throw new LaunchError('schema.sql is written by the pg_dump of PostgreSQL 15: install postgresql-15.')
  const dump = await dumpSchema(bin)
  if (!verify) {
    writeFileSync(schemaFile, dump)
    return 0
  }
  if (existsSync(schemaFile) && readFileSync(schemaFile, 'utf8') === dump) return 0
  process.stderr.write('packages/db/schema.sql is not what the migrations make: run "pnpm db schema".\n')
  return 1
}

async function inScratch<T>(
  options: { binDir?: string },
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'ownlist-db-'))
  // Root's PostgreSQL runs as another user, which has to reach its data.
  chmodSync(home, 0o755)
  try {
    const postgres = await startPostgres({ dataDir: join(home, 'postgres'), durable: false, ...options })
    try {
      const env = { DATABASE_URL: postgres.url }
      if ((await run(['migrate'], env)) !== 0) throw new LaunchError('The migrations failed.')
      return await work(env)
    } finally {
      await postgres.stop()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The database of DATABASE_URL, else ours: joined where it runs, started for the length of the command where not. */
async function onDatabase(
  env: NodeJS.ProcessEnv,
  command: string,
  work: (env: NodeJS.ProcessEnv) => Promise<number>,
): Promise<number> {
  const { dataDir } = loadSettings(root)
  const settings = { ...process.env, ...env }
  if (settings['DATABASE_URL'] || settings['DATABASE_URL_UNPOOLED']) return work(settings)

  const home = join(dataDir, 'postgres')
  // To print the migrations no database has to be made.
  if (command === 'sql' && !existsSync(home)) return work(settings)
  try {
    const postgres = await startPostgres({ dataDir: home })
    try {
      return await work({
        ...settings,
        DATABASE_URL: postgres.serverUrl,
        DATABASE_URL_UNPOOLED: postgres.url,
      })
    } finally {
      await postgres.stop()
    }
  } catch (error) {
    const running = error instanceof AlreadyRunningError ? findPostmaster(clusterDir(home)) : undefined
    if (!running) throw error
    const { ownerPassword, serverPassword } = readKeys(home)
    const place = `127.0.0.1:${running.port}/${database}`
    return work({
      ...settings,
      DATABASE_URL: `postgresql://${login}:${serverPassword}@${place}`,
      DATABASE_URL_UNPOOLED: `postgresql://${owner}:${ownerPassword}@${place}`,
    })
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2), process.env)
  } catch (error) {
    process.stderr.write(`${explain(error) ?? (error instanceof Error ? error.stack : String(error))}\n`)
    process.exitCode = 1
  }
}
