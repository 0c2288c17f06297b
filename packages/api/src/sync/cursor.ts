import { z } from 'zod'
import { AppError } from '../errors.ts'
import { entityName, type EntityName } from '../history/schema.ts'

/** In the midst of a snapshot: the rows up to an id are sent, none of them older than `base`. */
export interface PlaceInRows {
  base: number
  entity: EntityName
  id: string
}

/** In the log: everything before this entry is sent, and reading goes on behind it. */
export interface PlaceInLog {
  /** Whether a snapshot went before. */
  snapshot: boolean
  revision: number
  entity: string
  id: string
}

const count = z.int().min(0)
// Ids that were not made by the API may be of any version.
const content = z.union([
  z.tuple([z.literal('rows'), count, entityName, z.guid()]),
  z.tuple([z.enum(['log', 'snapshot']), count, z.string().regex(/^[a-z_]{0,63}$/), z.guid()]),
])

/** The place from which a log is read that is known up to a revision. */
export function behind(revision: number, snapshot: boolean): PlaceInLog {
  return { snapshot, revision: revision + 1, entity: '', id: '00000000-0000-0000-0000-000000000000' }
}

/** Opaque to clients; names no user, since every query is bound to one anyway. */
export function encodeCursor(place: PlaceInRows | PlaceInLog): string {
  const values =
    'base' in place
      ? ['rows', place.base, place.entity, place.id]
      : [place.snapshot ? 'snapshot' : 'log', place.revision, place.entity, place.id]
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws AppError CURSOR_INVALID */
export function decodeCursor(cursor: string): PlaceInRows | PlaceInLog {
  try {
    const values = content.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    if (values[0] === 'rows') return { base: values[1], entity: values[2], id: values[3] }
    const [kind, revision, entity, id] = values
    return { snapshot: kind === 'snapshot', revision, entity, id }
  } catch (cause) {
    throw new AppError('CURSOR_INVALID', { cause })
  }
}
