import type { DB } from '@ownlist/db'
import { sql, type Kysely } from 'kysely'

/** A device that was let in and has not come for its session yet gets none: what let it in has ended. */
export async function dropDeviceCodes(db: Kysely<DB>, userId: string): Promise<void> {
  await sql`delete from device_codes where user_id = ${userId}`.execute(db)
}
