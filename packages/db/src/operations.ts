import { sql, type Kysely } from 'kysely'
import type { DB } from './database.ts'

/** A call that may arrive more than once: its idempotency key, and what tells it from another call. */
export interface Operation {
  opId: string
  procedure: string
  /** SHA-256 of the input. */
  inputHash: Buffer
}

/** An operation id was used before, for something else. */
export class OperationReusedError extends Error {
  override name = 'OperationReusedError'
}

interface Owner {
  db: Kysely<DB>
  userId: string
}

/**
 * Runs `work` in one transaction, exactly once for each operation id: whoever comes with the same id
 * again, even at the same moment, gets the answer of the first. The record and the effect commit
 * together; what failed left neither, and may be tried again.
 *
 * @throws OperationReusedError where the id stands for other input
 */
export async function once<Scope extends Owner, Answer>(
  scope: Scope,
  operation: Operation,
  work: (scope: Scope) => Promise<Answer>,
): Promise<{ answer: Answer; repeated: boolean }> {
  try {
    return await scope.db.transaction().execute(async (db) => {
      const within = { ...scope, db }
      const recorded = await find(within, operation)
      if (recorded) return { answer: recorded.result as Answer, repeated: true }
      const answer = await work(within)
      await record(within, operation, answer)
      return { answer, repeated: false }
    })
  } catch (error) {
    if (error instanceof OperationReusedError) throw error
    // A twin that came at the same moment was faster, or this one did commit and only the word of it was lost.
    const recorded = await find(scope, operation).catch((reason: unknown) => {
      // Or another call took the id at the same moment; whatever else fails here is not what went wrong.
      throw reason instanceof OperationReusedError ? reason : error
    })
    if (recorded) return { answer: recorded.result as Answer, repeated: true }
    throw error
  }
}

async function find({ db, userId }: Owner, { opId, procedure, inputHash }: Operation) {
  const { rows } = await sql<{ same: boolean; result: unknown }>`
    select procedure = ${procedure} and input_hash = ${inputHash} as same, result
    from operations where user_id = ${userId} and op_id = ${opId}`.execute(db)
  const [recorded] = rows
  if (!recorded) return undefined
  if (!recorded.same) throw new OperationReusedError(`operation ${opId} was used for something else`)
  return recorded
}

async function record({ db, userId }: Owner, { opId, procedure, inputHash }: Operation, answer: unknown) {
  await sql`
    insert into operations (user_id, op_id, procedure, input_hash, result)
    values (${userId}, ${opId}, ${procedure}, ${inputHash}, ${JSON.stringify(answer ?? null)})`.execute(db)
}
