import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { randomBytes } from 'node:crypto'
import { hashToken } from '../token.ts'

/** Seconds for which a browser is not asked for a code again. */
export const trustLifetime = 30 * 86_400
/** Browsers that one account may trust: with one more, the oldest is forgotten. */
const mostDevices = 20

/** The token that the browser keeps in a cookie; only its hash is kept here. */
export async function trustDevice(
  db: Kysely<DB>,
  device: { userId: string; ipAddress: string | null; userAgent: string | null },
  time: Date,
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(time.getTime() + trustLifetime * 1000)
  await sql`
    delete from trusted_devices where id in (
      select id from trusted_devices where user_id = ${device.userId}
      order by expires_at desc, id offset ${mostDevices - 1})`.execute(db)
  await sql`
    insert into trusted_devices (user_id, token_hash, ip_address, user_agent, last_used_at, expires_at)
    values (${device.userId}, ${hashToken(token)}, ${device.ipAddress}, ${device.userAgent}, ${time}, ${expiresAt})`.execute(
    db,
  )
  return token
}

/** Whether the browser with this token was trusted by this very user. */
export async function isTrusted(
  db: Kysely<DB>,
  { userId, token }: { userId: string; token: string },
  time: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update trusted_devices set last_used_at = ${time}
    where user_id = ${userId} and token_hash = ${hashToken(token)} and expires_at > ${time}
    returning id`.execute(db)
  return rows.length > 0
}

export async function forgetDevices(db: Kysely<DB>, userId: string): Promise<number> {
  const { numAffectedRows } = await sql`delete from trusted_devices where user_id = ${userId}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
