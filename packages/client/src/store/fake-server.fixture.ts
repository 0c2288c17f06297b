import { OwnlistError, type FailureReason } from '../errors.ts'
import { applyEffects } from './effects.ts'
import type { Operation } from './operation.ts'
import { eachKind, kinds, type Found, type Kind, type RowOf } from './rows.ts'
import type { SyncServer } from './ports.ts'
import { createState } from './state.ts'

/** What a test makes of the server's next calls. */
type Fault =
  /** It never arrives. */
  | 'unreachable'
  /** It is done, and its answer is lost. */
  | 'answer lost'
  /** It is refused for this reason. */
  | FailureReason

interface Entry {
  entity: Kind
  id: string
}

/** What a pull brings, and how far it has come. */
interface Sequence {
  rows: (Entry & { row: RowOf[Kind] | undefined })[]
  at: number
  revision: number
  snapshot: boolean
}

const notFound = {
  tasks: 'TASK_NOT_FOUND',
  lists: 'LIST_NOT_FOUND',
  tags: 'TAG_NOT_FOUND',
  views: 'VIEW_NOT_FOUND',
  comments: 'COMMENT_NOT_FOUND',
} as const satisfies { [K in Kind]: FailureReason }

/** A server that keeps the contract, for one user, with a log in memory. */
export function fakeServer({ now = Date.now }: { now?: () => number } = {}) {
  const state = createState()
  const { rows } = state
  /** For each revision the rows that it changed. */
  const log: Entry[][] = []
  const answers = new Map<string, { result: unknown; of: string }>()
  const sequences = new Map<string, Sequence>()
  const listeners = new Set<{ revision: (revision: number) => void; end: (error: Error) => void }>()
  const executed: Operation[] = []
  const calls: string[] = []
  let numbers = 0
  let oldest = 0
  let online = true
  let cuts = 0

  const hands = {
    /** Asked before each call; says what goes wrong with it. */
    fault: undefined as ((call: string, operation?: Operation) => Fault | undefined) | undefined,
    /** Pages hold so many rows. */
    pageSize: 1000,
    /** An answer waits for this on its way. */
    hold: undefined as ((call: string) => Promise<void> | undefined) | undefined,
  }

  /** What is asked for must be there, what is made must not, and what a new row hangs on must. */
  function check({ path, input }: Operation): void {
    const [feature, name] = path.split('.') as [Kind | 'history', string]
    if (feature === 'history' || name === 'bulk' || name === 'delete') return
    const { id = '' } = input as { id?: string }
    const isThere = rows[feature].has(id)
    if (name === 'create' && isThere) throw refusal(feature === 'tasks' ? 'TASK_EXISTS' : 'ID_TAKEN')
    if (name !== 'create' && !isThere) throw refusal(notFound[feature])
    const { listId, parentId, taskId } = input as { [Field in string]?: string | null }
    if (listId && !rows.lists.has(listId)) throw refusal('LIST_NOT_FOUND')
    if (parentId && !rows.tasks.has(parentId)) throw refusal('PARENT_NOT_FOUND')
    if (taskId && !rows.tasks.has(taskId)) throw refusal('TASK_NOT_FOUND')
  }

  function execute(operation: Operation): unknown {
    const known = answers.get(operation.opId)
    const of = JSON.stringify([operation.path, operation.input])
    if (known && known.of !== of) throw refusal('OPERATION_REUSED')
    if (known) return known.result
    check(operation)
    applyEffects({ ...operation, madeAt: new Date(now()).toISOString() }, state, state.put)
    const entries: Entry[] = []
    const changed = state.changed()
    for (const entity of kinds) {
      for (const id of changed[entity].keys()) {
        entries.push({ entity, id })
        const row = rows[entity].get(id)
        if (!row) continue
        const number = entity === 'tasks' && !changed.tasks.get(id) ? { number: ++numbers } : {}
        state.put(entity, id, { ...row, ...number, revision: log.length + 1 })
      }
    }
    state.changed()
    if (entries.length > 0) log.push(entries)
    executed.push(operation)
    const result = { revision: log.length }
    answers.set(operation.opId, { result, of })
    if (entries.length > 0) for (const { revision } of listeners) revision(log.length)
    return result
  }

  function sequenceSince(since: number | undefined): Sequence {
    if (since !== undefined && (since < oldest || since > log.length)) throw refusal('SYNC_TOO_OLD')
    const all = kinds.flatMap((entity) => [...rows[entity].keys()].map((id) => ({ entity, id })))
    const changed = new Map(
      log.slice(since).flatMap((entries) => entries.map((one) => [`${one.entity} ${one.id}`, one])),
    )
    const entries = since === undefined ? all : [...changed.values()]
    return {
      rows: entries.map(({ entity, id }) => ({ entity, id, row: structuredClone(rows[entity].get(id)) })),
      at: 0,
      revision: log.length,
      snapshot: since === undefined,
    }
  }

  /** A call over the network, with all that can go wrong on it. */
  async function call<T>(name: string, work: () => T, operation?: Operation): Promise<T> {
    calls.push(name)
    const fault = hands.fault?.(name, operation)
    const cut = cuts
    await Promise.resolve()
    if (!online || fault === 'unreachable') throw refusal('OFFLINE')
    if (fault !== undefined && fault !== 'answer lost') throw refusal(fault)
    const result = structuredClone(work())
    await hands.hold?.(name)
    if (fault === 'answer lost' || cut !== cuts) throw refusal('OFFLINE')
    return result
  }

  const server: SyncServer = {
    run: (operation) => call(operation.path, () => execute(operation), operation),
    pull: (input) =>
      call('sync.pull', () => {
        const sequence = 'cursor' in input ? sequences.get(input.cursor) : sequenceSince(input.since)
        if (!sequence) throw refusal('CURSOR_INVALID')
        const page = sequence.rows.slice(sequence.at, sequence.at + hands.pageSize)
        const at = sequence.at + hands.pageSize
        const cursor = at < sequence.rows.length ? crypto.randomUUID() : null
        if (cursor !== null) sequences.set(cursor, { ...sequence, at })
        const found = eachKind((kind) =>
          page.flatMap(({ entity, row }) => (entity === kind && row ? row : [])),
        )
        return {
          ...(found as Required<Found>),
          deleted: page.flatMap(({ entity, id, row }) => (row ? [] : { entity, id })),
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

  return Object.assign(hands, {
    server,
    rows,
    tasks: rows.tasks,
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
