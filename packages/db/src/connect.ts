import pg from 'pg'
import {
  clientClass,
  clientConfig,
  DatabaseUnavailableError,
  isUnavailable,
  namedStatementsWork,
  settleTls,
} from './connection.ts'
import { Lanes, type Statement } from './lanes.ts'
import { enterScope, enterScopeName, scopeValues, type Identity } from './scoped-query.ts'
import { ConfigurationError, parseDatabaseUrl } from './url.ts'

export interface DatabaseOptions {
  url: string
  /** Connections in all: a third as shared lanes for single statements, the rest for transactions. */
  max?: number
  /** Milliseconds after which an unused connection is closed. */
  idleTimeout?: number
  /** Milliseconds after which any connection is replaced. */
  lifetime?: number
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
}

/** A transaction on a connection of its own; statements run in the order they are sent. */
export interface OpenTransaction {
  run(statement: Statement): Promise<pg.QueryResult>
  commit(): Promise<void>
  rollback(): Promise<void>
}

/** The connections of one server process, and the only two ways to run something on them. */
export interface Database {
  run(statement: Statement, role: Identity['role'], userId: string | null): Promise<pg.QueryResult>
  begin(settings: string, role: Identity['role'], userId: string | null): Promise<OpenTransaction>
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
  const settings = await settleTls(parseDatabaseUrl(options.url)).catch((error) => {
    throw explain(error)
  })
  const max = options.max ?? 30
  const lifetime = options.lifetime ?? 300_000
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
    throw explain(error)
  } finally {
    await probe.end().catch(() => {})
  }

  const laneCount = options.pipelining === false ? 0 : Math.max(1, Math.round(max / 3))
  const lanes = new Lanes(
    () => new Client({ ...config, pipeline: true }),
    { max: laneCount, lifetime, sleepCheck: 30_000, named },
    onError,
  )
  const pool = new pg.Pool({
    ...config,
    Client,
    pipeline: true,
    max: Math.max(1, max - laneCount),
    idleTimeoutMillis: options.idleTimeout ?? 300_000,
    maxLifetimeSeconds: Math.ceil(lifetime / 1000),
    connectionTimeoutMillis: options.acquireTimeout ?? 5_000,
  })
  // Without a listener an idle connection that breaks takes the whole process with it.
  pool.on('error', onError)

  const limits = {
    statementTimeout: options.statementTimeout ?? 10_000,
    lockTimeout: options.lockTimeout ?? 5_000,
  }

  async function begin(settingsText: string, role: Identity['role'], userId: string | null) {
    return openTransaction(await checkout(pool), settingsText, { role, userId, ...limits }, named)
  }

  return {
    named,
    begin,
    async run(statement, role, userId) {
      if (laneCount > 0) return lanes.run({ role, userId, ...limits }, statement)
      const transaction = await begin('', role, userId)
      try {
        const result = await transaction.run(statement)
        await transaction.commit()
        return result
      } catch (error) {
        await transaction.rollback()
        throw error
      }
    },
    usage: () => ({
      lanes: lanes.size,
      pool: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount + lanes.waiting,
      max,
    }),
    async end() {
      await Promise.all([lanes.end(), pool.end()])
    },
  }
}

/** When each pooled connection was last given back: one that slept is asked before it is used. */
const lastUsed = new WeakMap<pg.PoolClient, number>()

async function checkout(pool: pg.Pool): Promise<pg.PoolClient> {
  for (;;) {
    const client = await pool.connect()
    if (performance.now() - (lastUsed.get(client) ?? performance.now()) < 30_000) return client
    try {
      await client.query({ text: 'select 1', query_timeout: 2_000 } as pg.QueryConfig)
      return client
    } catch (error) {
      client.release(error instanceof Error ? error : true)
    }
  }
}

/** BEGIN and the scope leave in one go; the first statement does not wait for their answer. */
function openTransaction(
  client: pg.PoolClient,
  settings: string,
  identity: Identity,
  named: boolean,
): OpenTransaction {
  const opening = Promise.all([
    client.query(`begin${settings}`),
    client.query({
      text: enterScope,
      values: scopeValues(identity),
      ...(named ? { name: enterScopeName } : {}),
    }),
  ])
  opening.catch(() => {})

  function release(error?: Error) {
    lastUsed.set(client, performance.now())
    client.release(error)
  }

  return {
    async run({ text, name, values, types }) {
      const query = { text, values: [...values], types, ...(name === undefined ? {} : { name }) }
      const result = client.query(query as pg.QueryConfig)
      result.catch(() => {})
      // If the scope could not be entered, that is the error to tell, not what followed from it.
      await opening
      return result
    },
    async commit() {
      try {
        const { command } = await client.query('commit')
        if (command !== 'COMMIT') throw new Error('the transaction had failed and was rolled back')
        release()
      } catch (error) {
        release(error instanceof Error ? error : undefined)
        throw error
      }
    },
    async rollback() {
      try {
        await client.query('rollback')
        release()
      } catch (error) {
        // A connection that cannot roll back is thrown away, and PostgreSQL rolls back for it.
        release(error instanceof Error ? error : undefined)
      }
    },
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

function explain(error: unknown): unknown {
  if (error instanceof ConfigurationError) return error
  if (isUnavailable(error))
    return new DatabaseUnavailableError('PostgreSQL does not answer', { cause: error })
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === '28P01' || code === '28000') {
    return new ConfigurationError('PostgreSQL refuses the user or password of DATABASE_URL.')
  }
  if (code === '3D000') return new ConfigurationError('The database that DATABASE_URL names does not exist.')
  return error
}
