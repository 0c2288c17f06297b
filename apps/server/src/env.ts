import { ConfigurationError, parseDatabaseUrl } from '@ownlist/db'
import { z } from 'zod'
import { parseNetworks } from './client-address.ts'

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number.')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}.`)

const networks = z.string().transform((text, context) => {
  try {
    return parseNetworks(text)
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'must be addresses or networks like 10.0.0.0/8, 2001:db8::/32.',
    })
    return z.NEVER
  }
})

const schema = z.object({
  NODE_ENV: z.string().optional(),
  PORT: whole(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be a URL like https://tasks.example.org.' })
    .optional(),
  AUTH_SECRET: z
    .string({ error: 'is missing: it signs sessions. Make one with "openssl rand -base64 32".' })
    .min(32, 'must have at least 32 characters. Make one with "openssl rand -base64 32".'),
  DATABASE_URL: z.string({ error: 'is missing: postgresql://user:password@host:5432/database.' }),
  DATABASE_URL_UNPOOLED: z.string().optional(),
  DATABASE_POOL_MAX: whole(2, 1_000).default(30),
  DATABASE_IDLE_SECONDS: whole(1, 86_400).default(300),
  DATABASE_LIFETIME_SECONDS: whole(1, 86_400).default(300),
  DATABASE_STATEMENT_TIMEOUT_MS: whole(0, 3_600_000).default(10_000),
  DATABASE_LOCK_TIMEOUT_MS: whole(0, 3_600_000).default(5_000),
  DATABASE_PREPARED: z.enum(['auto', 'on', 'off'], { error: 'must be auto, on or off.' }).default('auto'),
  LIVE_POLL_MS: whole(100, 3_600_000).default(1_000),
  LOG_RETENTION_DAYS: whole(0, 36_500).default(400),
  OPERATION_RETENTION_DAYS: whole(1, 3_650).default(7),
  ERASE_GRACE_DAYS: whole(0, 365).default(14),
  TRUSTED_PROXIES: networks.prefault(''),
  FORWARDED_HEADER: z
    .enum(['x-forwarded-for', 'forwarded'], { error: 'must be x-forwarded-for or forwarded.' })
    .default('x-forwarded-for'),
  RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off.' }).default('on'),
  RATE_LIMIT_ACCOUNT: whole(1, 1_000_000).default(3_000),
  RATE_LIMIT_ADDRESS: whole(1, 1_000_000).default(12_000),
  RATE_LIMIT_IDENTITY: whole(1, 1_000_000).default(60),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent.',
    })
    .default('info'),
  WEB_DIR: z.string().optional(),
})

export type Env = z.output<typeof schema>

/** Every variable that the server reads; `.env.example` lists the same, and a test holds them together. */
export const variables = Object.keys(schema.shape)

/**
 * Reads the configuration from the environment, the only place it comes from. Empty means unset.
 *
 * @throws ConfigurationError with one line for each mistake
 */
export function readEnv(source: NodeJS.ProcessEnv): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(given)
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)
    throw new ConfigurationError(lines.join('\n'))
  }
  parseDatabaseUrl(result.data.DATABASE_URL)
  if (result.data.DATABASE_URL_UNPOOLED)
    parseDatabaseUrl(result.data.DATABASE_URL_UNPOOLED, 'DATABASE_URL_UNPOOLED')
  return result.data
}
