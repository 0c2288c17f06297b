import type { Comment } from '../comments/row.ts'
import type { List } from '../lists/row.ts'
import type { Tag } from '../tags/row.ts'
import { dueFromColumns } from '../tasks/due.ts'
import { recurrenceFromColumns, seriesFromColumns, type Task } from '../tasks/row.ts'
import type { View } from '../views/row.ts'
import type { EntityName } from './schema.ts'

/** What the log keeps of a row: columns as PostgreSQL writes them in JSON. */
export type Columns = Record<string, string | number | boolean | null | string[] | object>

/** One kind of row that keeps a history. */
export interface Entity<Fields> {
  /** Every column that the log has, which is every one that is not derived. */
  columns: readonly string[]
  /** Columns of a row that nothing changes once it is there. */
  fixed: readonly string[]
  /** Columns that say something together: undo sets back all of them or none. */
  together: readonly (readonly string[])[]
  /** The column that tells people which row it is. */
  title: string
  toFields(columns: Columns): Partial<Fields>
}

type TaskFields = Pick<
  Task,
  | 'number'
  | 'title'
  | 'description'
  | 'status'
  | 'completedAt'
  | 'priority'
  | 'due'
  | 'listId'
  | 'parentId'
  | 'tagIds'
  | 'recurrence'
  | 'series'
  | 'position'
  | 'createdAt'
>

const tasks: Entity<TaskFields> = {
  columns: [
    'number',
    'title',
    'description',
    'status',
    'completed_at',
    'priority',
    'due_date',
    'due_all_day',
    'due_time_zone',
    'list_id',
    'parent_id',
    'tag_ids',
    'recurrence',
    'recurrence_basis',
    'series_id',
    'series_start',
    'occurrence',
    'occurrence_number',
    'position',
    'created_at',
  ],
  fixed: ['number', 'created_at'],
  together: [
    ['status', 'completed_at'],
    ['due_date', 'due_all_day', 'due_time_zone'],
    ['recurrence', 'recurrence_basis', 'series_id', 'series_start', 'occurrence', 'occurrence_number'],
  ],
  title: 'title',
  toFields({
    due_date,
    due_all_day,
    due_time_zone,
    recurrence,
    recurrence_basis,
    series_id,
    series_start,
    occurrence,
    occurrence_number,
    ...columns
  }) {
    const due = { dueDate: instantOf(due_date), dueAllDay: due_all_day, dueTimeZone: due_time_zone }
    return {
      ...byFieldName(columns),
      // The log has the three of them or none.
      ...(due_date !== undefined && { due: dueFromColumns(due as Parameters<typeof dueFromColumns>[0]) }),
      // Likewise the six.
      ...(series_id !== undefined && {
        recurrence: recurrenceFromColumns({ recurrence, recurrenceBasis: recurrence_basis } as never),
        series: seriesFromColumns({
          seriesId: series_id,
          seriesStart: series_start,
          occurrence,
          occurrenceNumber: occurrence_number,
        } as never),
      }),
    }
  },
}

const lists: Entity<Omit<List, Stamps>> = {
  columns: ['name', 'color', 'icon', 'position', 'archived_at', 'created_at'],
  fixed: ['created_at'],
  together: [],
  title: 'name',
  toFields: byFieldName,
}

const tags: Entity<Omit<Tag, Stamps>> = {
  columns: ['name', 'color', 'created_at'],
  fixed: ['created_at'],
  together: [],
  title: 'name',
  toFields: byFieldName,
}

const views: Entity<Omit<View, Stamps>> = {
  columns: ['name', 'icon', 'filter', 'position', 'created_at'],
  fixed: ['created_at'],
  together: [],
  title: 'name',
  toFields: byFieldName,
}

const comments: Entity<Omit<Comment, Stamps>> = {
  columns: ['task_id', 'body', 'created_at'],
  fixed: ['task_id', 'created_at'],
  together: [],
  title: 'body',
  toFields: byFieldName,
}

/** What the database writes with every change. */
type Stamps = 'id' | 'updatedAt' | 'revision'

/** Everything that keeps a history, in the order in which rows can be made: what others hang on comes first. */
export const entities = { lists, tags, views, tasks, comments } satisfies {
  [Name in EntityName]: Entity<object>
}

export const entityNames = Object.keys(entities) as EntityName[]

/** The fields of a row of this kind, as the API names them. */
export type FieldsOf<Name extends EntityName> =
  (typeof entities)[Name] extends Entity<infer Fields> ? Partial<Fields> : never

/** The fields that these columns hold. */
export function fieldNames(name: EntityName, columns: string[]): string[] {
  return Object.keys(entities[name].toFields(Object.fromEntries(columns.map((column) => [column, null]))))
}

function byFieldName(columns: Columns): object {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [
      column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      column.endsWith('_at') ? instantOf(value) : value,
    ]),
  )
}

/** As the API writes it; the log says `+00:00`. */
function instantOf(value: Columns[string] | undefined) {
  return typeof value === 'string' ? value.replace(/\+00:00$/, 'Z') : (value ?? null)
}
