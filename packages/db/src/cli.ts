import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { connect, type Database } from './connect.ts'
import { DatabaseUnavailableError } from './connection.ts'
import { askErasure, eraseDue, findReceipt, type ErasureReceipt } from './erasure.ts'
import {
  migrate,
  migrateDown,
  migrationFiles,
  migrationsFolder,
  migrationStatus,
  migrationText,
  reset,
} from './migrate.ts'
import { defaultRetention, removeExpired, type Retention } from './retention.ts'
import { UpkeepElsewhereError } from './upkeep.ts'
import { ConfigurationError, isLoopback, parseDatabaseUrl } from './url.ts'

const usage = `pnpm db <command>

  migrate         bring the database up to date
  migrate --down  take the newest migration back
  status          list the migrations and when each was applied
  new <name>      start a migration in packages/db/migrations
  sql             print the pending migrations as SQL, to review or to run by hand
  clean           remove what is older than LOG_RETENTION_DAYS and OPERATION_RETENTION_DAYS say
  erase <e-mail>  erase an account with everything, at once, and print the receipt
  reset           empty the database and migrate anew (development only)
  types           write src/database.ts from the database; --verify only compares

The database is DATABASE_URL_UNPOOLED or DATABASE_URL, as the owner of its tables.`

/** Runs one command; resolves to the exit code. */
export async function main(
  args: string[],
  env: NodeJS.ProcessEnv,
  folder: URL = migrationsFolder,
): Promise<number> {
  const [command, ...rest] = args
  try {
    switch (command) {
      case 'migrate':
        say(...(rest.includes('--down') ? await migrateDown(url(env), folder) : await applied(env, folder)))
        return 0
      case 'status':
        for (const { name, executedAt } of await migrationStatus(url(env), folder)) {
          say(`${executedAt?.toISOString() ?? 'pending                 '}  ${name}`)
        }
        return 0
      case 'new':
        say(start(rest[0], folder))
        return 0
      case 'sql':
        say(await pendingSql(env, folder))
        return 0
      case 'reset':
        refuseOutsideDevelopment(env)
        say(...(await reset({ url: url(env), ...login(env), folder })))
        return 0
      case 'clean':
        say(JSON.stringify(await served(env, (database) => removeExpired(database, retention(env)))))
        return 0
      case 'erase':
        say(JSON.stringify(await served(env, (database) => erase(database, rest[0])), null, 2))
        return 0
      case 'types':
        return generateTypes(url(env), rest.includes('--verify'))
      default:
        say(usage)
        return command === undefined || command === 'help' ? 0 : 2
    }
  } catch (error) {
    const words = inWords(error)
    if (words === undefined) throw error
    process.stderr.write(`${words}\n`)
    return 1
  }
}

/** What an administrator can act upon; undefined for a mistake of ours, whose stack is wanted. */
function inWords(error: unknown): string | undefined {
  if (error instanceof UpkeepElsewhereError) return 'A server is at it this moment: try again.'
  if (error instanceof ConfigurationError || error instanceof DatabaseUnavailableError) return error.message
  if (!(error instanceof pg.DatabaseError)) return undefined
  return [`PostgreSQL: ${error.message}`, error.hint].filter(Boolean).join('\n')
}

function url(env: NodeJS.ProcessEnv): string {
  const found = env['DATABASE_URL_UNPOOLED'] || env['DATABASE_URL']
  if (!found)
    throw new ConfigurationError('Set DATABASE_URL (or DATABASE_URL_UNPOOLED) to the database to work on.')
  return found
}

/** Who serves requests, where the owner is somebody else. */
function login(env: NodeJS.ProcessEnv): { login?: string } {
  return env['DATABASE_URL'] ? { login: parseDatabaseUrl(env['DATABASE_URL']).user } : {}
}

async function applied(env: NodeJS.ProcessEnv, folder: URL): Promise<string[]> {
  const names = await migrate({ url: url(env), ...login(env), folder })
  return names.length > 0 ? names : ['up to date']
}

