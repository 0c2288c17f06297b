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
      const connection = (this as unknown as { connection: NodeJS.EventEmitter }).connection
      let bound = false
      connection.on('authenticationSASL', (message: { mechanisms: string[] }) => {
        bound = message.mechanisms.includes('SCRAM-SHA-256-PLUS')
      })
      connection.once('authenticationOk', () => {
        if (bound) return
        const refusal = 'asks for channel_binding=require, which the server did not offer.'
        connection.emit('error', new ConfigurationError(`DATABASE_URL ${refusal}`))
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
    return seen.rows.length > 0 && seen.rows.every((row) => row.name !== probe)
  } finally {
    await client.query('rollback')
  }
}
