import type { DB } from '@ownlist/db'
import type { Selectable } from 'kysely'
import { dueFromColumns } from './due.ts'
import type { Due, Recurrence } from './schema.ts'

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
  'listId',
  'parentId',
  'tagIds',
  'recurrence',
  'recurrenceBasis',
  'seriesId',
  'seriesStart',
  'occurrence',
  'occurrenceNumber',
  'position',
  'createdAt',
  'updatedAt',
  'revision',
] as const

export type TaskRow = Pick<Selectable<DB['tasks']>, (typeof taskColumns)[number]>

/** A task as clients see it. */
export type Task = Omit<TaskRow, DueColumn | SeriesColumn> & {
  due: Due | null
  /** The rule by which it comes again; null where it does not, or no longer. */
  recurrence: Recurrence | null
  /** Which occurrence of which recurring task it is. */
  series: Series | null
}

type DueColumn = 'dueDate' | 'dueAllDay' | 'dueTimeZone'
type SeriesColumn =
  | 'recurrence'
  | 'recurrenceBasis'
  | 'seriesId'
  | 'seriesStart'
  | 'occurrence'
  | 'occurrenceNumber'

export interface Series {
  id: string
  /** The rule's DTSTART, and when this occurrence is scheduled, whenever it is due by now: as the clock on the wall says it. */
  start: string
  occurrence: string
  /** 1 is the first. */
  number: number
}

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
    recurrence: recurrenceFromColumns(row),
    series: seriesFromColumns(row),
    listId: row.listId,
    parentId: row.parentId,
    tagIds: row.tagIds,
    position,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    revision: row.revision,
  }
}

export function recurrenceFromColumns({
  recurrence,
  recurrenceBasis,
}: Pick<TaskRow, 'recurrence' | 'recurrenceBasis'>): Recurrence | null {
  return recurrence === null || recurrenceBasis === null
    ? null
    : { rule: recurrence, basis: recurrenceBasis as Recurrence['basis'] }
}

export function seriesFromColumns({
  seriesId,
  seriesStart,
  occurrence,
  occurrenceNumber,
}: Pick<TaskRow, 'seriesId' | 'seriesStart' | 'occurrence' | 'occurrenceNumber'>): Series | null {
  return seriesId === null || seriesStart === null || occurrence === null || occurrenceNumber === null
    ? null
    : { id: seriesId, start: seriesStart, occurrence, number: occurrenceNumber }
}
