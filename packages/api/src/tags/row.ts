import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'

/** The columns of a tag that clients see. */
export const tagColumns = ['id', 'name', 'color', 'createdAt', 'updatedAt', 'revision'] as const

/** A tag as clients see it. */
export type Tag = Pick<Selectable<DB['tags']>, (typeof tagColumns)[number]>
