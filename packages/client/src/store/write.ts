import { generateKeyBetween } from 'fractional-indexing'
import { newId } from '../ids.ts'
import type { Model } from './model.ts'
import { operationOf, type Failure, type Operation, type Wanted } from './operation.ts'
import type { ReadonlyRows } from './rows.ts'

type Positioned = 'lists' | 'views' | 'tasks'

/** A change as it was asked for becomes an operation, made now, on what is shown now. */
export function makeOperation(
  wanted: Wanted,
  { rows }: Pick<Model, 'rows'>,
  { basedOn, now, above }: { basedOn: number; now: number; above: string | undefined },
): Operation {
  const made = { ...wanted, opId: newId(now), basedOn, madeAt: new Date(now).toISOString() } as Operation
  if (made.path === 'history.restore') return made
  const input = { ...made.input }
  for (const field of idFields) lowerCase(input, field)
  if (made.path.endsWith('.create')) Object.assign(input, { id: (input as { id?: string }).id ?? newId(now) })
  if (made.path === 'tasks.bulk') {
    const change = { ...made.input.change }
    for (const field of idFields) lowerCase(change, field)
    Object.assign(input, { change })
  }
  const operation = { ...made, input } as Operation
  const position = positionOf(operation, rows, now, above)
  return position === undefined ? operation : { ...operation, position }
}

const idFields = ['id', 'ids', 'taskId', 'listId', 'parentId', 'tagIds', 'addTagIds', 'removeTagIds', 'after']

/** Ids are compared as text here, and the server writes them in small letters. */
function lowerCase(input: object, field: string): void {
  const value = (input as Record<string, unknown>)[field]
  if (typeof value === 'string') Object.assign(input, { [field]: value.toLowerCase() })
  if (Array.isArray(value))
    Object.assign(input, { [field]: (value as string[]).map((id) => id.toLowerCase()) })
}

/** Whether where it goes depends on where others are. */
export function isPlaced({ path }: Wanted): boolean {
  return path === 'tasks.move' || /^((tasks|lists|views)\.reorder|(lists|views)\.create)$/.test(path)
}

/** As the server will find it, when it sees the same rows. */
function positionOf(
  { path, input }: Operation,
  rows: ReadonlyRows,
  now: number,
  above: string | undefined,
): string | undefined {
  switch (path) {
    case 'tasks.create':
      return positionAtTop(now, above ?? ends(rows.tasks).first)
    case 'lists.create':
    case 'views.create': {
      const kind = path === 'lists.create' ? 'lists' : 'views'
      const { id = '', after } = input
      if (after !== undefined) return positionBehind({ id, after }, rows[kind])
      return positionBetween(ends(rows[kind]).last, undefined)
    }
    case 'tasks.move':
      return input.after === undefined
        ? undefined
        : positionBehind({ id: input.id, after: input.after }, rows.tasks)
    case 'tasks.reorder':
    case 'lists.reorder':
    case 'views.reorder':
      return positionBehind(input, rows[path.slice(0, path.indexOf('.')) as Positioned])
    default:
      return undefined
  }
}

function positionBehind(
  { id, after }: { id: string; after: string | null },
  rows: ReadonlyMap<string, { id: string; position: string }>,
): string | undefined {
  const anchor = after === null ? undefined : rows.get(after)
  if (after !== null && !anchor) return undefined
  // Strictly behind: rows that share the anchor's position stay in front.
  let next: string | undefined
  for (const row of rows.values()) {
    const { position } = row
    if (row.id !== id && (!anchor || position > anchor.position) && (!next || position < next))
      next = position
  }
  return positionBetween(anchor?.position, next)
}

function ends(rows: ReadonlyMap<string, { position: string }>): {
  first: string | undefined
  last: string | undefined
} {
  let first: string | undefined
  let last: string | undefined
  for (const { position } of rows.values()) {
    if (!first || position < first) first = position
    if (!last || position > last) last = position
  }
  return { first, last }
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
