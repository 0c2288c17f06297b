import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import type { Conflict } from '../errors.ts'
import { hangings, pointers, uniques } from './bonds.ts'
import { entities, fieldNames, type Entity } from './entities.ts'
import type { EntityName } from './schema.ts'

/** What a revision did to one kind of row. */
export interface Place {
  revision: number
  name: EntityName
  /** Whether the rows are so many that `planFor` has said how to go through them. */
  many: boolean
}

/**
 * Many rows that have just come or gone are few to a planner whose statistics are older; going through all of one
 * table for each row of the other would then look cheap, and cost a square. So it may not; gives whether they are many.
 */
export async function planFor({ db }: Scope, rows: number): Promise<boolean> {
  const many = rows > 100
  // Rows are compared with the log, which writes instants in UTC.
  await sql`
    select set_config('timezone', 'UTC', true),
      set_config('enable_nestloop', case when ${many}::boolean then 'off' else current_setting('enable_nestloop') end, true)`.execute(
    db,
  )
  return many
}

/** Statements for many rows have a text of their own, and so no plan from when nobody had said how to plan. */
export function plannedFor(many: boolean): RawBuilder<unknown> {
  return many ? sql`/* many */` : sql``
}

/** What a revision changed and others changed again since: at most a hundred rows, with the fields. */
export async function findConflicts({ db, userId }: Scope, at: Place): Promise<Conflict[]> {
  const { name } = at
  const { rows } = await sql<{ id: string; title: string | null; conflicts: string[] }>`
    ${judged(userId, at, false)}
    select id, coalesce(now, before, after) ->> ${entities[name].title} as title, conflicts
    from judged where conflicts is not null order by id limit 100`.execute(db)
  return rows.map(({ id, title, conflicts }) => ({
    entity: name,
    id,
    title,
    fields: fieldNames(name, conflicts),
  }))
}

/**
 * What is not as it was before a revision although that was undone: what something hangs on by now, what hung on
 * something that is gone, and what stands only once and is taken.
 */
export async function findLeftovers(
  { db, userId }: Scope,
  { revision, name, many }: Place,
): Promise<Conflict[]> {
  const { columns, fixed, title }: Entity<object> = entities[name]
  const fields = columns.flatMap((column) => [sql`${column}::text`, sql.ref(`t.${column}`)])
  const hung = hangings[name].map(
    ({ entity, word, on }) =>
      sql`case when exists (select from ${sql.table(entity)} k where k.user_id = ${userId} and ${on}) then ${word} end`,
  )
  const { rows } = await sql<{ id: string; title: string | null; hung: string[] | null; moved: string[] }>`
    ${plannedFor(many)}
    select c.id, coalesce(c.now, c.before, c.after) ->> ${title} as title, c.hung, l.moved
    from (
      select c.entity_id as id, c.before, c.after,
        case when t.id is not null then jsonb_build_object(${sql.join(fields)}) end as now,
        case when c.before is null and t.id is not null
          then array_remove(array[${sql.join(hung)}]::text[], null) end as hung
      from changes c left join ${sql.table(name)} t on t.user_id = ${userId} and t.id = c.entity_id
      where c.user_id = ${userId} and c.revision = ${revision} and c.entity = ${name} offset 0
    ) c
    cross join lateral (
      select array_agg(k.name) as moved from jsonb_object_keys(c.before) k(name)
      where k.name <> all (${fixed}::text[]) and c.now -> k.name is distinct from c.before -> k.name
    ) l
    where case
      when c.before is null then c.now is not null
      else c.now is null or c.now || (c.before - ${fixed}::text[]) <> c.now
    end
    order by c.id limit 100`.execute(db)
  return rows.map((row) => ({
    entity: name,
    id: row.id,
    title: row.title,
    fields:
      row.hung ??
      fieldNames(
        name,
        row.moved.filter((column) => isBound(name, column)),
      ),
  }))
}

/** Of a row that could not come back, everything has moved: what kept it away is one of these. */
function isBound(name: EntityName, column: string): boolean {
  return column in pointers[name] || (uniques[name]?.columns.includes(column) ?? false)
}

/**
 * Every row that a revision touched, as it was before and after it and as it is now; the columns that are
 * neither as it left them nor as they were before, which is a conflict; and those to set back. Most rows are
 * as they were left or as they were before, and are not looked at column by column.
 */
export function judged(
  userId: string,
  { revision, name, many }: Place,
  overwrite: boolean,
): RawBuilder<unknown> {
  const { columns, fixed, together }: Entity<object> = entities[name]
  const pairs = together.flatMap((group) => group.map((column) => [column, group[0]] as const))
  const fields = columns.flatMap((column) => [sql`${column}::text`, sql.ref(`t.${column}`)])
  // `offset 0` makes PostgreSQL work something out once for each row, and not wherever it is mentioned.
  return sql`
    ${plannedFor(many)}
    with judged as (
      select c.id, c.before, c.after, c.now, f.conflicts,
        case s.state when 'as left' then c.before - ${fixed}::text[] else f.back end as back
      from (
        select c.entity_id as id, c.before, c.after,
          case when t.id is not null then jsonb_build_object(${sql.join(fields)}) end as now
        from changes c left join ${sql.table(name)} t on t.user_id = ${userId} and t.id = c.entity_id
        where c.user_id = ${userId} and c.revision = ${revision} and c.entity = ${name} offset 0
      ) c
      cross join lateral (
        select case
          when c.now is null then case when c.before is null or c.after is null then 'as left' end
          when c.now || c.after = c.now then 'as left'
          when c.now || c.before = c.now then 'as before'
        end as state offset 0
      ) s
      cross join lateral (
        select array_agg(f.name) filter (where f.moved and f.wanted) as conflicts,
          jsonb_object_agg(f.name, c.before -> f.name)
            filter (where f.wanted and (${overwrite}::boolean or not f.moved)) as back
        from (
          select k.name, bool_or(c.now -> k.name is distinct from c.after -> k.name) over value as moved,
            bool_or(c.now -> k.name is distinct from c.before -> k.name) over value as wanted
          from jsonb_object_keys(coalesce(c.before, c.after)) k(name)
          left join unnest(${pairs.map(([column]) => column)}::text[], ${pairs.map(([, first]) => first)}::text[])
            u(name, value) on u.name = k.name
          where s.state is null and k.name <> all (${fixed}::text[])
          window value as (partition by coalesce(u.value, k.name))
        ) f
      ) f
    )`
}
