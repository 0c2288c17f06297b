import type { Scope } from './scope.ts'

/** What a test may say of a task; the rest is the database's to choose. */
export interface Values {
  title?: string
  description?: string | null
  status?: 'pending' | 'in_progress' | 'completed'
  priority?: 'low' | 'medium' | 'high' | null
  dueDate?: string | null
  dueAllDay?: boolean | null
  dueTimeZone?: string | null
  completedAt?: string | null
  createdAt?: string
  updatedAt?: string
  number?: number
  position?: string
  listId?: string | null
  parentId?: string | null
  tagIds?: string[]
  recurrence?: string | null
  recurrenceBasis?: string | null
  seriesId?: string | null
  seriesStart?: string | null
  occurrence?: string | null
  occurrenceNumber?: number | null
}

export function insert({ db, userId }: Scope, values: Values = {}) {
  return db
    .insertInto('tasks')
    .values({ userId, title: 'Buy milk', ...values })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function update({ db, userId }: Scope, id: string, change: object) {
  return db
    .updateTable('tasks')
    .set(change)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export function clockOf({ db, userId }: Scope) {
  return db.selectFrom('userClocks').selectAll().where('userId', '=', userId).executeTakeFirstOrThrow()
}
