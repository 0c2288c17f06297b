import { createHash } from 'node:crypto'
import type { Outputs } from '../../packages/client/src/index.ts'

type Task = Outputs['tasks']['get']

/** An entry of the log, as the database has it. */
export interface Change {
  revision: number
  id: string
  before: LoggedFields | null
  after: LoggedFields | null
}

type LoggedFields = Record<string, string | number | boolean | null>

/**
 * A user's tasks, as one number: the sum of a hash of each, so that a change costs as much as what it changes. Two
 * that hold the same have the same, whatever way led there.
 */
export class Replica {
  #rows = new Map<string, bigint>()
  #sum = 0n

  get size(): number {
    return this.#rows.size
  }

  get fingerprint(): string {
    return `${this.#rows.size} tasks, ${this.#sum.toString(16)}`
  }

  set(id: string, row: unknown[]): void {
    this.delete(id)
    const hash = BigInt(
      `0x${createHash('sha256')
        .update(JSON.stringify([id, ...row]))
        .digest('hex')
        .slice(0, 32)}`,
    )
    this.#rows.set(id, hash)
    this.#sum += hash
  }

  delete(id: string): void {
    this.#sum -= this.#rows.get(id) ?? 0n
    this.#rows.delete(id)
  }

  clear(): void {
    this.#rows.clear()
    this.#sum = 0n
  }
}

/** A task as clients see it, in the form in which both sides are compared. */
export function rowOfTask(task: Task): unknown[] {
  const { title, description, status, priority, position, number, completedAt, createdAt, due, revision } =
    task
  const day = due && 'date' in due ? due.date : null
  return [
    title,
    description,
    status,
    priority,
    position,
    number,
    time(completedAt),
    time(createdAt),
    day,
    revision,
  ]
}

/** What the log says there was at each revision, from the first to the last. */
export function* replay(changes: Iterable<Change>): Generator<{ revision: number; fingerprint: string }> {
  const rows = new Map<string, LoggedFields>()
  const replica = new Replica()
  let at = 0
  for (const { revision, id, before, after } of changes) {
    if (revision !== at && at > 0) yield { revision: at, fingerprint: replica.fingerprint }
    at = revision
    if (after === null) {
      rows.delete(id)
      replica.delete(id)
      continue
    }
    const fields = before === null ? after : { ...rows.get(id), ...after }
    rows.set(id, fields)
    const { title, description, status, priority, position, number, completed_at, created_at, due_date } =
      fields
    const day = due_date?.toString().slice(0, 10) ?? null
    const [completed, created] = [time(completed_at), time(created_at)]
    replica.set(id, [
      title,
      description,
      status,
      priority,
      position,
      number,
      completed,
      created,
      day,
      revision,
    ])
  }
  if (at > 0) yield { revision: at, fingerprint: replica.fingerprint }
}

/** The log writes UTC as +00:00 and leaves zeros away, the interface writes Z and all of six digits. */
function time(value: unknown): string | null {
  if (typeof value !== 'string') return null
  return value.replace(/(Z|\+00:00)$/, '').replace(/\.?0*$/, '')
}
