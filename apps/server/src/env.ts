import { ConfigurationError, parseDatabaseUrl } from '@ownlist/db'
import { z } from 'zod'
import { parseNetworks } from './client-address.ts'
import { isLoopback } from './loopback.ts'

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number.')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}.`)

/** A provider's address: https, except on this machine. */
const issuer = z.url({ protocol: /^https?$/ }).refine(isEncryptedOrLocal, 'must be an https URL')

const oidcProviders = z
  .array(
    z.strictObject({
      id: z.string().regex(/^[a-z0-9-]{1,32}$/),
      name: z.string().min(1).max(64),
      issuer,
      clientId: z.string().min(1),
      clientSecret: z.string().min(1),
    }),
  )
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length)

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
    .refine(
      isOrigin,
      'must be a URL like https://tasks.example.org, without a path and without a name to sign in.',
    )
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
  SESSION_MAX_DAYS: whole(1, 3_650).default(90),
  SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'must be a URL like smtps://user:password@mail.example.org.' })
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'must be an address like Ownlist <ownlist@example.org>.')
    .optional(),
  REQUIRE_EMAIL_VERIFICATION: z.enum(['on', 'off'], { error: 'must be on or off.' }).optional(),
  OIDC_PROVIDERS: z.string().default('[]').transform(readProviders),
  TRUSTED_PROXIES: networks.prefault(''),
  FORWARDED_HEADER: z
    .enum(['x-forwarded-for', 'forwarded'], { error: 'must be x-forwarded-for or forwarded.' })
    .default('x-forwarded-for'),
  RATE_LIMITS: z.enum(['on', 'off'], { error: 'must be on or off.' }).default('on'),
  // What costs most has to pass, an export (50), a batch (20), a sign-up (5), and twice the number may be had at once.
  RATE_LIMIT_ACCOUNT: whole(25, 1_000_000).default(3_000),
  RATE_LIMIT_ADDRESS: whole(10, 1_000_000).default(12_000),
  RATE_LIMIT_IDENTITY: whole(3, 1_000_000).default(60),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'must be debug, info, warn, error or silent.',
    })
    .default('info'),
  WEB_DIR: z.string().optional(),
})

/** What is no URL at all has been refused already; Zod asks all the same. */
function isEncryptedOrLocal(url: string): boolean {
  const parsed = URL.parse(url)
  return !parsed || parsed.protocol === 'https:' || isLoopback(parsed.hostname)
}

/** Where a browser reaches it: all paths are the app's own, so that one below another would never be found. */
function isOrigin(url: string): boolean {
  const parsed = URL.parse(url)
  return !parsed || parsed.href === `${parsed.origin}/`
}

/** What is wrong is said without the text, which has secrets. */
function readProviders(text: string, ctx: z.RefinementCtx) {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    // Refused below, like anything else that is no list.
  }
  const { data, error } = oidcProviders.safeParse(given)
  if (data) return data
  const where = error.issues[0]?.path.join('.')
  const message = `must be a JSON list of { id, name, issuer, clientId, clientSecret }, all different, issuers by https${where ? `: look at ${where}` : ''}.`
  ctx.addIssue({ code: 'custom', message })
  return z.NEVER
}

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
  const { SMTP_URL, MAIL_FROM, REQUIRE_EMAIL_VERIFICATION, NODE_ENV, OIDC_PROVIDERS, BASE_URL } = result.data
  if (SMTP_URL !== undefined && MAIL_FROM === undefined) {
    throw new ConfigurationError('MAIL_FROM is missing: SMTP_URL needs to know from whom mails come.')
  }
  if (REQUIRE_EMAIL_VERIFICATION === 'on' && SMTP_URL === undefined && NODE_ENV !== 'development') {
    throw new ConfigurationError('REQUIRE_EMAIL_VERIFICATION needs SMTP_URL: nobody could sign up.')
  }
  if (
    NODE_ENV === 'production' &&
    BASE_URL === undefined &&
    (SMTP_URL !== undefined || OIDC_PROVIDERS.length > 0)
  ) {
    throw new ConfigurationError(
      'BASE_URL is missing: links in mails and providers (SMTP_URL, OIDC_PROVIDERS) lead people there.',
    )
  }
  parseDatabaseUrl(result.data.DATABASE_URL)
  if (result.data.DATABASE_URL_UNPOOLED)
    parseDatabaseUrl(result.data.DATABASE_URL_UNPOOLED, 'DATABASE_URL_UNPOOLED')
  return result.data
}
