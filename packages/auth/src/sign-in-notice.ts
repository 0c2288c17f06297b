import { sql } from 'kysely'
import type { SecurityEventKind } from './events.ts'
import type { Identity } from './identity.ts'
import { newDevice, signInChanged } from './mails.ts'

/**
 * Writes down a sign-in from a device that the record of this account does not know, and tells the owner: where the address is
 * known to be theirs. Whoever signs up with a stranger's can sign in under as many names as they like.
 */
export async function noteSignIn(
  { db, baseUrl, tell }: Identity,
  session: { userId: string; ipAddress?: string | null | undefined; userAgent?: string | null | undefined },
): Promise<void> {
  const { userId } = session
  const ipAddress = session.ipAddress || null
  const userAgent = session.userAgent || null
  const { rows } = await sql`
    insert into security_events (user_id, kind, ip_address, user_agent)
    select ${userId}::uuid, 'signed-in', ${ipAddress}::text, ${userAgent}::text
    where not exists (
      select from security_events
      where user_id = ${userId} and kind in ('signed-in', 'signed-up')
        and user_agent is not distinct from ${userAgent}::text)
    returning id`.execute(db)
  if (rows.length === 0) return
  await tell(userId, (to) => newDevice(baseUrl, to, { ipAddress, userAgent }), { onlyProven: true })
}

/** What its owner is told of at once, beside what the record of the account has. */
const notices: Partial<Record<SecurityEventKind, string>> = {
  'two-factor-enabled': 'The code of an authenticator app is asked for from now on.',
  'two-factor-disabled': 'No code of an authenticator app is asked for any more: the password is enough.',
  'recovery-codes-made': 'New recovery codes were made. The old ones do not work any more.',
  'recovery-code-used': 'A recovery code was used in the place of the authenticator app.',
  'passkey-added': 'A passkey was added, which signs in without the password.',
  'passkey-removed': 'A passkey was removed.',
  'token-created': 'An API token was made, by which a program gets at your tasks without the password.',
  'provider-linked': 'Another service that knows you was added: who can sign in there can sign in here.',
  'provider-unlinked': 'A service by which you could sign in was taken away.',
}

/** Tells the owner that how their account is got into has changed. Not from within a transaction. */
export async function tellOfChange(
  { baseUrl, tell }: Pick<Identity, 'baseUrl' | 'tell'>,
  userId: string,
  kind: SecurityEventKind,
): Promise<void> {
  const what = notices[kind]
  if (what !== undefined) await tell(userId, (to) => signInChanged(baseUrl, to, what))
}
