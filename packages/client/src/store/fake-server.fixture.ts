import { OwnlistError, type FailureReason } from '../errors.ts'
import { effectOf } from './effects.ts'
import { idsOf, type Operation, type Task } from './operation.ts'
import type { SyncServer } from './ports.ts'

/** What a test makes of the server's next calls. */
type Fault =
  /** It never arrives. */
  | 'unreachable'
  /** It is done, and its answer is lost. */
  | 'answer lost'
  /** It is refused for this reason. */
  | FailureReason

/** What a pull brings, and how far it has come. */
interface Sequence {
  rows: { id: string; task: Task | undefined }[]
  at: number
  revision: number
  snapshot: boolean
}

/** A server that keeps the contract, for one user, with a log in memory. */
export function fakeServer({ now = Date.now }: { now?: () => number } = {}) {
  const tasks = new Map<string, Task>()
  /** For each revision the ids that it changed. */
  const log: string[][] = []
  const answers = new Map<string, { result: unknown; of: string }>()
  const sequences = new Map<string, Sequence>()
  const listeners = new Set<{ revision: (revision: number) => void; end: (error: Error) => void }>()
  const executed: Operation[] = []
  const calls: string[] = []
  let numbers = 0
  let oldest = 0
  let online = true
  let cuts = 0

  const state = {
    /** Asked before each call; says what goes wrong with it. */
    fault: undefined as ((call: string, operation?: Operation) => Fault | undefined) | undefined,
    /** Pages hold so many tasks. */
    pageSize: 1000,
    /** An answer waits for this on its way. */
    hold: undefined as ((call: string) => Promise<void> | undefined) | undefined,
  }

  function execute(operation: Operation): unknown {
    const known = answers.get(operation.opId)
    const of = JSON.stringify([operation.path, operation.input])
    if (known && known.of !== of) throw refusal('OPERATION_REUSED')
    if (known) return known.result
    const touched = idsOf(operation)
    const needs =
      operation.path === 'tasks.update' ||
      operation.path === 'tasks.complete' ||
      operation.path === 'tasks.reopen' ||
      operation.path === 'tasks.reorder'
    if (needs && touched.some((id) => !tasks.has(id))) throw refusal('TASK_NOT_FOUND')
    if (operation.path === 'tasks.create' && touched.some((id) => tasks.has(id))) throw refusal('TASK_EXISTS')
    const made = { ...operation, madeAt: new Date(now()).toISOString() }
    const changed = touched.filter((id) => {
      const before = tasks.get(id)
      const after = effectOf(made, id, before)
      if (after === before) return false
      if (after) tasks.set(id, { ...after, revision: log.length + 1, number: before?.number ?? ++numbers })
      else tasks.delete(id)
      return true
    })
    if (changed.length > 0) log.push(changed)
    executed.push(operation)
    const result = { revision: log.length }
    answers.set(operation.opId, { result, of })
    if (changed.length > 0) for (const { revision } of listeners) revision(log.length)
    return result
  }

  function sequenceSince(since: number | undefined): Sequence {
    if (since !== undefined && (since < oldest || since > log.length)) throw refusal('SYNC_TOO_OLD')
    const ids = since === undefined ? [...tasks.keys()] : [...new Set(log.slice(since).flat())]
    const rows = ids.map((id) => ({ id, task: structuredClone(tasks.get(id)) }))
    return { rows, at: 0, revision: log.length, snapshot: since === undefined }
  }

  /** A call over the network, with all that can go wrong on it. */
  async function call<T>(name: string, work: () => T, operation?: Operation): Promise<T> {
    calls.push(name)
    const fault = state.fault?.(name, operation)
    const cut = cuts
    await Promise.resolve()
    if (!online || fault === 'unreachable') throw refusal('OFFLINE')
    if (fault !== undefined && fault !== 'answer lost') throw refusal(fault)
    const result = structuredClone(work())
    await state.hold?.(name)
    if (fault === 'answer lost' || cut !== cuts) throw refusal('OFFLINE')
    return result
  }

  const server: SyncServer = {
    run: (operation) => call(operation.path, () => execute(operation), operation),
    pull: (input) =>
      call('sync.pull', () => {
        const sequence = 'cursor' in input ? sequences.get(input.cursor) : sequenceSince(input.since)
        if (!sequence) throw refusal('CURSOR_INVALID')
        const page = sequence.rows.slice(sequence.at, sequence.at + state.pageSize)
        const at = sequence.at + state.pageSize
        const cursor = at < sequence.rows.length ? crypto.randomUUID() : null
        if (cursor !== null) sequences.set(cursor, { ...sequence, at })
        return {
          tasks: page.map(({ task }) => task).filter((task) => task !== undefined),
          deleted: page.filter(({ task }) => !task).map(({ id }) => ({ entity: 'tasks', id })),
          revision: sequence.revision,
          cursor,
          snapshot: sequence.snapshot,
        }
      }),
    changes: (lastEventId, on, signal) =>
      new Promise((resolve, reject) => {
        if (!online) return reject(refusal('OFFLINE'))
        const listener = { revision: on.revision, end: reject }
        listeners.add(listener)
        signal.addEventListener('abort', () => {
          listeners.delete(listener)
          resolve()
        })
        on.connected()
        if (log.length > Number(lastEventId ?? -1)) on.revision(log.length)
      }),
  }

  return Object.assign(state, {
    server,
    tasks,
    calls,
    /** The operations that had an effect, in their order. */
    executed,
    revision: () => log.length,
    /** Another client's change. */
    elsewhere: (operation: Operation) => void execute(operation),
    setOnline(value: boolean) {
      online = value
      if (value) return
      cuts++
      for (const { end } of listeners) end(refusal('OFFLINE'))
      listeners.clear()
    },
    /** Forgets what happened before now. */
    forgetLog: () => void (oldest = log.length),
  })
}

function refusal(reason: FailureReason): OwnlistError {
  return new OwnlistError(reason, `refused: ${reason}`)
}
