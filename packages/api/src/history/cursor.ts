import type { z } from 'zod'
import { AppError } from '../errors.ts'

/** Where a page ended. Opaque to clients; it names no user, since every query is bound to one anyway. */
export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws AppError CURSOR_INVALID where it is not a cursor of this kind */
export function decodeCursor<Content extends z.ZodType>(content: Content, cursor: string): z.output<Content> {
  try {
    return content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
  } catch (cause) {
    throw new AppError('CURSOR_INVALID', { cause })
  }
}
