import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'
import type { ViewFilter } from '../tasks/schema.ts'

/** The columns of a view that clients see. */
export const viewColumns = [
  'id',
  'name',
  'icon',
  'filter',
  'position',
  'createdAt',
  'updatedAt',
  'revision',
] as const

/** A view as clients see it. */
export type View = Omit<Pick<Selectable<DB['views']>, (typeof viewColumns)[number]>, 'filter'> & {
  filter: ViewFilter
}

export function toView(row: Pick<Selectable<DB['views']>, (typeof viewColumns)[number]>): View {
  // It was taken in by viewFilter, and nothing else writes it.
  return { ...row, filter: row.filter as ViewFilter }
}
