import { sql } from 'kysely'
import { recordEvent } from '../events.ts'
import type { Identity, OwnRequest } from '../identity.ts'
import { refusal, unauthenticated } from '../refusals.ts'
import { tellOfChange } from '../sign-in-notice.ts'

/** From now on a provider signs nobody in to this account. Nobody loses the last way into theirs. */
export async function unlinkProvider(
  { db, baseUrl, tell, providers }: Identity,
  { input: { provider }, signedIn, ipAddress, userAgent }: OwnRequest<{ provider: string }>,
): Promise<Response> {
  if (!signedIn) return unauthenticated()
  const userId = signedIn.user.id
  const others = providers.map(({ id }) => id).filter((id) => id !== provider)
  const outcome = await db.transaction().execute(async (within) => {
    // One after the other, as passkeys go: two who each leave the other as the last way in would leave none.
    await sql`select from users where id = ${userId} for update`.execute(within)
    const { rows } = await sql<{ linked: boolean; otherwise: boolean }>`
      select exists (
          select from accounts where user_id = ${userId} and provider_id = ${provider}
            and provider_id <> 'credential') as linked,
        exists (select from passkeys where user_id = ${userId})
        or exists (
          select from accounts where user_id = ${userId}
            and (password_hash is not null or provider_id = any(${others}::text[]))) as otherwise`.execute(
      within,
    )
    if (!rows[0]?.linked) return 'not linked'
    if (!rows[0].otherwise) return 'last'
    await sql`delete from accounts where user_id = ${userId} and provider_id = ${provider}`.execute(within)
    const name = providers.find(({ id }) => id === provider)?.name ?? provider
    await recordEvent(within, { userId, kind: 'provider-unlinked', ipAddress, userAgent, detail: { name } })
    return 'unlinked'
  })
  if (outcome === 'not linked') return refusal(404, 'PROVIDER_NOT_FOUND', 'This account has no such way in.')
  if (outcome === 'last') {
    const message = 'This is all that is left to sign in with. Set a password first.'
    return refusal(409, 'LAST_SIGN_IN', message)
  }
  await tellOfChange({ baseUrl, tell }, userId, 'provider-unlinked')
  return Response.json({ status: 'unlinked' })
}
