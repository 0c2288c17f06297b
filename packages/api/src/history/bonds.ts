import { sql, type RawBuilder } from 'kysely'
import type { EntityName } from './schema.ts'

// What rows of each kind hang on. Undo and restore give back rows that are long gone, into a world that went on: what
// they hung on may be gone by then, and what may stand only once may be taken.

/** A column that says which other row, or rows, this one hangs on. */
interface Pointer {
  to: EntityName
  /** A list of ids. */
  many?: true
  /** The row cannot be without. */
  needed?: true
}

/** What stands only once among a user's rows. */
interface Unique {
  /** Null where the row has nothing that stands once. */
  key: string
  columns: readonly string[]
  /** Whether a row `n` takes the place of what `p` says. */
  taken: RawBuilder<unknown>
  /** The row can be without: then it loses these columns, else it stays away. */
  spare?: true
}

/** Rows that hang on a row of this kind, and what people call them. */
interface Hanging {
  entity: EntityName
  word: string
  /** Whether a row `k` hangs on the row `t`. */
  on: RawBuilder<unknown>
}

export const pointers: { [Name in EntityName]: Record<string, Pointer> } = {
  lists: {},
  tags: {},
  views: {},
  tasks: {
    list_id: { to: 'lists' },
    parent_id: { to: 'tasks' },
    tag_ids: { to: 'tags', many: true },
  },
  comments: { task_id: { to: 'tasks', needed: true } },
}

const byName: Unique = { key: 'name', columns: ['name'], taken: sql`fold(n.name) = fold(p.name)` }

export const uniques: { [Name in EntityName]?: Unique } = {
  lists: {
    key: 'name',
    columns: ['name', 'archived_at'],
    taken: sql`fold(n.name) = fold(p.name) and n.archived_at is null and p.archived_at is null`,
  },
  tags: byName,
  views: byName,
  tasks: {
    key: 'series_id',
    columns: [
      'recurrence',
      'recurrence_basis',
      'series_id',
      'series_start',
      'occurrence',
      'occurrence_number',
    ],
    taken: sql`n.series_id = p.series_id and n.occurrence_number = p.occurrence_number`,
    spare: true,
  },
}

export const hangings: { [Name in EntityName]: Hanging[] } = {
  lists: [{ entity: 'tasks', word: 'tasks', on: sql`k.list_id = t.id` }],
  tags: [{ entity: 'tasks', word: 'tasks', on: sql`t.id = any(k.tag_ids)` }],
  views: [],
  tasks: [
    { entity: 'tasks', word: 'subtasks', on: sql`k.parent_id = t.id` },
    { entity: 'comments', word: 'comments', on: sql`k.task_id = t.id` },
  ],
  comments: [],
}

// Most rows hang on nothing: what is guarded below is not looked for in vain, however a statement is planned.

/** Whether a row that a column of `p` points at is there. */
export function isThere(userId: string, column: string, { to }: Pointer): RawBuilder<unknown> {
  const value = sql.ref(`p.${column}`)
  return sql`(${value} is not null and exists (
    select from ${sql.table(to)} x where x.user_id = ${userId} and x.id = ${value}))`
}

/** Of the rows that a column of `p` points at, those that are there. */
export function thoseThere(userId: string, column: string, { to }: Pointer): RawBuilder<unknown> {
  const value = sql.ref(`p.${column}`)
  return sql`case when cardinality(${value}) > 0 then array(
    select x.id from ${sql.table(to)} x where x.user_id = ${userId} and x.id = any(${value}) order by x.id)
    else '{}' end`
}

/** Whether another row than `id` has what stands only once. */
export function isTaken(userId: string, name: EntityName, id: RawBuilder<unknown>): RawBuilder<unknown> {
  const unique = uniques[name]
  if (!unique) return sql`false`
  return sql`(${sql.ref(`p.${unique.key}`)} is not null and exists (
    select from ${sql.table(name)} n where n.user_id = ${userId} and n.id <> ${id} and ${unique.taken}))`
}

/** That nothing hangs on the row `t`. */
export function notHungOn(userId: string, name: EntityName): RawBuilder<unknown> {
  // One after the other, and not as one condition: each becomes a join.
  const each = hangings[name].map(
    ({ entity, on }) =>
      sql`and not exists (select from ${sql.table(entity)} k where k.user_id = ${userId} and ${on})`,
  )
  return each.length === 0 ? sql`` : sql.join(each, sql` `)
}