function start(name: string | undefined, folder: URL): string {
  if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new ConfigurationError('Name the migration in snake_case: pnpm db new add_lists')
  }
  const next = String(migrationFiles(folder).length + 1).padStart(4, '0')
  const file = fileURLToPath(new URL(`${next}_${name}.sql`, folder))
  writeFileSync(file, '-- Why this change, in whole sentences.\n\n', { flag: 'wx' })
  return file
}

async function pendingSql(env: NodeJS.ProcessEnv, folder: URL): Promise<string> {
  const known =
    env['DATABASE_URL_UNPOOLED'] || env['DATABASE_URL'] ? await migrationStatus(url(env), folder) : []
  const done = new Set(known.filter((migration) => migration.executedAt).map((migration) => migration.name))
  return migrationFiles(folder)
    .filter((file) => !done.has(file.replace('.sql', '')))
    .map((file) => `-- ${file}\n\n${migrationText(file, folder)}`)
    .join('\n')
}

/** A connection like the server's, which has the same rights and no more. */
async function served<T>(env: NodeJS.ProcessEnv, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await connect({ url: env['DATABASE_URL'] || url(env), max: 2 })
  try {
    return await work(database)
  } finally {
    await database.end()
  }
}

function retention(env: NodeJS.ProcessEnv): Retention {
  const days = (name: string, least: number, otherwise: number) => {
    const given = env[name] || String(otherwise)
    if (/^\d{1,5}$/.test(given) && Number(given) >= least) return Number(given)
    throw new ConfigurationError(`${name} must be a whole number of days, at least ${least}.`)
  }
  return {
    logDays: days('LOG_RETENTION_DAYS', 0, defaultRetention.logDays),
    operationDays: days('OPERATION_RETENTION_DAYS', 1, defaultRetention.operationDays),
  }
}

async function erase(database: Database, email: string | undefined): Promise<ErasureReceipt | undefined> {
  if (!email) throw new ConfigurationError('Say whose account: pnpm db erase <e-mail>')
  const receiptId = await askErasure(database, email)
  if (!receiptId) throw new ConfigurationError(`There is no account of ${email}.`)
  while ((await eraseDue(database)).length > 0);
  return findReceipt(database, receiptId)
}

function refuseOutsideDevelopment(env: NodeJS.ProcessEnv): void {
  const { host, database } = parseDatabaseUrl(url(env))
  if (env['NODE_ENV'] === 'production' || !isLoopback(host)) {
    throw new ConfigurationError(
      `reset deletes everything in "${database}" on ${host}: it is for development, on this machine, without NODE_ENV=production.`,
    )
  }
}

function generateTypes(databaseUrl: string, verify: boolean): number {
  const out = fileURLToPath(new URL('./database.ts', import.meta.url))
  const codegen = fileURLToPath(import.meta.resolve('kysely-codegen/dist/cli/bin.js'))
  // Closed sets are text with a CHECK in the database, and unions here.
  const columns = {
    'tasks.priority': "Generated<'low' | 'medium' | 'high' | null>",
    'tasks.status': "Generated<'pending' | 'in_progress' | 'completed'>",
  }
  const types = { timestamptz: 'string', int8: 'number', date: 'string', xid8: 'string' }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      codegen,
      '--dialect=postgres',
      '--camel-case',
      `--url=${databaseUrl}`,
      `--out-file=${out}`,
      `--type-mapping=${JSON.stringify(types)}`,
      `--overrides=${JSON.stringify({ columns })}`,
      '--exclude-pattern=migrations*',
      ...(verify ? ['--verify'] : []),
    ],
    { encoding: 'utf8' },
  )
  // It looks for TypeScript 5's parser, and complains at length where it uses an override as written.
  say(stdout.trim(), ...(status === 0 ? [] : [stderr.trim()]))
  return status ?? 1
}

function say(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env)
