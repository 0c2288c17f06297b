import { writtenRevision, type Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import { AppError, type Conflict } from '../errors.ts'
import { holdClock } from '../hold-clock.ts'
import { entities, entityNames, fieldNames, type Entity } from './entities.ts'
import type { DeletedRow, EntityName, Undoing } from './schema.ts'

export interface Undone {
  /** The revision that took the other back; null where nothing had to change. */
  revision: number | null
  /** Rows that were set back, at least in part. */
  undone: number
  /** Rows that stayed as they are. */
  skipped: number
}

/**
 * Takes back everything that a revision did, as one change; undoing that is redoing. What the revision did
 * not touch stays as it is. A statement for each way of changing, however many rows.
 *
 * @throws AppError UNDO_CONFLICT where something was changed again since, and nobody said what then
 */
export async function undoRevision(
  scope: Scope,
  { revision, ifConflict }: Undoing,
): Promise<Undone | undefined> {
  await holdClock(scope)
  const effects = await findEffects(scope, revision)
  if (!effects) return undefined
  const rows = [...effects.values()].reduce((sum, effect) => sum + effect.rows, 0)
  await prepareUndo(scope, revision, rows)

  const touched = entityNames.filter((name) => effects.has(name))
  const overwrite = ifConflict === 'overwrite'
  if (ifConflict === 'ask') {
    const conflicts = []
    for (const name of touched) conflicts.push(...(await findConflicts(scope, revision, name)))
    if (conflicts.length > 0) throw new AppError('UNDO_CONFLICT', { conflicts: conflicts.slice(0, 100) })
  }

  // What others hang on comes first and goes last.
  let undone = 0
  for (const name of touched) {
    if (effects.get(name)?.deleted) undone += await bringBack(scope, { name, revision })
  }
  for (const name of touched) {
    const { updated, deleted } = effects.get(name) ?? {}
    // What was deleted may be there again, with other content.
    if (updated || (deleted && overwrite)) undone += await setBack(scope, revision, name, overwrite)
  }
  for (const name of touched.toReversed()) {
    if (effects.get(name)?.created) undone += await unmake(scope, revision, name, overwrite)
  }
  return { revision: (await writtenRevision(scope)) ?? null, undone, skipped: rows - undone }
}

/** Brings a deleted row back as it was last; gives whether it is there now. */
export async function restoreRow(scope: Scope, { entity, id }: DeletedRow): Promise<boolean> {
  await holdClock(scope)
  const { db, userId } = scope
  const { rows } = await sql<{ present: boolean; revision: number | null }>`
    select exists (select from ${sql.table(entity)} where user_id = ${userId} and id = ${id}) as present,
      (select max(revision) from changes
       where user_id = ${userId} and entity = ${entity} and entity_id = ${id} and after is null) as revision`.execute(
    db,
  )
  const { present = false, revision = null } = rows[0] ?? {}
  if (present || revision === null) return present
  // Rows of other kinds that went in this revision because they hung on it would come back here, after it.
  return (await bringBack(scope, { name: entity, revision, id })) > 0
}

interface Effect {
  rows: number
  created: boolean
  updated: boolean
  deleted: boolean
}

/** What a revision did to each kind of row; undefined where there is no such revision. */
async function findEffects(
  { db, userId }: Scope,
  revision: number,
): Promise<Map<string, Effect> | undefined> {
  const { rows } = await sql<Effect & { entity: string | null }>`
    select c.entity, c.rows, c.created, c.updated, c.deleted
    from revisions r left join (
      select entity, count(*) as rows, bool_or(before is null) as created, bool_or(after is null) as deleted,
        bool_or(before is not null and after is not null) as updated
      from changes where user_id = ${userId} and revision = ${revision} group by entity
    ) c on true
    where r.user_id = ${userId} and r.revision = ${revision}`.execute(db)
  if (rows.length === 0) return undefined
  return new Map(rows.flatMap(({ entity, ...effect }) => (entity === null ? [] : [[entity, effect]])))
}

/**
 * Tells the log what this transaction is, and makes rows comparable with it: it writes instants in UTC. Many
 * rows that have just come or gone are few to a planner whose statistics are older; going through all of one
 * table for each row of the other would then look cheap, and cost a square. So it may not.
 */
async function prepareUndo({ db }: Scope, revision: number, rows: number): Promise<void> {
  const many = rows > 100
  await sql`
    select set_config('timezone', 'UTC', true), set_config('app.origin', (
        coalesce(nullif(current_setting('app.origin', true), '')::jsonb, '{}')
          || jsonb_build_object('undoes', ${revision}::bigint))::text, true),
      set_config(name, case when ${many}::boolean then value else current_setting(name) end, true)
    from (values ('enable_nestloop', 'off'), ('plan_cache_mode', 'force_custom_plan')) setting(name, value)`.execute(
    db,
  )
}

async function findConflicts({ db, userId }: Scope, revision: number, name: EntityName): Promise<Conflict[]> {
  const { rows } = await sql<{ id: string; title: string | null; conflicts: string[] }>`
    ${judged(userId, revision, name, false)}
    select id, coalesce(now, before, after) ->> ${entities[name].title} as title, conflicts
    from judged where conflicts is not null order by id limit 100`.execute(db)
  return rows.map(({ id, title, conflicts }) => ({
    entity: name,
    id,
    title,
    fields: fieldNames(name, conflicts),
  }))
}

/** Inserts again what a revision deleted, or one row of it, with number, times and position. */
async function bringBack(
  { db, userId }: Scope,
  { name, revision, id }: { name: EntityName; revision: number; id?: string },
): Promise<number> {
  const table = sql.table(name)
  const columns = entities[name].columns
  const { numAffectedRows } = await sql`
    insert into ${table} (user_id, id, ${sql.join(columns.map((column) => sql.id(column)))})
    select c.user_id, c.entity_id, ${columnsOf('p', columns)}
    from changes c, jsonb_populate_record(null::${table}, c.before) p
    where c.user_id = ${userId} and c.revision = ${revision} and c.entity = ${name} and c.after is null
      ${id === undefined ? sql`` : sql`and c.entity_id = ${id}`}
      and not exists (select from ${table} t where t.user_id = c.user_id and t.id = c.entity_id)`.execute(db)
  return Number(numAffectedRows)
}

async function setBack(
  { db, userId }: Scope,
  revision: number,
  name: EntityName,
  overwrite: boolean,
): Promise<number> {
  const table = sql.table(name)
  const { columns, fixed }: Entity<object> = entities[name]
  const changeable = columns.filter((column) => !fixed.includes(column))
  const { numAffectedRows } = await sql`
    ${judged(userId, revision, name, overwrite)}
    update ${table} t
    set (${sql.join(changeable.map((column) => sql.id(column)))}) = (
      select ${columnsOf('p', changeable)} from jsonb_populate_record(t, j.back) p)
    from judged j
    where t.user_id = ${userId} and t.id = j.id and j.before is not null and j.back is not null`.execute(db)
  return Number(numAffectedRows)
}

async function unmake(
  { db, userId }: Scope,
  revision: number,
  name: EntityName,
  overwrite: boolean,
): Promise<number> {
  const { numAffectedRows } = await sql`
    ${judged(userId, revision, name, overwrite)}
    delete from ${sql.table(name)} t using judged j
    where t.user_id = ${userId} and t.id = j.id and j.before is null
      and (${overwrite}::boolean or j.conflicts is null)`.execute(db)
  return Number(numAffectedRows)
}

/**
 * Every row that a revision touched, as it was before and after it and as it is now; the columns that are
 * neither as it left them nor as they were before, which is a conflict; and those to set back. Most rows are
 * as they were left or as they were before, and are not looked at column by column.
 */
function judged(userId: string, revision: number, name: EntityName, overwrite: boolean): RawBuilder<unknown> {
  const { columns, fixed, together }: Entity<object> = entities[name]
  const pairs = together.flatMap((group) => group.map((column) => [column, group[0]] as const))
  const fields = columns.flatMap((column) => [sql`${column}::text`, sql.ref(`t.${column}`)])
  // `offset 0` makes PostgreSQL work something out once for each row, and not wherever it is mentioned.
  return sql`
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

function columnsOf(table: string, columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(`${table}.${column}`)))
}
