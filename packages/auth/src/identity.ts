import { asAuth, isUnavailable, type DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import type { AuthOptions } from './auth.ts'
import type { Mail } from './mails.ts'
import { isOfOwnWords, ownWordsMessage, type OwnWords } from './own-words.ts'
import { badInput, passwordWrong, sessionStale } from './refusals.ts'
import { verifyPassword } from './password.ts'
import type { CheckedSession } from './session.ts'

/** What the routes of our own work with. */
export interface Identity {
  db: Kysely<DB>
  baseUrl: string
  now: () => Date
  /** Whether an address has to be confirmed before its account is anything. */
  verifiesEmail: boolean
  /** Sends a mail in the background: an answer may not take longer for somebody who gets one. Absent where there is no mail. */
  send: ((mail: Mail) => void) | undefined
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
  ipAddress: string | null
  userAgent: string | null
}

/**
 * Whether it is the user and not somebody who found a device open: the password or, for an account that has none,
 * having signed in within ten minutes. Costs a hash: not for within a transaction.
 *
 * @returns the refusal, or undefined where all is well
 */
export async function refuseUnproven(
  db: Kysely<DB>,
  { user, isFresh }: Pick<CheckedSession, 'user' | 'isFresh'>,
  password: string | undefined,
): Promise<Response | undefined> {
  const hash = await findPasswordHash(db, user.id)
  if (hash === undefined) return isFresh ? undefined : sessionStale()
  return password !== undefined && (await verifyPassword({ hash, password })) ? undefined : passwordWrong()
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

export async function findPasswordHash(db: Kysely<DB>, userId: string): Promise<string | undefined> {
  const { rows } = await sql<{ hash: string }>`
    select password_hash as hash from accounts
    where user_id = ${userId} and provider_id = 'credential' and password_hash is not null`.execute(db)
  return rows[0]?.hash
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
  const send = (mail: Mail) => {
    // Behind the answer, so that nobody can tell by its time whether there is a mail.
    setImmediate(() => {
      sendMail?.(mail).catch((error: unknown) => options.onError?.('a mail was not sent', [error]))
    })
  }
  return {
    db: asAuth(database),
    baseUrl,
    now,
    verifiesEmail: requireEmailVerification,
    send: sendMail && send,
    onSessionsEnded: options.onSessionsEnded ?? (() => {}),
    forgiveTries: async (owner, ipAddress) => options.limits?.forgive(owner, ipAddress ?? ''),
    providers: (options.oidcProviders ?? []).map(({ id, name }) => ({ id, name })),
  }
}
