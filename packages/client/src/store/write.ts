import { generateKeyBetween } from 'fractional-indexing'
import { newId } from '../ids.ts'
import type { Model } from './model.ts'
import { operationOf, type Failure, type Operation, type Task, type Wanted } from './operation.ts'

/** A change as it was asked for becomes an operation, made now, on what is shown now. */
export function makeOperation(
  wanted: Wanted,
  { tasks }: Pick<Model, 'tasks'>,
  { basedOn, now, above }: { basedOn: number; now: number; above: string | undefined },
): Operation {
  const made = { opId: newId(now), basedOn, madeAt: new Date(now).toISOString() }
  switch (wanted.path) {
    case 'tasks.create':
      return {
        ...made,
        ...wanted,
        input: { ...wanted.input, id: wanted.input.id?.toLowerCase() ?? newId(now) },
        position: positionAtTop(now, above ?? first(tasks)),
      }
    case 'tasks.reorder': {
      const input = { id: wanted.input.id.toLowerCase(), after: wanted.input.after?.toLowerCase() ?? null }
      return { ...made, ...wanted, input, position: positionBehind(input, tasks) }
    }
    case 'tasks.bulk':
      return {
        ...made,
        ...wanted,
        input: { ...wanted.input, ids: wanted.input.ids.map((id) => id.toLowerCase()) },
      }
    case 'history.restore':
      return { ...made, ...wanted }
    default:
      return {
        ...made,
        ...wanted,
        input: { ...wanted.input, id: wanted.input.id.toLowerCase() },
      }
  }
}

/** As the server will find it, when it sees the same tasks. */
function positionBehind(
  { id, after }: { id: string; after: string | null },
  tasks: ReadonlyMap<string, Task>,
): string | undefined {
  const anchor = after === null ? undefined : tasks.get(after)
  if (after !== null && !anchor) return undefined
  // Strictly behind: tasks that share the anchor's position stay in front.
  let next: string | undefined
  for (const task of tasks.values()) {
    const { position } = task
    if (task.id !== id && (!anchor || position > anchor.position) && (!next || position < next))
      next = position
  }
  return positionBetween(anchor?.position, next)
}

function first(tasks: ReadonlyMap<string, Task>): string | undefined {
  let least: string | undefined
  for (const { position } of tasks.values()) if (!least || position < least) least = position
  return least
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * Before all that the server has ever numbered, for its own keys begin with T (packages/api/src/tasks/position.ts):
 * what is delivered meanwhile does not get in front of what was written down after it.
 */
function positionAtTop(now: number, top: string | undefined): string | undefined {
  let value = 62 ** 8 - now
  let integer = ''
  for (let at = 0; at < 8; at++) {
    integer = digits.charAt(value % 62) + integer
    value = Math.floor(value / 62)
  }
  const position = `S${integer}`
  return top !== undefined && top <= position ? positionBetween(undefined, top) : position
}

/** Only shown until the server has decided: what cannot be computed is no reason to refuse the change. */
function positionBetween(before: string | undefined, after: string | undefined): string | undefined {
  try {
    return generateKeyBetween(before, after)
  } catch {
    return before ?? after
  }
}

/** An operation that was refused, made ready to be sent once more. */
export function again(failure: Failure, now: number): Operation {
  const operation = operationOf(failure)
  // Its id was taken by something else; any other may have been executed without our hearing of it.
  return failure.reason === 'OPERATION_REUSED' ? { ...operation, opId: newId(now) } : operation
}
