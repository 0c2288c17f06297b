import type { GenericEndpointContext } from 'better-auth'
import { setSessionCookie } from 'better-auth/cookies'
import { refusal } from './refusals.ts'

/** Makes the session of somebody who has proven who they are, and answers as a sign-in by password does. */
export async function signInAs(ctx: GenericEndpointContext, userId: string) {
  const { internalAdapter } = ctx.context
  const user = await internalAdapter.findUserById(userId)
  if (!user) throw refusal('UNAUTHENTICATED')
  const session = await internalAdapter.createSession(user.id)
  await setSessionCookie(ctx, { session, user })
  const { id, email, name } = user
  return { user: { id, email, name } }
}
