import { asAuth, type Database } from '@ownlist/db'
import { sql } from 'kysely'
import { fromBrowser } from './answers.ts'
import { refusal, stopped, unauthenticated } from './refusals.ts'
import type { Audience } from './requests.ts'
import type { RequestScope } from './request-scope.ts'

/** Codes that one user may name, in as many minutes: 20 of a million million in a quarter of an hour. */
const guesses = 20
const guessMinutes = 15

/** Tells whom a route is not for. */
export function guard(database: Database) {
  const db = asAuth(database)

  return async function refuse(
    only: Audience | undefined,
    headers: Headers,
    who: RequestScope['who'],
  ): Promise<Response | undefined> {
    if (only === undefined) return undefined
    if (only === 'programs') {
      // A page that was broken into must not get at a session that scripts can read.
      return fromBrowser(headers)
        ? refusal(403, 'ORIGIN_REFUSED', 'This is for programs, and not for pages.')
        : undefined
    }
    const signedIn = await who()
    if (signedIn?.via !== 'session') return unauthenticated()
    if (only === 'guessing' && (await count(signedIn.user.id)) > guesses) {
      const message = 'Too many codes. Wait a quarter of an hour.'
      const seconds = guessMinutes * 60
      const told = stopped(seconds, { quota: guesses, window: seconds })
      return refusal(429, 'TOO_MANY_TRIES', message, told)
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
