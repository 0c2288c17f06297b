import { readdirSync, readFileSync } from 'node:fs'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator, type Migration, type MigrationInfo, type MigrationProvider } from 'kysely/migration'
import pg from 'pg'
import { clientClass, clientConfig, explainFailure, settleTls } from './connection.ts'
import { ConfigurationError, parseDatabaseUrl } from './url.ts'

/** Numbered files, `0001_name.sql`, and for the newest a `0001_name.down.sql`. */
export const migrationsFolder = new URL('../migrations/', import.meta.url)

export interface MigrateOptions {
  /** The owner's URL, and not a pooler's: migrations hold a lock for their whole length. */
  url: string
  /** The login that serves requests, if it is not the owner: it is made a member of the two roles. */
  login?: string
  /** Where the files are; ours, unless a test has its own. */
  folder?: URL
}

/**
 * Brings the database up to date, under a lock, in one transaction: a failing migration leaves it as
 * it was. Safe to run from many servers at once and again and again.
 *
 * @returns the names of the migrations that were applied, oldest first
 */
export async function migrate({ url, login, folder }: MigrateOptions): Promise<string[]> {
  return withMigrator({ url, folder }, async (migrator, db) => {
    const applied = finish(await migrator.migrateToLatest())
    await letIn(db, login)
    return applied
  })
}

/** Takes back the newest migration; only the newest can be. */
export async function migrateDown(url: string, folder?: URL): Promise<string[]> {
  return withMigrator({ url, folder }, async (migrator) => finish(await migrator.migrateDown()))
}

/** Every migration, oldest first, with the time of its application where it was applied. */
export async function migrationStatus(url: string, folder?: URL): Promise<readonly MigrationInfo[]> {
  return withMigrator({ url, folder }, (migrator) => migrator.getMigrations())
}

/** Empties the schema and migrates anew. Everything in it is lost: callers make sure that is wanted. */
export async function reset(options: MigrateOptions): Promise<string[]> {
  await withOwner(options.url, async (db) => {
    await sql`drop schema public cascade`.execute(db)
    await sql`create schema public`.execute(db)
  })
  return migrate(options)
}

/** The files, by name, oldest first. */
export function migrationFiles(folder: URL = migrationsFolder): string[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .toSorted()
}

/** The text of one file; empty where it does not exist. */
export function migrationText(file: string, folder: URL = migrationsFolder): string {
  try {
    return readFileSync(new URL(file, folder), 'utf8')
  } catch {
    return ''
  }
}

class SqlFiles implements MigrationProvider {
  #folder: URL | undefined

  constructor(folder: URL | undefined) {
    this.#folder = folder
  }

  async getMigrations(): Promise<Record<string, Migration>> {
    const migrations: Record<string, Migration> = {}
    for (const file of migrationFiles(this.#folder)) {
      const downFile = file.replace('.sql', '.down.sql')
      const down = migrationText(downFile, this.#folder)
      migrations[file.replace('.sql', '')] = {
        up: (db) => execute(file, migrationText(file, this.#folder), db),
        ...(down && { down: (db) => execute(downFile, down, db) }),
      }
    }
    return migrations
  }
}

/** What PostgreSQL has against a migration is for whoever runs it, with the place in the file. */
async function execute(file: string, text: string, db: Kysely<unknown>): Promise<void> {
  try {
    await sql.raw(text).execute(db)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    const line = error.position ? `, line ${text.slice(0, Number(error.position)).split('\n').length}` : ''
    throw new ConfigurationError(
      `${file}${line}: ${[error.message, error.hint].filter(Boolean).join('\n')}`,
      {
        cause: error,
      },
    )
  }
}

function withMigrator<T>(
  { url, folder }: Pick<MigrateOptions, 'url' | 'folder'>,
  work: (migrator: Migrator, db: Kysely<unknown>) => Promise<T>,
): Promise<T> {
  return withOwner(url, (db) =>
    work(
      new Migrator({
        db,
        provider: new SqlFiles(folder),
        migrationTableName: 'migrations',
        migrationLockTableName: 'migrations_lock',
      }),
      db,
    ),
  )
}

async function withOwner<T>(url: string, work: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
  const asked = parseDatabaseUrl(url)
  let db: Kysely<unknown> | undefined
  try {
    const settings = await settleTls(asked)
    const pool = new pg.Pool({ ...clientConfig(settings), Client: clientClass(settings), max: 1 })
    pool.on('error', () => {})
    db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    return await work(db)
  } catch (error) {
    throw explainFailure(error, asked)
  } finally {
    await db?.destroy()
  }
}

function finish({ error, results }: { error?: unknown; results?: { migrationName: string }[] }): string[] {
  if (error === undefined) return (results ?? []).map((result) => result.migrationName)
  if (error instanceof Error && error.message.startsWith('corrupted migrations')) {
    throw new ConfigurationError(
      `The database was migrated by another version of Ownlist (${error.message}). Run that version, or a later one.`,
    )
  }
  throw error instanceof Error ? error : new Error('the migration failed', { cause: error })
}

/** Membership for the login that serves requests; creating a role alone does not allow becoming it. */
async function letIn(db: Kysely<unknown>, login: string | undefined): Promise<void> {
  await sql`grant select on migrations to ownlist_app, ownlist_auth`.execute(db)
  const { rows } = await sql<{ name: string; missing: boolean }>`
    select r.rolname as name, not r.rolsuper and exists (
      select from pg_roles wanted where wanted.rolname in ('ownlist_app', 'ownlist_auth')
        and not exists (select from pg_auth_members m where m.roleid = wanted.oid and m.member = r.oid
          and (to_jsonb(m) ->> 'set_option') is distinct from 'false')
    ) as missing
    from pg_roles r where r.rolname = ${login ?? sql`current_user`}`.execute(db)
  for (const { name, missing } of rows) {
    if (!missing) continue
    try {
      await sql`grant ownlist_app, ownlist_auth to ${sql.id(name)}`.execute(db)
    } catch (cause) {
      if (!(cause instanceof pg.DatabaseError)) throw cause
      throw new ConfigurationError(
        `The user of DATABASE_URL has to be a member of two roles, and the owner may not see to it.\n` +
          `As an administrator run: grant ownlist_app, ownlist_auth to ${pg.escapeIdentifier(name)};`,
        { cause },
      )
    }
  }
}
