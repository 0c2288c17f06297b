import type { Inputs } from '@ownlist/api'
import type { FailureReason } from '../errors.ts'
import type { Kind, Task } from './rows.ts'

/** What can be done with rows of each kind, by the names of the server's procedures. */
export const mutations = {
  lists: ['create', 'update', 'archive', 'reorder', 'delete'],
  tags: ['create', 'update', 'delete'],
  views: ['create', 'update', 'reorder', 'delete'],
  tasks: ['create', 'update', 'delete', 'complete', 'reopen', 'reorder', 'bulk', 'move', 'skip', 'detach'],
  comments: ['create', 'update', 'delete'],
} as const satisfies { [K in Kind]: readonly string[] }

type Mutation<K extends Kind> = (typeof mutations)[K][number]

/** What the store adds by itself, and what makes no sense for a change that waits behind others of its own. */
type Added = 'opId' | 'basedOn' | 'ifRevision'
type Bulk<T> = T extends { change: infer Change } ? { ids: string[]; change: Change } : never
type WithoutAdded<T> = T extends unknown ? Omit<T, Added> : never

/** What each mutation takes. A store's bulk change names its tasks. */
export type MutationInputs = {
  [K in Kind]: {
    [M in Mutation<K>]: M extends 'bulk' ? Bulk<InputOf<K, M>> : WithoutAdded<InputOf<K, M>>
  }
}
type InputOf<K extends Kind, M> = M extends keyof Inputs[K] ? NonNullable<Inputs[K][M]> : never

export type TaskInputs = MutationInputs['tasks']

/** A change as somebody wants it. */
export type Wanted =
  | {
      [K in Kind]: { [M in Mutation<K>]: { path: `${K}.${M}`; input: MutationInputs[K][M] } }[Mutation<K>]
    }[Kind]
  /** Takes a deletion back; shown as the task was. */
  | { path: 'history.restore'; input: { entity: 'tasks'; id: string }; task: Task }

/** A change that was made, with all that is needed to show it, to send it, and to send it again. */
export type Operation = Wanted & {
  opId: string
  /** The revision that its rows were seen at when the change was made. */
  basedOn: number
  madeAt: string
  /** Where what was created or moved is shown until the server has said where it is. */
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

/** The rows that an operation is about; others may hang on them. */
export function idsOf({ input }: Wanted): string[] {
  if ('ids' in input) return input.ids
  return input.id === undefined ? [] : [input.id]
}

/**
 * Whether it matters to others when it is executed: where something goes, which number it gets, whether a name is
 * still free and what hangs on it depends on what came before; the other fields of different rows do not.
 */
export function dependsOnOthers({ path, input }: Wanted): boolean {
  switch (path) {
    case 'tasks.update':
      return 'listId' in input || 'parentId' in input
    case 'tasks.bulk':
      return 'listId' in input.change || 'parentId' in input.change
    case 'tasks.complete':
    case 'tasks.reopen':
    case 'tasks.delete':
    case 'comments.update':
    case 'comments.delete':
      return false
    default:
      return true
  }
}

/** The operation itself, without what the outbox or the list of failures says of it. */
export function operationOf(operation: Operation): Operation {
  const { path, input, opId, basedOn, madeAt, position } = operation
  const task = path === 'history.restore' ? { task: operation.task } : {}
  return { path, input, opId, basedOn, madeAt, position, ...task } as Operation
}
