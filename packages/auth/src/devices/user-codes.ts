import { asAuth, type Database } from '@ownlist/db'
import { sql } from 'kysely'

/** Has a 0, which no user code has. */
const neverMade = '00000000'

/** Codes of devices, which belong to whoever looked at them first. */
export function userCodes(database: Database) {
  const db = asAuth(database)
  return {
    /**
     * The same input, or one with a code that never was in the place of a code that is another user's: what
     * better-auth then answers, and how long it takes, is what it answers to a code that is not there.
     */
    async ofOwnOrNobody(input: unknown, userId: string | undefined): Promise<unknown> {
      const given = input as Record<string, string>
      const [name = ''] = Object.keys(given)
      const { rows } = await sql`
        select from device_codes where user_code = ${given[name]} and user_id is distinct from ${userId}
          and user_id is not null`.execute(db)
      return rows.length > 0 ? { [name]: neverMade } : input
    },
  }
}
