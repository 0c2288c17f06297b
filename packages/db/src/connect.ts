import type pg from 'pg'
import { clientClass, clientConfig, explainFailure, namedStatementsWork, settleTls } from './connection.ts'
import { Lanes, type Statement } from './lanes.ts'
import type { Identity } from './scoped-query.ts'
import { Transactions, type OpenTransaction } from './transactions.ts'
import { ConfigurationError, parseDatabaseUrl } from './url.ts'

export interface DatabaseOptions {
  url: string
  /** Connections in all: a third as shared lanes for single statements, the rest for transactions. */
  max?: number
  /** Milliseconds after which an unused connection is closed. */
  idleTimeout?: number
  /** Milliseconds after which any connection is replaced. */
  lifetime?: number
  /** Milliseconds of sleep after which a connection is asked for a sign of life before it is used. */
  sleepCheck?: number
  /** Milliseconds that one statement, and one wait for a lock, may take. */
  statementTimeout?: number
  lockTimeout?: number
  /** Milliseconds to wait for a free connection before the answer is "unavailable". */
  acquireTimeout?: number
  /** Named prepared statements: `auto` asks the server, since older poolers lose them. */
  prepared?: 'auto' | 'on' | 'off'
  /** `false` runs every statement in a plain transaction: slower, and free of pg's inner methods. */
  pipelining?: boolean
  onError?: (error: Error) => void
  /** Told of every statement and its milliseconds, and never of its values: those are people's. */
  onStatement?: (text: string, milliseconds: number) => void
}

/** The connections of one server process, and the only two ways to run something on them. */
export interface Database {
  run(statement: Statement, role: Identity['role'], userId: string | null): Promise<pg.QueryResult>
  begin(
    settings: string,
    role: Identity['role'],
    userId: string | null,
    origin?: string,
  ): Promise<OpenTransaction>
  /** Whether statements may be named; settled when the database was opened. */
  readonly named: boolean
  /** Connections as they stand, for the administrator's graphs. */
  usage(): { lanes: number; pool: number; idle: number; waiting: number; max: number }
  end(): Promise<void>
}

/**
 * Opens the connections to PostgreSQL and checks what everything else relies on: that the two roles
 * can be taken, and that neither can bypass row-level security.
 *
 * @throws ConfigurationError where the administrator has to act; DatabaseUnavailableError where waiting helps.
 */
export async function connect(options: DatabaseOptions): Promise<Database> {
  const asked = parseDatabaseUrl(options.url)
  const settings = await settleTls(asked).catch((error) => {
    throw explainFailure(error, asked)
  })
  const max = options.max ?? 30
  const lifetime = options.lifetime ?? 300_000
  const sleepCheck = options.sleepCheck ?? 30_000
  const onError = options.onError ?? (() => {})
  const config = clientConfig(settings)
  const Client = clientClass(settings)

  const probe = new Client(config)
  probe.on('error', onError)
  let named: boolean
  try {
    await probe.connect()
    await assertRoles(probe)
    named = options.prepared === 'on' || (options.prepared !== 'off' && (await namedStatementsWork(probe)))
  } catch (error) {
    throw explainFailure(error, settings)
  } finally {
    await probe.end().catch(() => {})
  }

  const laneCount = options.pipelining === false ? 0 : Math.max(1, Math.round(max / 3))
  const lanes = new Lanes(
    () => new Client({ ...config, pipeline: true }),
    { max: laneCount, lifetime, sleepCheck, named },
    onError,
  )
  const transactions = new Transactions(
    {
      ...config,
      Client,
      pipeline: true,
      max: Math.max(1, max - laneCount),
      idleTimeoutMillis: options.idleTimeout ?? 300_000,
      maxLifetimeSeconds: Math.ceil(lifetime / 1000),
      connectionTimeoutMillis: options.acquireTimeout ?? 5_000,
    },
    { sleepCheck, named },
    onError,
  )
  const limits = {
    statementTimeout: options.statementTimeout ?? 10_000,
    lockTimeout: options.lockTimeout ?? 5_000,
  }

  const watched = watch(options.onStatement)
  const begin: Database['begin'] = async (settingsText, role, userId, origin) => {
    const transaction = await transactions.begin(settingsText, { role, userId, origin, ...limits })
    return options.onStatement
      ? { ...transaction, run: watched((statement) => transaction.run(statement)) }
      : transaction
  }
  const runOne = (identity: Identity) =>
    watched((statement) =>
      laneCount > 0 ? lanes.run(identity, statement) : transactions.run(identity, statement),
    )

  return {
    named,
    begin,
    run: (statement, role, userId) => runOne({ role, userId, ...limits })(statement),
    usage: () => ({
      lanes: lanes.size,
      ...transactions.usage(),
      waiting: transactions.usage().waiting + lanes.waiting,
      max,
    }),
    async end() {
      await Promise.all([lanes.end(), transactions.end()])
    },
  }
}

type Run = (statement: Statement) => Promise<pg.QueryResult>

function watch(tell: DatabaseOptions['onStatement']): (run: Run) => Run {
  if (!tell) return (run) => run
  return (run) => async (statement) => {
    const start = performance.now()
    try {
      return await run(statement)
    } finally {
      tell(statement.text, performance.now() - start)
    }
  }
}

/** The promise of isolation rests on these two roles being what they seem. */
async function assertRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; unbound: boolean; owner: boolean }>(`
    select rolname as name, rolsuper or rolbypassrls as unbound,
      exists (select from pg_class c where c.relowner = r.oid and c.relkind in ('r', 'p')) as owner
    from pg_roles r where rolname in ('ownlist_app', 'ownlist_auth')`)
  if (rows.length < 2) throw new ConfigurationError('The database is not migrated: run "pnpm db migrate".')

  for (const { name, unbound, owner } of rows) {
    if (unbound) {
      throw new ConfigurationError(
        `The role ${name} could bypass row-level security: alter role ${name} nosuperuser nobypassrls;`,
      )
    }
    if (owner) throw new ConfigurationError(`The role ${name} owns tables, which it must not.`)
    await client.query(`begin; set local role ${name}; rollback`).catch(async () => {
      await client.query('rollback')
      throw new ConfigurationError(`The user of DATABASE_URL may not become ${name}: grant ${name} to it.`)
    })
  }
}
