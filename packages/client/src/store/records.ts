import type { Meta, TableAccess, Tables } from './ports.ts'
import { operationOf, type Failure, type Operation, type Queued, type Task } from './operation.ts'

/** Everything that is kept. */
export interface Kept {
  meta: Meta
  /** The tasks, those asked for or all; undefined where none was needed. */
  tasks: { put: Task[]; remove: string[]; only: boolean } | undefined
  outbox: Queued[]
  failures: Failure[]
}

/** What a pull brought: whole, from one revision of the server to another. */
export interface Pulled {
  /** The revision that was kept when it was begun. */
  from: number | null
  /** There is nothing but what it brought. */
  snapshot: boolean
  tasks: Task[]
  deleted: string[]
  revision: number
  at: string
  /** Operations whose effect is in it. */
  settled: number[]
}

export type Records = ReturnType<typeof recordsIn>

const empty: Meta = { revision: null, lastSyncedAt: null, version: 0, lastSeq: 0 }

/** What is kept, and each way in which it changes: one transaction each. */
export function recordsIn(tables: Tables) {
  return {
    close: () => tables.close(),
    destroy: () => tables.destroy(),

    /**
     * What is kept now. A tab that has seen version `known.version` and heard which tasks changed until `known.to`
     * gets those; one that missed something, everything.
     */
    read(known?: { version: number; to: number; ids: string[] | undefined }): Promise<Kept> {
      return tables.run('readonly', async (access) => {
        const meta = await metaOf(access)
        const [outbox, failures] = await Promise.all([access.all('outbox'), access.all('failures')])
        return { meta, outbox, failures, tasks: await tasksSince(access, meta, known) }
      })
    },

    /** Puts operations at the end of the outbox: all or none. */
    append(operations: Operation[]): Promise<Queued[]> {
      return tables.run('readwrite', (access) => enqueue(access, operations))
    },

    acknowledge(seqs: number[]): Promise<void> {
      return tables.run('repeatable', async (access) => {
        // One that a pull has settled meanwhile must not come back.
        const kept = await Promise.all(seqs.map((seq) => access.get('outbox', seq)))
        for (const operation of kept)
          if (operation) access.put('outbox', operation.seq, { ...operation, acknowledged: true })
      })
    },

    /** Out of the outbox and onto the list of failures, in one step. */
    reject(seq: number, failure: Failure): Promise<void> {
      return tables.run('readwrite', async (access) => {
        access.remove('outbox', seq)
        access.put('failures', failure.opId, failure)
      })
    },

    /** A failure becomes an operation once more, behind all others. */
    retry(opId: string, again: Operation): Promise<Queued[]> {
      return tables.run('readwrite', async (access) => {
        if (!(await access.get('failures', opId))) return []
        access.remove('failures', opId)
        return enqueue(access, [again])
      })
    },

    /** Leaves nothing but what the server does not have. Gives whether there is any. */
    keepUnsent(): Promise<boolean> {
      return tables.run('readwrite', async (access) => {
        const [outbox, failures, meta] = await Promise.all([
          access.all('outbox'),
          access.all('failures'),
          metaOf(access),
        ])
        access.clear('tasks')
        access.put('meta', metaKey, { ...meta, revision: null, version: meta.version + 1 })
        for (const { seq, acknowledged } of outbox) if (acknowledged) access.remove('outbox', seq)
        return failures.length > 0 || outbox.some(({ acknowledged }) => !acknowledged)
      })
    },

    dismiss(opId: string): Promise<void> {
      return tables.run('readwrite', async (access) => access.remove('failures', opId))
    },

    /**
     * Brings the tasks to a later revision and lets go of the operations that it contains. Undefined where they are
     * not at the revision that they were when it was begun: another tab has been here.
     */
    apply(pulled: Pulled): Promise<{ from: number; to: number } | undefined> {
      // Whatever is lost of this, the next pull brings, and operations that come back are known to the server.
      return tables.run('repeatable', async (access) => {
        const meta = await metaOf(access)
        const { revision, at } = pulled
        if (meta.revision !== pulled.from) return undefined
        if (pulled.snapshot) access.clear('tasks')
        for (const task of pulled.tasks) access.put('tasks', task.id, task)
        for (const id of pulled.deleted) access.remove('tasks', id)
        for (const seq of pulled.settled) access.remove('outbox', seq)
        const version = meta.version + 1
        access.put('meta', metaKey, { ...meta, revision, version, lastSyncedAt: at })
        return { from: meta.version, to: version }
      })
    },
  }
}

const metaKey = 'meta'

async function metaOf(access: TableAccess): Promise<Meta> {
  return (await access.get('meta', metaKey)) ?? empty
}

async function enqueue(access: TableAccess, operations: Operation[]): Promise<Queued[]> {
  const meta = await metaOf(access)
  const queued = operations.map((operation, at) => ({
    ...operationOf(operation),
    seq: meta.lastSeq + 1 + at,
    acknowledged: false,
  }))
  for (const operation of queued) access.put('outbox', operation.seq, operation)
  access.put('meta', metaKey, { ...meta, lastSeq: meta.lastSeq + operations.length })
  return queued
}

async function tasksSince(
  access: TableAccess,
  { version }: Meta,
  known: { version: number; to: number; ids: string[] | undefined } | undefined,
): Promise<Kept['tasks']> {
  if (known?.version === version) return undefined
  if (known?.to !== version || known.ids === undefined)
    return { put: await access.all('tasks'), remove: [], only: true }
  const { ids } = known
  const found = await Promise.all(ids.map((id) => access.get('tasks', id)))
  return {
    put: found.filter((task) => task !== undefined),
    remove: ids.filter((_, at) => found[at] === undefined),
    only: false,
  }
}
