import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'
import { listPasskeys } from './passkey-queries.ts'
import { twoFactorStatus } from './totp-queries.ts'

/** What an account is signed in to with beside its password, for its owner. No secret is in it. */
export async function factorsOf(db: Kysely<DB>, userId: string) {
  const { rows } = await sql<{
    created_at: Date
    last_used_at: Date | null
    expires_at: Date
    ip_address: string | null
    user_agent: string | null
  }>`
    select created_at, last_used_at, expires_at, ip_address, user_agent from trusted_devices
    where user_id = ${userId} order by created_at, id limit 200`.execute(db)
  const { totpSince, recoveryCodesLeft } = await twoFactorStatus(db, userId, new Date())
  return {
    totpSince,
    recoveryCodesLeft,
    passkeys: await listPasskeys(db, userId),
    trustedDevices: rows.map((row) => ({
      createdAt: row.created_at.toISOString(),
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
      expiresAt: row.expires_at.toISOString(),
      ipAddress: row.ip_address,
      userAgent: row.user_agent,
    })),
  }
}
