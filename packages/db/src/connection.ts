import type { Socket } from 'node:net'
import pg from 'pg'
import { ConfigurationError, type ConnectionSettings } from './url.ts'

/** The database cannot be reached, or went away in the middle: worth another try in a moment. */
export class DatabaseUnavailableError extends Error {
  override name = 'DatabaseUnavailableError'
}

/** Everything that says "not now" rather than "never": connection failures and PostgreSQL's own shutdown codes. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^(08|57P0|53[0-3])/.test(code) ||
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/.test(code) ||
    /^(Connection terminated|timeout exceeded|timeout expired|Client has encountered|Client was closed|Query read timeout)/.test(
      error.message,
    )
  )
}

/** The server no longer knows a prepared statement, or its plan no longer fits a table that was migrated. */
export function isForgotten(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  if (error.code === '26000') return true
  return error.code === '0A000' && 'routine' in error && error.routine === 'RevalidateCachedQuery'
}

/** Asks a connection that slept for a sign of life, and gives up on it after two seconds. */
export async function proveAlive(client: pg.ClientBase): Promise<void> {
  const query = { text: 'select 1', query_timeout: 2_000 }
  await client.query(query as pg.QueryConfig)
}

/** What went wrong in opening a connection, in words for the administrator and without a secret. */
export function explainFailure(error: unknown, { host, port, database }: ConnectionSettings): unknown {
  if (error instanceof ConfigurationError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (isUnavailable(error)) {
    const why = code ?? (error instanceof Error ? error.message : '')
    return new DatabaseUnavailableError(`PostgreSQL at ${host}:${port} does not answer (${why}).`, {
      cause: error,
    })
  }
  if (code === '28P01' || code === '28000') {
    return new ConfigurationError('PostgreSQL refuses the user or password of DATABASE_URL.')
  }
  if (code === '3D000') return new ConfigurationError(`The database "${database}" does not exist.`)
  if (/^(DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT)/.test(code ?? '')) {
    return new ConfigurationError(
      `The certificate of PostgreSQL at ${host} is not trusted (${code}): check sslmode and sslrootcert.`,
    )
  }
  if (error instanceof Error && /does not support SSL/.test(error.message)) {
    return new ConfigurationError(`PostgreSQL at ${host} does not speak TLS, which DATABASE_URL asks for.`)
  }
  return error
}

/** pg's configuration for one connection, as the URL and our limits want it. */
export function clientConfig(settings: ConnectionSettings): pg.ClientConfig {
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    password: settings.password,
    ssl: settings.ssl === 'prefer' ? false : settings.ssl,
    enableChannelBinding: settings.enableChannelBinding,
    application_name: settings.applicationName,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  }
}

/** A client that insists on channel binding where the URL does, which pg itself only offers. */
export function clientClass(settings: ConnectionSettings): typeof pg.Client {
  if (!settings.requireChannelBinding) return pg.Client

  return class BoundClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config)
      const { connection } = this as unknown as { connection: NodeJS.EventEmitter & { stream: Socket } }
      let bound = false

      // Heard before pg's own listeners, which then find a closed socket: no password leaves.
      const refuse = () => {
        const refusal = 'asks for channel_binding=require, which the server did not offer.'
        connection.emit('error', new ConfigurationError(`DATABASE_URL ${refusal}`))
        connection.stream.destroy()
      }
      connection.on('authenticationCleartextPassword', refuse)
      connection.on('authenticationMD5Password', refuse)
      connection.on('authenticationSASL', (message: { mechanisms: string[] }) => {
        bound = message.mechanisms.includes('SCRAM-SHA-256-PLUS')
        if (!bound) refuse()
      })
      connection.on('authenticationOk', () => {
        if (!bound) refuse()
      })
    }
  }
}

/** Whether the server speaks TLS: settles `sslmode=prefer` once, before the first connection. */
export async function settleTls(settings: ConnectionSettings): Promise<ConnectionSettings> {
  if (settings.ssl !== 'prefer') return settings
  const encrypted = { ...settings, ssl: { rejectUnauthorized: false } }
  const client = new pg.Client(clientConfig(encrypted))
  client.on('error', () => {})
  try {
    await client.connect()
    return encrypted
  } catch (error) {
    if (error instanceof Error && /does not support SSL/.test(error.message))
      return { ...settings, ssl: false }
    throw error
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Whether named prepared statements survive between transactions. Directly connected they do. A
 * pooler makes up its own process id, which is how it is recognised; PgBouncer from 1.21 keeps
 * named statements by renaming them, an older one loses them.
 */
export async function namedStatementsWork(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  if (rows[0]?.pid === (client as unknown as { processID: number }).processID) return true

  const probe = 'ownlist_probe'
  await client.query('begin')
  try {
    const seen = await client.query<{ name: string }>({
      name: probe,
      text: 'select name from pg_prepared_statements where statement like $1',
      values: ['%pg_prepared_statements where statement like%'],
    })
    const renamed = seen.rows.length > 0 && seen.rows.every((row) => row.name !== probe)
    // It would be in the way of the next start: such a pooler keeps its connections.
    if (!renamed) await client.query(`deallocate ${probe}`)
    return renamed
  } catch (error) {
    // Somebody else's probe on the pooler's connection: names are shared there, so they do not work.
    if (error instanceof Error && 'code' in error && error.code === '42P05') return false
    throw error
  } finally {
    await client.query('rollback')
  }
}
