import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely'
import type { Database } from './connect.ts'
import { DatabaseUnavailableError, isForgotten, isUnavailable } from './connection.ts'
import type { DB } from './database.ts'
import type { Identity } from './scoped-query.ts'
import type { OpenTransaction } from './transactions.ts'
import { dateValues, textValues, type ValueParsers } from './values.ts'

declare const brand: unique symbol

/** A user's id that came out of a session, and not out of a request. */
export type UserId = string & { readonly [brand]: 'UserId' }

/**
 * One user's view of the database. Every query takes a scope, and `asUser` is the only way to one:
 * its statements run as a role that row-level security binds to this user.
 */
export interface Scope {
  readonly db: Kysely<DB>
  readonly userId: UserId
}

/** Who makes a change, and from where: what the log says of it. */
export interface Origin {
  actor: 'session' | 'token' | 'import' | 'system'
  /** The session's or the token's id. */
  session?: string | undefined
  /** What the client calls itself, 1 to 64 characters. */
  client?: string | undefined
  /** The newest revision that the client had seen. */
  basedOn?: number | undefined
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The only way to a user's rows. Cheap enough to call for each request (3 µs). */
export function asUser(database: Database, userId: string, origin?: Origin): Scope {
  if (!uuid.test(userId)) throw new TypeError('a user id is a UUID')
  const identity = { role: 'ownlist_app', userId, origin: origin && JSON.stringify(origin) } as const
  const dialect = scopedDialect(database, identity, textValues, camelCase)
  return { db: new Kysely<DB>({ dialect }), userId: userId as UserId }
}

/** Runs `work` in one transaction of the scope; statements of a single call need none. */
export function inTransaction<T>(scope: Scope, work: (scope: Scope) => Promise<T>): Promise<T> {
  return scope.db.transaction().execute((db) => work({ db, userId: scope.userId }))
}

/**
 * Everything of one moment, for as long as it takes to read it in pages. It keeps a connection until its
 * end, which nobody may forget.
 */
export async function inSnapshot({ db, userId }: Scope): Promise<{ scope: Scope; end: () => Promise<void> }> {
  const snapshot = await db
    .startTransaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute()
  return {
    scope: { db: snapshot, userId },
    async end() {
      await snapshot.rollback().execute()
    },
  }
}

/** The revision that this transaction's writes belong to; undefined where it has written nothing. */
export async function writtenRevision({ db, userId }: Scope): Promise<number | undefined> {
  const { rows } = await sql<{ revision: number }>`
    select revision from user_clocks where user_id = ${userId} and ${isWrittenHere}`.execute(db)
  return rows[0]?.revision
}

/** Whether a clock's revision is this transaction's, and this step's of it. */
export const isWrittenHere = sql<boolean>`xact = pg_current_xact_id_if_assigned()
  and xact_at = transaction_timestamp() and step = coalesce(current_setting('app.step', true), '')`

/**
 * The identity tables, as the role that sees nothing a user owns. Names stay as the database has
 * them and timestamps are Dates, because better-auth wants both.
 */
export function asAuth<Tables = DB>(database: Database): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: scopedDialect(database, { role: 'ownlist_auth', userId: null }, dateValues),
  })
}

// camelCase here, snake_case there. Kysely's own plugin walks every query and copies every row; here names change
// where the text is written, and once for each shape of rows.
const camelCase = remembering((name) =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
)
const snakeCase = remembering((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))

class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override sanitizeIdentifier(identifier: string): string {
    return super.sanitizeIdentifier(snakeCase(identifier))
  }
}

function remembering(convert: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    let converted = known.get(name)
    if (converted === undefined) known.set(name, (converted = convert(name)))
    return converted
  }
}

type Who = Pick<Identity, 'role' | 'userId' | 'origin'>

function scopedDialect(
  database: Database,
  who: Who,
  types: ValueParsers,
  rename?: (column: string) => string,
): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ScopedDriver(database, who, types, rename),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => (rename ? new SnakeCaseCompiler() : new PostgresQueryCompiler()),
  }
}

class ScopedDriver implements Driver {
  readonly open: (settings: string) => Promise<OpenTransaction>
  readonly run: (query: CompiledQuery) => Promise<QueryResult<never>>
  readonly within: (transaction: OpenTransaction, query: CompiledQuery) => Promise<QueryResult<never>>

  constructor(
    database: Database,
    { role, userId, origin }: Who,
    types: ValueParsers,
    rename: ((column: string) => string) | undefined,
  ) {
    const statement = ({ sql: text, parameters }: CompiledQuery) => ({
      text,
      values: parameters,
      types,
      rename,
      name: database.named ? statementName(text) : undefined,
    })
    this.open = (settings) => database.begin(settings, role, userId, origin)
    this.run = (query) => answer(database.run(statement(query), role, userId))
    this.within = (transaction, query) => answer(transaction.run(statement(query)))
  }

  async init() {}

  async acquireConnection(): Promise<ScopedConnection> {
    return new ScopedConnection(this)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const isolation = settings.isolationLevel ? ` isolation level ${settings.isolationLevel}` : ''
    const access = settings.accessMode ? ` ${settings.accessMode}` : ''
    const own = connection as ScopedConnection
    own.transaction = await reportingAvailability(this.open(isolation + access))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const own = connection as ScopedConnection
    const { transaction } = own
    own.transaction = undefined
    if (transaction) await reportingAvailability(transaction.commit())
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const own = connection as ScopedConnection
    const { transaction } = own
    own.transaction = undefined
    await transaction?.rollback()
  }

  async releaseConnection() {}

  async destroy() {}
}

/** What Kysely calls a connection: a shared lane for single statements until a transaction begins. */
class ScopedConnection implements DatabaseConnection {
  transaction: OpenTransaction | undefined
  #driver: ScopedDriver

  constructor(driver: ScopedDriver) {
    this.#driver = driver
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.transaction ? this.#driver.within(this.transaction, query) : this.#driver.run(query)
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('streaming is not supported: read in pages')
  }
}

async function answer(
  running: Promise<{ rows: unknown[]; rowCount: number | null; command: string }>,
): Promise<QueryResult<never>> {
  const { rows, rowCount, command } = await reportingAvailability(running)
  if (command === 'SELECT' || rowCount === null) return { rows: rows as never[] }
  return { rows: rows as never[], numAffectedRows: BigInt(rowCount) }
}

/** The rest of the program knows one error for "not now", whatever layer said it: what it is told of was undone. */
export async function reportingAvailability<T>(running: Promise<T>): Promise<T> {
  try {
    return await running
  } catch (cause) {
    if (!isUnavailable(cause) && !isForgotten(cause)) throw cause
    throw new DatabaseUnavailableError('PostgreSQL does not answer', { cause })
  }
}

/**
 * Prepared statements cost memory on every connection, so only the first thousand texts get a name.
 * Queries keep their texts few: arrays go in as one parameter, not as one each.
 */
const names = new Map<string, string>()

function statementName(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined) return known
  if (names.size >= 1_000) return undefined
  const name = `ownlist_${names.size}`
  names.set(text, name)
  return name
}
