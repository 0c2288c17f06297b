import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { newDevice, type Mail } from './mails.ts'

/** Writes down a sign-in from a device that the record of this account does not know, and tells the owner. */
export async function noteSignIn(
  db: Kysely<DB>,
  session: { userId: string; ipAddress?: string | null | undefined; userAgent?: string | null | undefined },
  { baseUrl, send }: { baseUrl: string; send: ((mail: Mail) => void) | undefined },
): Promise<void> {
  const ipAddress = session.ipAddress || null
  const userAgent = session.userAgent?.slice(0, 512) || null
  const { rows } = await sql<{ email: string }>`
    with noted as (
      insert into security_events (user_id, kind, ip_address, user_agent)
      select ${session.userId}::uuid, 'signed-in', ${ipAddress}::text, ${userAgent}::text
      where not exists (
        select from security_events
        where user_id = ${session.userId} and kind in ('signed-in', 'signed-up')
          and user_agent is not distinct from ${userAgent}::text)
      returning user_id)
    select u.email from users u join noted n on n.user_id = u.id`.execute(db)
  for (const { email } of rows) send?.(newDevice(baseUrl, email, { ipAddress, userAgent }))
}
