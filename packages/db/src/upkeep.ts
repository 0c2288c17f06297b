import { sql, type Kysely } from 'kysely'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './connect.ts'
import type { DB } from './database.ts'
import { asAuth } from './scope.ts'

/** Work in the background that several servers could do, and one at a time does. */
export interface UpkeepOptions {
  /** Ends the work after the step that is under way. */
  signal?: AbortSignal | undefined
}

/** Another server is at it: there is nothing to do here. */
export class UpkeepElsewhereError extends Error {
  override name = 'UpkeepElsewhereError'
}

/** Any number will do, as long as nobody else in this database takes it. */
const lock = 5_771_201_123

/**
 * One step, in a transaction of its own that no other server's step runs beside. The lock ends with the transaction,
 * so it works through poolers, and between steps no connection is kept from those who wait for one.
 *
 * @throws UpkeepElsewhereError
 */
export function upkeepStep<T>(database: Database, work: (db: Kysely<DB>) => Promise<T>): Promise<T> {
  return asAuth(database)
    .transaction()
    .execute(async (db) => {
      const { rows } = await sql<{
        ours: boolean
      }>`select pg_try_advisory_xact_lock(${lock}) as ours`.execute(db)
      if (!rows[0]?.ours) throw new UpkeepElsewhereError('another server is at it')
      return work(db)
    })
}

/** Steps until one says that it was the last, resting between two as long as the first took. */
export async function inSteps(step: () => Promise<boolean>, { signal }: UpkeepOptions): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    const start = performance.now()
    if (await step()) return
    await sleep(performance.now() - start, undefined, signal && { signal })
  }
}
