import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, errorOf, type Outputs } from '../../packages/client/src/index.ts'
import type { Acknowledged } from './acknowledged.ts'
import type { Pause } from './pause.ts'
import type { Random } from './random.ts'

type Task = Outputs['tasks']['get']

/** What a writer was promised, and what it met on the way. */
export interface Account {
  /** Writes that were answered with success. */
  acknowledged: number
  /** Tasks as the last acknowledged write left them, by id. */
  tasks: Map<string, Task>
  /** Attempts after the first: the client sends the same again, with the same operation id, without looking. */
  retried: number
  /** What an acknowledged write had left, and somebody found otherwise before the end. */
  lost: string[]
  /** Answers that have no place here, such as INTERNAL. */
  unexpected: string[]
}

export interface WriterOptions {
  url: string
  token: string | undefined
  acknowledged: Acknowledged
  pause: Pause
  random: Random
  signal: AbortSignal
  onAcknowledged: () => void
}

/** Creates and updates tasks, one after the other, until told to stop. */
export async function write(name: string, options: WriterOptions): Promise<Account> {
  const { url, token, acknowledged, pause, random, signal, onAcknowledged } = options
  const account: Account = { acknowledged: 0, tasks: new Map(), retried: 0, lost: [], unexpected: [] }
  let requests = 0
  let calls = 0
  const client = createClient({
    url,
    token,
    name,
    retries: 30,
    timeout: 10_000,
    fetch: (input, init) => {
      requests++
      return fetch(input, init)
    },
  })
  const ids: string[] = []
  for (let turn = 1; !signal.aborted; turn++) {
    await pause.turn(async () => {
      const known = account.tasks.get(random() < 0.5 ? (ids[Math.floor(random() * ids.length)] ?? '') : '')
      calls++
      const written = await (known ? update(known, `${name} ${turn}`) : create(`${name} ${turn}`))
      account.retried = requests - calls
      if (!written) return
      account.acknowledged++
      acknowledged.write(written.revision)
      onAcknowledged()
      if (!known) ids.push(written.id)
      account.tasks.set(written.id, written)
    })
  }
  return account

  function create(title: string): Promise<Task | undefined> {
    // Every other task gets its id from the server: a second attempt that was not recognised would double it.
    const id = random() < 0.5 ? randomUUID() : undefined
    const due = random() < 0.5 ? { date: '2026-11-21' } : undefined
    return persist(client.tasks.create.mutate({ id, title, due, priority: 'high' }))
  }

  async function update(known: Task, title: string): Promise<Task | undefined> {
    const { id, revision, completed } = known
    const writing = client.tasks.update.mutate({ id, title, completed: !completed, ifRevision: revision })
    return persist(writing, (reason) => {
      const gone = reason === 'TASK_NOT_FOUND'
      if (!gone && reason !== 'REVISION_CONFLICT') return false
      account.lost.push(`${id}: "${known.title}" at ${revision} is ${gone ? 'gone' : 'not there any more'}`)
      ids.splice(ids.indexOf(id), 1)
      account.tasks.delete(id)
      return true
    })
  }

  async function persist(
    writing: Promise<Task>,
    isLoss: (reason: string) => boolean = () => false,
  ): Promise<Task | undefined> {
    try {
      return await writing
    } catch (error) {
      const { reason, message } = errorOf(error)
      if (!isLoss(reason)) account.unexpected.push(`${reason}: ${message}`)
      // What goes wrong at once shall not go wrong a thousand times.
      await sleep(50)
      return undefined
    }
  }
}

/** Somebody whose writes take long: a thousand tasks at once, to and fro between two priorities. */
export interface Bulk {
  /** Resolves as the next request leaves. */
  underWay(): Promise<void>
  /** Whether a server has one that it did not answer yet. */
  readonly busy: boolean
  done: Promise<{ account: Account; priority: 'low' | 'high' | undefined }>
}

export function writeInBulk(ids: string[], options: WriterOptions): Bulk {
  const { url, token, acknowledged, pause, signal, onAcknowledged } = options
  const account: Account = { acknowledged: 0, tasks: new Map(), retried: 0, lost: [], unexpected: [] }
  let busy = false
  let started = Promise.withResolvers<void>()
  return {
    underWay: () => started.promise,
    get busy() {
      return busy
    },
    done: work(),
  }

  async function work() {
    const client = createClient({
      url,
      token,
      name: 'bulk',
      retries: 30,
      fetch: async (input, init) => {
        busy = true
        started.resolve()
        started = Promise.withResolvers<void>()
        return fetch(input, init).finally(() => (busy = false))
      },
    })
    let priority: 'low' | 'high' | undefined
    while (!signal.aborted) {
      await pause.turn(async () => {
        const next = priority === 'high' ? 'low' : 'high'
        try {
          const { results } = await client.tasks.bulk.mutate({ ids, change: { priority: next } })
          const missed = results.filter(({ ok }) => !ok)
          for (const { id } of missed) account.lost.push(`${id} is gone`)
          account.acknowledged++
          priority = next
          // Each changes all of them, so each is one revision, and the first task is the first revision.
          acknowledged.write(1 + account.acknowledged)
          onAcknowledged()
        } catch (error) {
          const { reason, message } = errorOf(error)
          account.unexpected.push(`${reason}: ${message}`)
        }
      })
      // Long transactions one after the other would leave nothing to the others.
      await sleep(200)
    }
    return { account, priority }
  }
}
