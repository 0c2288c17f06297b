import { createAuth, createLimits } from '@ownlist/auth'
import {
  asAuth,
  ConfigurationError,
  connect,
  migrate,
  migrationFiles,
  parseDatabaseUrl,
  type Database,
} from '@ownlist/db'
import type { Hono } from 'hono'
import { sql } from 'kysely'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { developmentMailbox } from './dev-mail.ts'
import { readEnv, type Env } from './env.ts'
import { startJobs } from './jobs.ts'
import { serverLimits } from './limits.ts'
import { listen } from './listen.ts'
import { createLiveUpdates } from './live.ts'
import { createLog } from './log.ts'
import { smtpMailer, type Mailer } from './mail.ts'
import { readiness } from './readiness.ts'

export interface RunningServer {
  /** Where it answers, such as http://localhost:3000. */
  url: string
  /** Stops taking requests, answers those under way (10 s at most), closes the database. */
  close(): Promise<void>
}

/**
 * Brings the server up: configuration, migrations, database, identity, HTTP.
 *
 * @throws ConfigurationError, whose message tells the administrator what to do, or
 *   DatabaseUnavailableError where the database does not answer
 */
export async function startServer(source: NodeJS.ProcessEnv): Promise<RunningServer> {
  const env = readEnv(source)
  const log = createLog(env.LOG_LEVEL)

  await migrate({
    url: env.DATABASE_URL_UNPOOLED ?? env.DATABASE_URL,
    login: parseDatabaseUrl(env.DATABASE_URL).user,
  })
  const database = await connect({
    url: env.DATABASE_URL,
    max: env.DATABASE_POOL_MAX,
    idleTimeout: env.DATABASE_IDLE_SECONDS * 1000,
    lifetime: env.DATABASE_LIFETIME_SECONDS * 1000,
    statementTimeout: env.DATABASE_STATEMENT_TIMEOUT_MS,
    lockTimeout: env.DATABASE_LOCK_TIMEOUT_MS,
    prepared: env.DATABASE_PREPARED,
    onError: (error) => log.warn({ error: error.message }, 'a database connection broke'),
    ...(log.isLevelEnabled('debug') && {
      onStatement: (statement, milliseconds) => log.debug({ statement, milliseconds }, 'statement'),
    }),
  })

  const jobs = startJobs({
    database,
    retention: { logDays: env.LOG_RETENTION_DAYS, operationDays: env.OPERATION_RETENTION_DAYS },
    log,
  })

  const { mailer, page } = mailOf(env)

  try {
    const web = webDir(env)
    const server = await listen(env)
    const baseUrl = env.BASE_URL ?? server.url
    const limits =
      env.RATE_LIMITS === 'off'
        ? undefined
        : createLimits({ database, secret: env.AUTH_SECRET, identityPerMinute: env.RATE_LIMIT_IDENTITY })
    const auth = createAuth({
      database,
      secret: env.AUTH_SECRET,
      baseUrl,
      eraseGraceDays: env.ERASE_GRACE_DAYS,
      oidcProviders: env.OIDC_PROVIDERS,
      onErasureDue: () => jobs.soon(),
      sendMail: mailer && ((mail) => mailer.send(mail)),
      requireEmailVerification:
        mailer !== undefined && (env.REQUIRE_EMAIL_VERIFICATION ?? (env.SMTP_URL ? 'on' : 'off')) === 'on',
      sessionMaxDays: env.SESSION_MAX_DAYS,
      onSessionsEnded: (userId) => live.sessionsEnded(userId),
      limits,
      onSignIn: (signedIn) => log.info(signedIn, 'signed in'),
      onError: (message, details, requestId) => {
        // What else a library says of a failure may be of its user.
        log.error({ err: details.find((detail) => detail instanceof Error), requestId }, message)
      },
    })
    const live = createLiveUpdates({
      database,
      url: env.DATABASE_URL_UNPOOLED ?? env.DATABASE_URL,
      pollEvery: env.LIVE_POLL_MS,
      findSessions: auth.findLivingSessions,
      onMode: (mode, reason) => tellMode(log, mode, reason),
      onError: (error) => log.warn({ err: error }, 'live updates are late'),
    })
    const app = createApp({
      database,
      auth,
      live,
      limits: serverLimits({
        limits,
        trusted: env.TRUSTED_PROXIES,
        header: env.FORWARDED_HEADER,
        addressPerMinute: env.RATE_LIMIT_ADDRESS,
        accountPerMinute: env.RATE_LIMIT_ACCOUNT,
        onError: (error) => log.error({ err: error }, 'requests are not limited'),
      }),
      baseUrl,
      webDir: web,
      developmentPages: page,
      isReady: readiness(() => isMigrated(database)),
      onUnexpected: (error, details) => log.error({ err: error, ...details }, 'unexpected failure'),
      onRefused: (refused) => log.info(refused, 'refused'),
    })
    server.answer((request, bindings) => app.fetch(request, bindings))
    return {
      url: baseUrl,
      async close() {
        // Their clients go on elsewhere: nobody waits for streams that never end by themselves.
        live.endSubscriptions()
        await Promise.all([server.drain(), jobs.stop()])
        await Promise.all([live.close(), mailer?.close()])
        await database.end()
      },
    }
  } catch (error) {
    await jobs.stop()
    await database.end()
    throw error
  }
}

function tellMode(log: Logger, mode: 'listening' | 'polling', reason: unknown): void {
  if (mode === 'listening') log.info('live updates arrive at once')
  else log.warn({ err: reason }, 'live updates are looked for every LIVE_POLL_MS: no word of changes arrives')
}

/** Through SMTP; without it in development to the terminal and a page, and in production not at all. */
function mailOf({ SMTP_URL: url, MAIL_FROM: from = '', NODE_ENV }: Env): { mailer?: Mailer; page?: Hono } {
  if (url !== undefined) return { mailer: smtpMailer({ url, from }) }
  return NODE_ENV === 'development' ? developmentMailbox((text) => process.stdout.write(text)) : {}
}

/** The built web app: where WEB_DIR says, or beside the bundle as an image has it. */
function webDir({ WEB_DIR }: Env): string | undefined {
  if (WEB_DIR !== undefined) {
    if (existsSync(WEB_DIR)) return WEB_DIR
    throw new ConfigurationError(`WEB_DIR does not exist: ${WEB_DIR}`)
  }
  const beside = fileURLToPath(new URL('../web', import.meta.url))
  return existsSync(beside) ? beside : undefined
}

async function isMigrated(database: Database): Promise<boolean> {
  try {
    const { rows } = await sql<{ applied: number }>`select count(*) as applied from migrations`.execute(
      asAuth(database),
    )
    return rows[0]?.applied === migrationFiles().length
  } catch {
    return false
  }
}
