import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { errorOf, type Ownlist, type Outputs } from '../../packages/client/src/index.ts'
import type { Random } from './random.ts'

type Task = Outputs['tasks']['get']

/** What a writer was promised, and what it met on the way. */
export interface Account {
  /** Writes that were answered with success. */
  acknowledged: number
  /** Tasks as the last acknowledged write left them, by id. */
  tasks: Map<string, Task>
  /** Writes without an answer, or put off, which were tried again. */
  retried: number
  /** What an acknowledged write had left, and somebody found otherwise before the end. */
  lost: string[]
  /** Answers that have no place here, such as INTERNAL. */
  unexpected: string[]
}

/**
 * Creates and updates tasks, one after the other, until told to stop. A write without an answer is tried again: with
 * the same id, or on the same revision, so that a second one shows.
 */
export async function write(
  name: string,
  client: Ownlist,
  { random, signal, onAcknowledged }: { random: Random; signal: AbortSignal; onAcknowledged: () => void },
): Promise<Account> {
  const account: Account = { acknowledged: 0, tasks: new Map(), retried: 0, lost: [], unexpected: [] }
  const ids: string[] = []
  for (let turn = 1; !signal.aborted; turn++) {
    const id = random() < 0.5 ? ids[Math.floor(random() * ids.length)] : undefined
    const known = id === undefined ? undefined : account.tasks.get(id)
    const written = await (known ? update(known, `${name} ${turn}`) : create(`${name} ${turn}`))
    if (!written) continue
    account.acknowledged++
    onAcknowledged()
    if (!known) ids.push(written.id)
    account.tasks.set(written.id, written)
  }
  return account

  async function create(title: string): Promise<Task | undefined> {
    const task = { id: randomUUID(), title, priority: 'high' as const }
    return persist(
      () => client.tasks.create.mutate(task),
      // The attempt before this one arrived after all.
      { TASK_EXISTS: () => client.tasks.get.query({ id: task.id }) },
    )
  }

  async function update(known: Task, title: string): Promise<Task | undefined> {
    const change = { id: known.id, title, completed: !known.completed }
    return persist(() => client.tasks.update.mutate({ ...change, ifRevision: known.revision }), {
      async REVISION_CONFLICT() {
        const current = await client.tasks.get.query({ id: known.id })
        if (current.title === title && current.completed === change.completed) return current
        account.lost.push(`${known.id}: "${known.title}" at ${known.revision}, found "${current.title}"`)
        return current
      },
      async TASK_NOT_FOUND() {
        account.lost.push(`${known.id}: "${known.title}" is gone`)
        account.tasks.delete(known.id)
        return undefined
      },
    })
  }

  async function persist(
    attempt: () => Promise<Task>,
    answers: Record<string, () => Promise<Task | undefined>>,
  ): Promise<Task | undefined> {
    let next: () => Promise<Task | undefined> = attempt
    const since = performance.now()
    for (;;) {
      try {
        return await next()
      } catch (error) {
        const { reason } = errorOf(error)
        const answer = answers[reason]
        if (answer) {
          next = answer
          continue
        }
        if (!passing.has(reason)) account.unexpected.push(`${reason}: ${errorOf(error).message}`)
        account.retried++
        if (performance.now() - since > 30_000) throw error
        await sleep(50)
      }
    }
  }
}

const passing = new Set(['OFFLINE', 'CANCELLED', 'DATABASE_UNAVAILABLE', 'TOO_SLOW', 'WRITE_CONFLICT'])
