import { createHash } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import type { TaskFilter } from './schema.ts'

/**
 * Where a page ended: the sort value and id of its last task. The next page continues behind that
 * place, so tasks that come and go meanwhile neither repeat nor hide others. Opaque to clients; it
 * names no user, since every query is bound to one anyway.
 */
const content = z.tuple([z.string(), z.union([z.string(), z.number()]), z.uuid()])

export function encodeCursor(filter: TaskFilter, value: string | number, id: string): string {
  return Buffer.from(JSON.stringify([listOf(filter), value, id])).toString('base64url')
}

/** @throws AppError CURSOR_INVALID when it is no cursor, or one of a list of other tasks or in another order. */
export function decodeCursor(filter: TaskFilter, cursor: string): { value: string | number; id: string } {
  try {
    const [of, value, id] = content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    if (of === listOf(filter) && isOf(filter.sort, value)) return { value, id }
  } catch {
    // Whatever it is, it is not one of ours.
  }
  throw new AppError('CURSOR_INVALID')
}

/** Which list it is: everything of a filter that says which tasks and in what order, and nothing of the page. */
function listOf(filter: TaskFilter): string {
  const list = Object.entries(filter).filter(([name]) => !ofPage.has(name))
  const text = JSON.stringify(list.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

const ofPage = new Set(['limit', 'cursor', 'offset', 'total', 'withAncestors', 'withProgress'])

/** A value that the column cannot hold would otherwise be the database's to refuse, as an error of ours. */
function isOf(sort: TaskFilter['sort'], value: string | number): boolean {
  switch (sort) {
    case 'number':
      return Number.isInteger(value) && Math.abs(Number(value)) <= 2_147_483_647
    case 'priority':
      return Number.isInteger(value) && Math.abs(Number(value)) <= 32_767
    case 'title':
    case 'position':
      return typeof value === 'string' && !value.includes('\u0000') && value.isWellFormed()
    default:
      return typeof value === 'string' && (value === 'infinity' || isTimestamp(value))
  }
}

/** 30 February parses too, as 2 March: so what was read must be what was written. */
function isTimestamp(value: string): boolean {
  if (!timestamp.test(value) || value < '0001') return false
  const time = Date.parse(value)
  return !isNaN(time) && new Date(time).toISOString().startsWith(value.slice(0, 19))
}

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/
