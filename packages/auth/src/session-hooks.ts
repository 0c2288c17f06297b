import type { GenericEndpointContext } from 'better-auth'
import { APIError } from 'better-auth/api'
import { sql } from 'kysely'
import type { AuthOptions } from './auth.ts'
import type { Identity } from './identity.ts'
import { isFirstReturn } from './oidc/once.ts'
import { stillStands } from './proof.ts'
import { pseudonym } from './pseudonym.ts'
import { requestScope } from './request-scope.ts'
import { defaultMaxDays, sessionLifetime } from './session.ts'
import { noteSignIn } from './sign-in-notice.ts'

/** Sessions that one account may have: with one more, the one that was used least recently ends. */
const mostSessions = 100

interface NewSession {
  id: string
  userId: string
  createdAt: Date
  ipAddress?: string | null | undefined
  userAgent?: string | null | undefined
}

/** What happens around every session that better-auth makes, by whichever way somebody signs in. */
export function sessionHooks(
  { database, secret, sessionMaxDays: maxDays = defaultMaxDays, onSignIn }: AuthOptions,
  identity: Identity,
  requireSecondStep: (userId: string, ctx: GenericEndpointContext | null) => Promise<void>,
) {
  const { db, onSessionsEnded } = identity

  return {
    async before(session: NewSession, ctx: GenericEndpointContext | null) {
      const { rows } = await sql`
        select from users where id = ${session.userId} and not is_active`.execute(db)
      if (rows.length > 0) throw signInRefused()
      // What comes back from a provider has a state in its query, and only that.
      const state: unknown = ctx?.path === '/callback/:id' ? ctx.query?.['state'] : undefined
      if (state !== undefined && !(await isFirstReturn(database, state, secret)))
        throw new APIError('UNAUTHORIZED', { message: 'This sign-in is over.', code: 'STATE_USED' })
      await requireSecondStep(session.userId, ctx)
      const beganAt = requestScope.getStore()?.beganAt ?? null
      // Nobody gets a session for a terminal without its being known which one let it in.
      if (ctx?.path === '/device/token' && !beganAt) throw signInRefused()
      const longest = (beganAt ?? session.createdAt).getTime() + maxDays * 86_400_000
      const expiresAt = new Date(Math.min(session.createdAt.getTime() + sessionLifetime * 1000, longest))
      return { data: { beganAt, expiresAt } }
    },

    async after(session: NewSession, ctx: GenericEndpointContext | null) {
      const { id, userId } = session
      const knownHash = requestScope.getStore()?.knownHash
      if (knownHash !== undefined) {
        // Whoever sets a new password meanwhile either waits for this and ends the session, or was there before it.
        const stands = await db.transaction().execute((within) => stillStands(within, userId, knownHash))
        if (!stands) {
          await sql`delete from sessions where id = ${id}`.execute(db)
          throw signInRefused()
        }
      }
      const { numAffectedRows } = await sql`
        delete from sessions where id in (
          select id from sessions where user_id = ${userId} order by last_used_at desc, id offset ${mostSessions})`.execute(
        db,
      )
      if (numAffectedRows) onSessionsEnded(userId)
      const account = pseudonym('account', userId, secret)
      onSignIn?.({ by: ctx?.path ?? '', account, address: session.ipAddress || null })
      await noteSignIn(identity, session)
    },
  }
}

/** A deactivated account, and one whose password has just changed, answer like a wrong password. */
export function signInRefused(): APIError {
  return new APIError('UNAUTHORIZED', {
    message: 'Invalid email or password',
    code: 'INVALID_EMAIL_OR_PASSWORD',
  })
}
