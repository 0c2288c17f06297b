import type { TaskInputs } from '../../../packages/client/src/index.ts'
import type { Wanted } from '../../../packages/client/src/store/operation.ts'
import { isSame, type Diff, type Row, type State } from './rows.ts'
import { undoOf, type UndoInput } from './sequential-undo.ts'

/** A change as it goes over the network. */
export type Call = Wanted | { path: 'history.undo'; input: UndoInput }

export type Outcome = { refused: string } | { diff: Diff }

/** What is the server's to decide, and follows from nothing: it is taken over and then held against rules. */
export interface Decided {
  revision: number
  position: string | undefined
}

/**
 * The server in as few words as will do: one operation after the other, on a table in memory. Written from what the
 * operations mean and not from how the server or the store does them.
 */
export function sequentialModel() {
  const states: State[] = [new Map()]
  const log: Diff[] = [new Map()]
  let numbers = 0

  const now = () => states.at(-1) ?? new Map<string, Row>()

  return {
    now,
    /** What there was at each revision, and what it did. */
    states: states as readonly State[],
    log: log as readonly Diff[],
    revision: () => states.length - 1,

    execute(call: Call, position: string | undefined): Outcome {
      const decided = { revision: states.length, position }
      const after = outcomeOf(now(), call, decided, log)
      if ('refused' in after) return after
      const next = new Map(now())
      const diff = new Map<string, { before: Row | undefined; after: Row | undefined }>()
      for (const [id, row] of after.rows) {
        const before = next.get(id)
        if (row && before && isSame(row, before)) continue
        if (!row && !before) continue
        const made = row && { ...row, revision: decided.revision, number: row.number || ++numbers }
        if (made) next.set(id, made)
        else next.delete(id)
        diff.set(id, { before, after: made })
      }
      if (diff.size > 0) {
        states.push(next)
        log.push(diff)
      }
      return { diff }
    },
  }
}

type Rows = { refused: string } | { rows: Map<string, Row | undefined> }

/** The rows that an operation would leave, of those that it is about. */
export function outcomeOf(state: State, call: Call, decided: Decided, log: readonly Diff[]): Rows {
  const one = (id: string, change: (row: Row) => Row): Rows => {
    const row = state.get(id)
    return row ? { rows: new Map([[id, change(row)]]) } : { refused: 'TASK_NOT_FOUND' }
  }
  switch (call.path) {
    case 'tasks.create': {
      const { id = '', ...fields } = call.input
      if (state.has(id)) return { refused: 'TASK_EXISTS' }
      return { rows: new Map([[id, changed(blank(id, decided), fields, decided.revision)]]) }
    }
    case 'tasks.update':
      return one(call.input.id, (row) => changed(row, call.input, decided.revision))
    case 'tasks.complete':
      return one(call.input.id, (row) => changed(row, { completed: true }, decided.revision))
    case 'tasks.reopen':
      return one(call.input.id, (row) => changed(row, { completed: false }, decided.revision))
    case 'tasks.delete':
      return { rows: new Map([[call.input.id, undefined]]) }
    case 'tasks.reorder': {
      const { id, after } = call.input
      if (after !== null && !state.has(after)) return { refused: 'TASK_NOT_FOUND' }
      return one(id, (row) => ({ ...row, position: decided.position ?? row.position }))
    }
    case 'tasks.bulk': {
      const { ids, change } = call.input
      const there = ids.map((id) => state.get(id)).filter((row) => row !== undefined)
      const rows = there.map((row): [string, Row | undefined] => [
        row.id,
        'delete' in change ? undefined : changed(row, change, decided.revision),
      ])
      return { rows: new Map(rows) }
    }
    case 'history.undo':
      return undoOf(state, call.input, log)
    case 'history.restore': {
      const { id } = call.input
      const last = log.findLast((diff) => diff.has(id) && diff.get(id)?.after === undefined)?.get(id)?.before
      if (state.has(id)) return { rows: new Map() }
      return last ? { rows: new Map([[id, last]]) } : { refused: 'TASK_NOT_FOUND' }
    }
  }
}

function blank(id: string, { position = '' }: Decided): Row {
  return {
    id,
    number: 0,
    title: '',
    description: null,
    status: 'pending',
    completion: null,
    priority: 'medium',
    due: null,
    position,
    revision: 0,
  }
}

function changed(row: Row, given: Omit<TaskInputs['update'], 'id'>, revision: number): Row {
  const next = { ...row }
  if (given.title !== undefined) next.title = given.title.trim()
  if (given.description !== undefined) next.description = given.description
  if (given.priority !== undefined) next.priority = given.priority
  if (given.due !== undefined) next.due = inUtc(given.due)
  if (given.completed === true) next.status = 'completed'
  if (given.completed === false && row.status === 'completed') next.status = 'pending'
  if (given.status !== undefined) next.status = given.status
  next.completion = next.status === 'completed' ? (row.completion ?? revision) : null
  return next
}

function inUtc(due: Row['due']): Row['due'] {
  if (due === null || 'date' in due) return due
  return { dateTime: Temporal.Instant.from(due.dateTime).toString(), timeZone: due.timeZone }
}
