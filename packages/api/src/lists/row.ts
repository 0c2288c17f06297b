import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'

/** The columns of a list that clients see. */
export const listColumns = [
  'id',
  'name',
  'color',
  'icon',
  'position',
  'archivedAt',
  'createdAt',
  'updatedAt',
  'revision',
] as const

/** A list as clients see it. */
export type List = Pick<Selectable<DB['lists']>, (typeof listColumns)[number]>
