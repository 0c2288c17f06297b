import { metaKey, type Meta, type TableAccess, type Tables } from './ports.ts'
import { operationOf, type Failure, type Operation, type Queued } from './operation.ts'
import { kinds, type Ids, type Kind, type RowChange } from './rows.ts'

/** Everything that is kept. */
export interface Kept {
  meta: Meta
  /** The rows, those asked for or all; undefined where none was needed. */
  rows: RowChange | undefined
  outbox: Queued[]
  failures: Failure[]
}

/** What a pull brought: whole, from one revision of the server to another; `only` where it is a snapshot. */
export interface Pulled extends RowChange {
  /** The revision that was kept when it was begun. */
  from: number | null
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
     * What is kept now. A tab that has seen version `known.version` and heard which rows changed until `known.to`
     * gets those; one that missed something, everything.
     */
    read(known?: Known): Promise<Kept> {
      return tables.run('readonly', async (access) => {
        const meta = await metaOf(access)
        const [outbox, failures] = await Promise.all([access.all('outbox'), access.all('failures')])
        return { meta, outbox, failures, rows: await rowsSince(access, meta, known) }
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
        for (const kind of kinds) access.clear(kind)
        access.put('meta', metaKey, { ...meta, revision: null, version: meta.version + 1 })
        for (const { seq, acknowledged } of outbox) if (acknowledged) access.remove('outbox', seq)
        return failures.length > 0 || outbox.some(({ acknowledged }) => !acknowledged)
      })
    },

    dismiss(opId: string): Promise<void> {
      return tables.run('readwrite', async (access) => access.remove('failures', opId))
    },

    /**
     * Brings the rows to a later revision and lets go of the operations that it contains. Undefined where they are
     * not at the revision that they were when it was begun: another tab has been here.
     */
    apply(pulled: Pulled): Promise<{ from: number; to: number } | undefined> {
      // Whatever is lost of this, the next pull brings, and operations that come back are known to the server.
      return tables.run('repeatable', async (access) => {
        const meta = await metaOf(access)
        const { revision, at } = pulled
        if (meta.revision !== pulled.from) return undefined
        for (const kind of kinds) {
          if (pulled.only) access.clear(kind)
          for (const row of pulled.put[kind] ?? []) access.put(kind, row.id, row)
          for (const id of pulled.remove[kind] ?? []) access.remove(kind, id)
        }
        for (const seq of pulled.settled) access.remove('outbox', seq)
        const version = meta.version + 1
        access.put('meta', metaKey, { ...meta, revision, version, lastSyncedAt: at })
        return { from: meta.version, to: version }
      })
    },
  }
}

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

/** What a tab has, and what it heard of since. */
interface Known {
  version: number
  to: number
  ids: Ids | undefined
}

async function rowsSince(
  access: TableAccess,
  { version }: Meta,
  known: Known | undefined,
): Promise<RowChange | undefined> {
  if (known?.version === version) return undefined
  const ids = known?.to === version ? known.ids : undefined
  const change: RowChange = { put: {}, remove: {}, only: ids === undefined }
  await Promise.all(kinds.map((kind) => readInto(change, access, kind, ids && (ids[kind] ?? []))))
  return change
}

async function readInto(
  { put, remove }: RowChange,
  access: TableAccess,
  kind: Kind,
  ids: string[] | undefined,
): Promise<void> {
  const found = ids ? await Promise.all(ids.map((id) => access.get(kind, id))) : await access.all(kind)
  put[kind] = found.filter((row) => row !== undefined) as never
  remove[kind] = (ids ?? []).filter((_, at) => found[at] === undefined)
}
