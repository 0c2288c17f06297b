import type { DB } from '@ownlist/db'
import type { Kysely } from 'kysely'

/** Does the work in the transaction that is there, or else in one of its own. */
export function inTransaction<Answer>(
  db: Kysely<DB>,
  work: (within: Kysely<DB>) => Promise<Answer>,
): Promise<Answer> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}
