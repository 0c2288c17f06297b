import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

/** What `DATABASE_URL` says, in the driver's terms. */
export interface ConnectionSettings {
  host: string
  port: number
  database: string
  user: string
  password: string | undefined
  /** `prefer` asks the server once whether it speaks TLS and goes without if it does not. */
  ssl: ConnectionOptions | false | 'prefer'
  /** Refuse to log in unless the exchange is bound to the TLS channel (SCRAM-SHA-256-PLUS). */
  requireChannelBinding: boolean
  enableChannelBinding: boolean
  applicationName: string
}

/** A mistake in the configuration: its message is meant for the administrator and holds no secret. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

/**
 * Reads a PostgreSQL URL with libpq's meaning of `sslmode`, `sslrootcert` and `channel_binding`
 * (PostgreSQL documentation, 34.1.2): `require` encrypts and verifies only when a root certificate
 * is given, `verify-full` also checks the name. Node's own parser gets all three wrong.
 */
export function parseDatabaseUrl(text: string, variable = 'DATABASE_URL'): ConnectionSettings {
  const wrong = (why: string) => new ConfigurationError(`${variable} ${why}`)

  // postgresql+asyncpg:// and its like are other languages' spellings of the same scheme.
  const match = /^postgres(?:ql)?(?:\+\w+)?:(\/\/.*)$/s.exec(text.trim())
  if (!match) throw wrong('must look like postgresql://user:password@host:5432/database.')
  if (!URL.canParse(`http:${match[1]}`)) {
    throw wrong('is not a valid URL. Characters such as @ / # in a password must be percent-encoded.')
  }
  const url = new URL(`http:${match[1]}`)
  const decode = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      throw wrong('has a % that is not followed by two hexadecimal digits. Write a plain % as %25.')
    }
  }
  const host = decode(url.hostname).replace(/^\[|\]$/g, '')
  const database = decode(url.pathname.slice(1))
  const user = decode(url.username)
  const password = url.password ? decode(url.password) : undefined
  if (!host || !database || !user) throw wrong('must name a user, a host and a database.')

  const channelBinding = url.searchParams.get('channel_binding') ?? 'prefer'
  if (!['disable', 'prefer', 'require'].includes(channelBinding)) {
    throw wrong('has a channel_binding other than disable, prefer or require.')
  }
  const ssl = tls(url.searchParams, host, wrong)
  if (channelBinding === 'require' && ssl === false)
    throw wrong('asks for channel_binding=require without TLS.')

  return {
    host,
    // `http:` hides its default port.
    port: Number(url.port || (/:80(?=\/|$)/.test(match[1] ?? '') ? 80 : 5432)),
    database,
    user,
    password,
    ssl: channelBinding === 'require' && ssl === 'prefer' ? { rejectUnauthorized: false } : ssl,
    requireChannelBinding: channelBinding === 'require',
    enableChannelBinding: channelBinding !== 'disable',
    applicationName: url.searchParams.get('application_name') ?? 'ownlist',
  }
}

/** Whether the host can only be this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host)
}

function tls(
  params: URLSearchParams,
  host: string,
  wrong: (why: string) => Error,
): ConnectionOptions | false | 'prefer' {
  const plain = isLoopback(host) && params.get('channel_binding') !== 'require'
  const mode = params.get('sslmode') ?? (plain ? 'disable' : 'prefer')
  const rootCertificate = params.get('sslrootcert')
  const ca = rootCertificate && rootCertificate !== 'system' ? read(rootCertificate, wrong) : undefined
  const trusted = ca === undefined ? {} : { ca }

  switch (mode) {
    case 'disable':
      return false
    case 'allow':
    case 'prefer':
      return 'prefer'
    case 'require':
      return ca === undefined
        ? { rejectUnauthorized: false }
        : { ...trusted, checkServerIdentity: () => undefined }
    case 'verify-ca':
      return { ...trusted, checkServerIdentity: () => undefined }
    case 'verify-full':
      return { ...trusted }
    default:
      throw wrong('has an sslmode other than disable, allow, prefer, require, verify-ca or verify-full.')
  }
}

function read(path: string, wrong: (why: string) => Error): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw wrong(`names an sslrootcert that cannot be read: ${path}`)
  }
}
