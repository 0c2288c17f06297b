import type { OwnlistError } from '../errors.ts'
import type { Model } from './model.ts'
import { idsOf, operationOf, type Failure, type Queued, type Wanted } from './operation.ts'
import type { Message, Timers } from './ports.ts'
import type { Kept, Pulled, Records } from './records.ts'
import { closedError } from './storage-errors.ts'
import { again, makeOperation } from './write.ts'

/** A change that is kept on this device. */
export interface Made {
  opId: string
  /** The task's id, which a new task has at once. */
  id: string | undefined
  /** Resolves when the server has it, with nothing, or has refused it, with why. Never where the store is closed before. */
  delivered: Promise<Failure | undefined>
  /** The server's revision that it became: known once it is delivered, by this tab, and where the server told. */
  revision(): number | undefined
}

interface Pending {
  wanted: Wanted
  resolve: (made: Made) => void
  refuse: (error: unknown) => void
}

/**
 * What this tab holds of what is kept: it changes what is kept first and what is shown after, one change at a
 * time, and tells the other tabs.
 */
export function createReplica({
  opened,
  model,
  timers,
  post,
  changed,
}: {
  opened: Promise<Records>
  model: Model
  timers: Timers
  post: (message: Message) => void
  /** Told after every change of anything but the tasks shown. */
  changed: () => void
}) {
  let closed = false
  let last: Promise<unknown> = Promise.resolve()
  let loaded = false
  let revision: number | null = null
  let version = -1
  let lastSyncedAt: string | null = null
  let failures: readonly Failure[] = []
  /** What other tabs said they changed, and this one has not read yet. */
  let heard: { to: number; ids: string[] | undefined } | undefined
  /** The disk was full when tasks came: they are ahead of what is kept, which is whole in itself. */
  let ahead: { kept: number | null; settled: Set<number> } | undefined
  const writes: Pending[] = []
  const revisions = new Map<string, number>()
  const undelivered = new Map<string, (failure: Failure | undefined) => void>()
  let acknowledged: number[] = []

  /** One after the other, so that what is read and what is shown cannot overtake each other. */
  function serially<T>(work: (records: Records) => Promise<T>): Promise<T> {
    const done = last.then(async () => work(await opened.then(open)))
    last = done.catch(() => {})
    return done
  }

  /** Passes a value on, unless the user is gone meanwhile. */
  function open<T>(value: T): T {
    if (closed) throw closedError()
    return value
  }

  function tell(): void {
    if (undelivered.size > 0) resolveDelivered()
    changed()
  }

  function resolveDelivered(): void {
    const waiting = new Set<string>()
    for (const { opId, acknowledged: has } of model.outbox.values()) if (!has) waiting.add(opId)
    for (const [opId, resolve] of undelivered) {
      if (waiting.has(opId)) continue
      undelivered.delete(opId)
      resolve(failures.find((failure) => failure.opId === opId))
    }
  }

  function show({ meta, tasks, outbox, failures: found }: Kept): void {
    const here = outbox.filter(({ seq }) => !ahead?.settled.has(seq))
    const places = new Set(here.map(({ seq }) => seq))
    if (ahead) {
      ahead.kept = meta.revision
    } else {
      revision = meta.revision
      lastSyncedAt = meta.lastSyncedAt
    }
    version = meta.version
    failures = found.toSorted((a, b) => (a.failedAt < b.failedAt ? -1 : 1))
    loaded = true
    model.change({
      ...(tasks && !ahead && { tasks }),
      add: here,
      remove: [...model.outbox.keys()].filter((seq) => !places.has(seq)),
    })
    tell()
  }

  /** Shows what other tabs have done. */
  function catchUp(): Promise<void> {
    return serially(async (records) => {
      const known =
        heard && loaded ? { version, ...heard } : loaded ? { version, to: version, ids: [] } : undefined
      heard = undefined
      let kept = open(await records.read(known))
      // What had no room here is kept by now: another tab leads, and has found some.
      if (ahead && (kept.meta.revision ?? -1) >= (revision ?? 0)) {
        ahead = undefined
        kept = open(await records.read(undefined))
      }
      show(kept)
    })
  }

  function hear(from: number, to: number, ids: string[] | undefined): void {
    const before = heard?.to ?? version
    if (to <= before) return
    const complete = from === before && ids && (!heard || heard.ids)
    heard = { to, ids: complete ? [...(heard?.ids ?? []), ...ids] : undefined }
  }

  function write(wanted: Wanted): Promise<Made> {
    return new Promise((resolve, refuse) => {
      if (closed) return refuse(closedError())
      writes.push({ wanted, resolve, refuse })
      serially(flush).catch((error: unknown) => {
        for (const pending of writes.splice(0)) pending.refuse(error)
      })
    })
  }

  /** What was asked for in the same moment is kept together: a disk that is forced to write takes its time. */
  async function flush(records: Records): Promise<void> {
    // Where a moved task goes depends on all before it, which have to be shown first.
    const end = writes.findIndex(({ wanted }, at) => at > 0 && wanted.path === 'tasks.reorder')
    const group = writes.splice(0, end < 0 ? writes.length : end)
    if (group.length === 0) return
    let above: string | undefined
    const operations = group.map(({ wanted }) => {
      const ids = idsOf(wanted).map((id) => id.toLowerCase())
      const basedOn = model.seen(ids, revision ?? 0)
      const operation = makeOperation(wanted, model, { basedOn, now: timers.now(), above })
      if (operation.path === 'tasks.create') above = operation.position
      return operation
    })
    try {
      keep(group, await records.append(operations))
    } catch (error) {
      // One that fits is not refused for one beside it that does not.
      if (group.length === 1) return group[0]?.refuse(error)
      for (const [at, pending] of group.entries()) {
        const operation = operations[at]
        if (operation)
          await records.append([operation]).then((queued) => keep([pending], queued), pending.refuse)
      }
    }
    post({ kind: 'outbox' })
  }

  function keep(group: Pending[], queued: Queued[]): void {
    open(queued)
    model.change({ add: queued })
    for (const [at, { resolve }] of group.entries()) {
      const operation = queued[at]
      if (operation) resolve(made(operation))
    }
    changed()
  }

  function made(operation: Queued): Made {
    const { opId, path, input } = operation
    const delivered = new Promise<Failure | undefined>((resolve) => undelivered.set(opId, resolve))
    const id = path === 'tasks.bulk' ? undefined : input.id
    return { opId, id, delivered, revision: () => revisions.get(opId) }
  }

  /** The server has it. Should that be forgotten before it is written down, the operation is sent once more, in vain. */
  function acknowledge(operation: Queued, answer: unknown): void {
    const { revision: at } = (answer ?? {}) as { revision?: unknown }
    if (undelivered.has(operation.opId) && typeof at === 'number') revisions.set(operation.opId, at)
    model.change({ add: [{ ...operation, acknowledged: true }] })
    acknowledged.push(operation.seq)
    undelivered.get(operation.opId)?.(undefined)
    undelivered.delete(operation.opId)
    changed()
    if (acknowledged.length > 1) return
    serially(async (records) => {
      const seqs = acknowledged
      acknowledged = []
      await records.acknowledge(seqs)
      post({ kind: 'outbox' })
    }).catch(() => {})
  }

  function reject(operation: Queued, { reason, message, issues }: OwnlistError): Promise<void> {
    return serially(async (records) => {
      const failedAt = new Date(timers.now()).toISOString()
      const failure = { ...operationOf(operation), reason, message, issues, failedAt }
      await records.reject(operation.seq, failure)
      failures = [...open(failures), failure]
      model.change({ remove: [operation.seq] })
      tell()
      post({ kind: 'outbox' })
    })
  }

  /** Gives whether the tasks were still where the pull began; otherwise another tab has been here. */
  function apply(pulled: Pulled): Promise<boolean> {
    return serially(async (records) => {
      const { tasks: put, deleted: remove, snapshot: only, settled } = pulled
      if (pulled.from !== revision) return false
      if (pulled.revision === revision && put.length + remove.length + settled.length === 0 && !ahead) {
        lastSyncedAt = pulled.at
        return true
      }
      const whole = only || ahead !== undefined
      const full = ahead && !only ? merged(pulled) : put
      let done: { from: number; to: number } | undefined
      try {
        const from = ahead ? ahead.kept : revision
        done = open(
          await records.apply({
            ...pulled,
            from,
            tasks: full,
            snapshot: whole,
            settled: [...settled, ...(ahead?.settled ?? [])],
          }),
        )
        if (!done) return false
        ahead = undefined
      } catch (error) {
        if ((error as OwnlistError).reason !== 'STORAGE_FULL') throw error
        ahead = {
          kept: ahead ? ahead.kept : revision,
          settled: new Set([...(ahead?.settled ?? []), ...settled]),
        }
      }
      revision = pulled.revision
      lastSyncedAt = pulled.at
      if (done) version = done.to
      model.change({ tasks: { put, remove, only }, remove: settled })
      tell()
      const ids = whole ? undefined : [...put.map(({ id }) => id), ...remove]
      if (done) post({ kind: 'tasks', ...done, ids: ids && ids.length <= 1000 ? ids : undefined })
      return true
    })
  }

  function merged({ tasks, deleted }: Pulled) {
    const all = new Map(model.base)
    for (const id of deleted) all.delete(id)
    for (const task of tasks) all.set(task.id, task)
    return [...all.values()]
  }

  return {
    catchUp,
    hear,
    write,
    acknowledge,
    reject,
    apply,
    revision: () => revision,
    state: () => ({ loaded, revision, lastSyncedAt, failures, isFull: ahead !== undefined }),

    /** Sends a refused operation once more, behind all others. */
    retry(opId: string): Promise<void> {
      return serially(async (records) => {
        const failure = failures.find((one) => one.opId === opId)
        if (!failure) return
        const queued = open(await records.retry(opId, again(failure, timers.now())))
        failures = failures.filter((one) => one.opId !== opId)
        model.change({ add: queued })
        tell()
        post({ kind: 'outbox' })
      })
    },

    dismiss(opId: string): Promise<void> {
      return serially(async (records) => {
        await records.dismiss(opId)
        failures = failures.filter((one) => one.opId !== opId)
        tell()
        post({ kind: 'outbox' })
      })
    },

    /** Gives when all that was asked for until now is kept, or refused. */
    async settled(): Promise<void> {
      await last
    },

    /** Stops, and holds nothing any more. Gives when the last change under way has ended. */
    async close(): Promise<void> {
      closed = true
      failures = []
      model.change({ tasks: { put: [], remove: [], only: true }, remove: [...model.outbox.keys()] })
      undelivered.clear()
      await last
    },
  }
}
