import { sql, type Kysely } from 'kysely'
import type { DB } from './database.ts'
import { isWrittenHere, type Scope } from './scope.ts'

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
export async function once<Within extends Owner, Answer>(
  scope: Within,
  operation: Operation,
  work: (scope: Within) => Promise<Answer>,
): Promise<{ answer: Answer; repeated: boolean }> {
  const { answer, recorded } = await exactlyOnce(scope, operation, work, record)
  return { answer, repeated: recorded === undefined }
}

/** The same for a change to what the user owns; with the revision that it wrote, if it wrote any. */
export async function onceInLog<Answer>(
  scope: Scope,
  operation: Operation,
  work: (scope: Scope) => Promise<Answer>,
): Promise<{ answer: Answer; repeated: boolean; revision: number | undefined }> {
  const { answer, recorded } = await exactlyOnce(scope, operation, work, recordInLog)
  return { answer, repeated: recorded === undefined, revision: recorded?.revision }
}

async function exactlyOnce<Within extends Owner, Answer, Recorded>(
  scope: Within,
  operation: Operation,
  work: (scope: Within) => Promise<Answer>,
  write: (scope: Owner, operation: Operation, answer: Answer) => Promise<Recorded>,
): Promise<{ answer: Answer; recorded?: Recorded }> {
  try {
    return await scope.db.transaction().execute(async (db) => {
      const within = { ...scope, db }
      const before = await find(within, operation)
      if (before) return { answer: before.result as Answer }
      const answer = await work(within)
      return { answer, recorded: await write(within, operation, answer) }
    })
  } catch (error) {
    if (error instanceof OperationReusedError) throw error
    // A twin that came at the same moment was faster, or this one did commit and only the word of it was lost.
    const before = await find(scope, operation).catch((reason: unknown) => {
      // Or another call took the id at the same moment; whatever else fails here is not what went wrong.
      throw reason instanceof OperationReusedError ? reason : error
    })
    if (before) return { answer: before.result as Answer }
    // Taken, but by a call whose record another role keeps: that was something else.
    if (error instanceof Error && 'constraint' in error && error.constraint === 'operations_pkey')
      throw new OperationReusedError(`operation ${operation.opId} was used for something else`, {
        cause: error,
      })
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

async function record({ db, userId }: Owner, operation: Operation, answer: unknown): Promise<true> {
  await insert(userId, operation, answer).execute(db)
  return true
}

/** Asks in the same round trip which revision was written. */
async function recordInLog(
  { db, userId }: Owner,
  operation: Operation,
  answer: unknown,
): Promise<{ revision: number | undefined }> {
  const { rows } = await sql<{ revision: number }>`
    with recorded as (${insert(userId, operation, answer)})
    select revision from user_clocks where user_id = ${userId} and ${isWrittenHere}`.execute(db)
  return { revision: rows[0]?.revision }
}

function insert(userId: string, { opId, procedure, inputHash }: Operation, answer: unknown) {
  return sql`
    insert into operations (user_id, op_id, procedure, input_hash, result)
    values (${userId}, ${opId}, ${procedure}, ${inputHash}, ${JSON.stringify(answer ?? null)})`
}
