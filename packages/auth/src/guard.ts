import { asAuth, type Database } from '@ownlist/db'
import { sql } from 'kysely'
import { stopped } from './refusals.ts'
import type { Audience } from './requests.ts'
import type { sessionCheck } from './session.ts'

export interface Refusal {
  status: number
  code: string
  message: string
  headers?: Record<string, string>
}

/** Codes that one user may name, in as many minutes: 20 of a million million in a quarter of an hour. */
const guesses = 20
const guessMinutes = 15

/** Tells whom a route is not for. */
export function guard({
  database,
  check,
  isFresh,
  verifyPassword,
}: {
  database: Database
  check: ReturnType<typeof sessionCheck>
  isFresh: (userId: string, sessionId: string) => Promise<boolean>
  verifyPassword: (userId: string, password: string) => Promise<boolean>
}) {
  const db = asAuth(database)

  return async function refuse(
    only: Audience,
    headers: Headers,
    input: unknown,
  ): Promise<Refusal | undefined> {
    if (only === 'programs') {
      // A page that was broken into must not get at a session that scripts can read.
      return headers.has('origin') || headers.has('sec-fetch-site')
        ? { status: 403, code: 'ORIGIN_REFUSED', message: 'This is for programs, and not for pages.' }
        : undefined
    }
    const signedIn = await check(headers)
    if (signedIn?.via !== 'session')
      return { status: 401, code: 'UNAUTHENTICATED', message: 'Sign in first.' }
    const { id } = signedIn.user
    if (only === 'recentlySignedIn') {
      const { password } = input as { password?: string }
      if (password !== undefined && !(await verifyPassword(id, password)))
        return { status: 403, code: 'PASSWORD_WRONG', message: 'The password is wrong.' }
      if (password === undefined && !(await isFresh(id, signedIn.sessionId)))
        return { status: 403, code: 'PASSWORD_NEEDED', message: 'Sign in again: this session is not new.' }
    }
    if (only === 'guessing' && (await count(id)) > guesses) {
      const message = 'Too many codes. Wait a quarter of an hour.'
      const seconds = guessMinutes * 60
      const told = stopped(seconds, { quota: guesses, window: seconds })
      return { status: 429, code: 'TOO_MANY_TRIES', message, headers: told }
    }
    return undefined
  }

  /** The try is counted before it is made, so many at once are no more than one after the other. */
  async function count(userId: string): Promise<number> {
    const { rows } = await sql<{ tries: number }>`
      insert into device_tries as d (user_id, tries, expires_at)
      values (${userId}, 1, now() + make_interval(mins => ${guessMinutes}))
      on conflict (user_id) do update set
        tries = case when d.expires_at <= now() then 1 else d.tries + 1 end,
        expires_at = case when d.expires_at <= now() then excluded.expires_at else d.expires_at end
      returning tries`.execute(db)
    return rows[0]?.tries ?? Infinity
  }
}
