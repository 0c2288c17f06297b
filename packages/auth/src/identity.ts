import { asAuth, isUnavailable, type DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import type { AuthOptions } from './auth.ts'
import type { Mail } from './mails.ts'
import { isOfOwnWords, ownWordsMessage, type OwnWords } from './own-words.ts'
import { prove } from './proof.ts'
import { badInput, passwordNeeded, passwordWrong } from './refusals.ts'
import type { CheckedSession } from './session.ts'

/** What the routes of our own work with. */
export interface Identity {
  db: Kysely<DB>
  /** Of AUTH_SECRET. */
  secret: string
  baseUrl: string
  now: () => Date
  /** Whether an address has to be confirmed before its account is anything. */
  verifiesEmail: boolean
  /** Does what only some get done for them behind the answer, which may take no longer for them. */
  behind: (work: () => Promise<void>, failure: string) => void
  /** Sends a mail behind the answer. Absent where there is no mail. */
  send: ((mail: Mail) => void) | undefined
  /** Tells the owner of an account, by mail, what happened to it. Not from within a transaction. */
  tell: (userId: string, mailFor: (to: string) => Mail, more?: { onlyProven: boolean }) => Promise<void>
  /** Told of users some of whose sessions have just ended. */
  onSessionsEnded: (userId: string) => void
  /** What was tried for an account counts no more: its owner has shown who they are. */
  forgiveTries: (owner: { email: string; userId: string }, ipAddress: string | null) => Promise<void>
  /** By whom people may sign in beside their password. */
  providers: { id: string; name: string }[]
}

/** A request to a route of our own, with its input checked. */
export interface OwnRequest<Input> {
  input: Input
  signedIn: CheckedSession | null
  headers: Headers
  ipAddress: string | null
  userAgent: string | null
}

/** The refusal of whoever has not shown that they are the user; undefined where they have. */
export async function refuseUnproven(
  db: Kysely<DB>,
  session: CheckedSession,
  password: string | undefined,
  options?: { always: boolean },
): Promise<Response | undefined> {
  const missing = await prove(db, session, password, options)
  return missing && (missing === 'PASSWORD_WRONG' ? passwordWrong() : passwordNeeded())
}

/** The refusal of a new password that is made of what everybody would try first for its owner; `path` is its field. */
export function refuseOwnWords(
  password: string,
  owner: Omit<OwnWords, 'host'>,
  baseUrl: string,
  path: 'password' | 'newPassword',
): Response | undefined {
  const { hostname: host } = new URL(baseUrl)
  return isOfOwnWords(password, { ...owner, host })
    ? badInput([{ path, message: ownWordsMessage }])
    : undefined
}

/** Sets the password of an account, which may have had none. */
export async function setPassword(db: Kysely<DB>, userId: string, passwordHash: string): Promise<void> {
  await sql`
    insert into accounts (user_id, account_id, provider_id, password_hash)
    values (${userId}, ${userId}::text, 'credential', ${passwordHash})
    on conflict (provider_id, account_id) do update set password_hash = excluded.password_hash`.execute(db)
}

/** The one error of PostgreSQL that is an answer: somebody else has this address. */
export function isTaken(error: unknown): boolean {
  return !isUnavailable(error) && error instanceof Error && 'code' in error && error.code === '23505'
}

/** What our own routes work with, of what a server sets up. */
export function identityOf(options: AuthOptions): Identity {
  const { database, baseUrl, now = () => new Date(), sendMail, requireEmailVerification = false } = options
  const db = asAuth(database)
  const behind: Identity['behind'] = (work, failure) =>
    setImmediate(() => {
      work().catch((error: unknown) => options.onError?.(failure, [error]))
    })
  const send = (mail: Mail) => behind(async () => sendMail?.(mail), 'a mail was not sent')
  return {
    db,
    secret: options.secret,
    baseUrl,
    now,
    verifiesEmail: requireEmailVerification,
    behind,
    send: sendMail && send,
    async tell(userId, mailFor, { onlyProven } = { onlyProven: false }) {
      if (!sendMail) return
      try {
        const { rows } = await sql<{ email: string }>`
          select email from users where id = ${userId} and (is_verified or not ${onlyProven})`.execute(db)
        for (const { email } of rows) {
          if ((await options.limits?.mayTell(email)) ?? true) send(mailFor(email))
        }
      } catch (error) {
        // What it tells of has happened: it is no failure of that.
        options.onError?.('a mail was not sent', [error])
      }
    },
    onSessionsEnded: options.onSessionsEnded ?? (() => {}),
    forgiveTries: async (owner, ipAddress) => options.limits?.forgive(owner, ipAddress ?? ''),
    providers: (options.oidcProviders ?? []).map(({ id, name }) => ({ id, name })),
  }
}
