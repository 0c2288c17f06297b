import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'

/** The columns of a comment that clients see. */
export const commentColumns = ['id', 'taskId', 'body', 'createdAt', 'updatedAt', 'revision'] as const

/** A comment as clients see it. */
export type Comment = Pick<Selectable<DB['comments']>, (typeof commentColumns)[number]>
