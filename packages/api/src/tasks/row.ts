import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'
import { dueFromColumns } from './due.ts'
import type { Due } from './schema.ts'

/** The columns of a task that clients see. */
export const taskColumns = [
  'id',
  'number',
  'title',
  'description',
  'status',
  'completed',
  'completedAt',
  'priority',
  'dueDate',
  'dueAllDay',
  'dueTimeZone',
  'position',
  'createdAt',
  'updatedAt',
  'revision',
] as const

export type TaskRow = Pick<Selectable<DB['tasks']>, (typeof taskColumns)[number]>

/** A task as clients see it. */
export type Task = Omit<TaskRow, 'dueDate' | 'dueAllDay' | 'dueTimeZone'> & { due: Due | null }

export function toTask({ dueDate, dueAllDay, dueTimeZone, ...row }: TaskRow): Task {
  const { id, number, title, description, status, completed, completedAt, priority, position } = row
  return {
    id,
    number,
    title,
    description,
    status,
    completed,
    completedAt,
    priority,
    due: dueFromColumns({ dueDate, dueAllDay, dueTimeZone }),
    position,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    revision: row.revision,
  }
}
