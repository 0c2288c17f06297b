import type { Inputs, Outputs } from '@ownlist/api'
import type { FailureReason } from '../errors.ts'

export type Task = Outputs['tasks']['get']

type Mutation = 'create' | 'update' | 'delete' | 'complete' | 'reopen' | 'reorder' | 'bulk'

/** What the store adds by itself, and what makes no sense for a change that waits behind others of its own. */
type Added = 'opId' | 'basedOn' | 'ifRevision'

/** What each mutation of the `tasks` router takes. */
export type TaskInputs = { [M in Mutation]: Omit<NonNullable<Inputs['tasks'][M]>, Added> }

/** A change as somebody wants it. */
export type Wanted =
  | { [M in Mutation]: { path: `tasks.${M}`; input: TaskInputs[M] } }[Mutation]
  /** Takes a deletion back; shown as the task was. */
  | { path: 'history.restore'; input: { entity: 'tasks'; id: string }; task: Task }

/** A change that was made, with all that is needed to show it, to send it, and to send it again. */
export type Operation = Wanted & {
  opId: string
  /** The revision that its tasks were seen at when the change was made. */
  basedOn: number
  madeAt: string
  /** Where a created or moved task is shown until the server has said where it is. */
  position?: string | undefined
}

/** An operation in the outbox. */
export type Queued = Operation & {
  /** Its place: the order in which operations were made, over all tabs. */
  seq: number
  /** The server has it; it goes once a pull that was begun after that has brought its effect. */
  acknowledged: boolean
}

/** An operation that the server refused, kept until it is tried again or dismissed. */
export type Failure = Operation & {
  reason: FailureReason
  /** Why, in words for people. */
  message: string
  issues: { path: string; message: string }[]
  failedAt: string
}

/** The tasks that an operation may change. */
export function idsOf(operation: Wanted): string[] {
  if (operation.path === 'tasks.bulk') return operation.input.ids
  return operation.input.id === undefined ? [] : [operation.input.id]
}

/** The operation itself, without what the outbox or the list of failures says of it. */
export function operationOf(operation: Operation): Operation {
  const { path, input, opId, basedOn, madeAt, position } = operation
  const task = path === 'history.restore' ? { task: operation.task } : {}
  return { path, input, opId, basedOn, madeAt, position, ...task } as Operation
}
