import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import { notHungOn, isTaken, isThere, pointers, thoseThere, uniques } from './bonds.ts'
import { entities, type Entity } from './entities.ts'
import { judged, plannedFor, type Place } from './judged.ts'
import type { EntityName } from './schema.ts'

// The four ways of going back. All of them are within a transaction that holds the user's clock.

/** A row, and the one of the same kind under which it belongs. */
export interface Under {
  id: string
  parent: string | null
}

/**
 * Inserts again what a revision deleted, or some rows of it, with number, times and position; not yet under others.
 * What cannot be stays away: a comment without its task, a list whose name is in use.
 */
export async function bringBack(
  { db, userId }: Scope,
  { name, revision, many, ids }: Place & { ids?: string[] },
): Promise<Under[]> {
  const table = sql.table(name)
  const { columns } = entities[name]
  const [self] = selfPointers(name)
  const needed = Object.entries(pointers[name]).filter(([, pointer]) => pointer.needed)
  const spare = uniques[name]?.spare ?? false
  const { rows } = await sql<Under>`
    ${plannedFor(many)}
    with made as (
      insert into ${table} (user_id, id, ${sql.join(columns.map((column) => sql.id(column)))})
      select c.user_id, c.entity_id, ${sql.join(columns.map((column) => comingBack(userId, name, column)))}
      from changes c
      cross join lateral jsonb_populate_record(null::${table}, c.before) p
      cross join lateral (select ${isTaken(userId, name, sql`c.entity_id`)} as taken offset 0) u
      where c.user_id = ${userId} and c.revision = ${revision} and c.entity = ${name} and c.after is null
        ${ids === undefined ? sql`` : sql`and c.entity_id = any(${ids}::uuid[])`}
        and not exists (select from ${table} t where t.user_id = c.user_id and t.id = c.entity_id)
        ${spare ? sql`` : sql`and not u.taken`}
        ${sql.join(
          needed.map(([column, pointer]) => sql`and ${isThere(userId, column, pointer)}`),
          sql` `,
        )}
      returning id
    )
    select m.id, ${self === undefined ? sql`null::uuid` : sql`(c.before ->> ${self})::uuid`} as parent
    from made m join changes c
      on c.user_id = ${userId} and c.revision = ${revision} and c.entity = ${name} and c.entity_id = m.id`.execute(
    db,
  )
  return rows
}

/** Gives fields their values of before a revision, so far as they can have them; not yet under others. */
export async function setBack({ db, userId }: Scope, at: Place, overwrite: boolean): Promise<Under[]> {
  const { name } = at
  const table = sql.table(name)
  const { columns, fixed }: Entity<object> = entities[name]
  const changeable = columns.filter((column) => !fixed.includes(column))
  const [self] = selfPointers(name)
  const { rows } = await sql<Under>`
    ${judged(userId, at, overwrite)}
    update ${table} t
    set (${sql.join(changeable.map((column) => sql.id(column)))}) = (
      select ${sql.join(changeable.map((column) => goingBack(userId, name, column)))}
      from jsonb_populate_record(t, j.back) p
      cross join lateral (select ${isTaken(userId, name, sql`t.id`)} as taken offset 0) u)
    from judged j
    where t.user_id = ${userId} and t.id = j.id and j.before is not null and j.back is not null
    returning t.id, ${self === undefined ? sql`null::uuid` : sql`(j.back ->> ${self})::uuid`} as parent`.execute(
    db,
  )
  return rows
}

/** Deletes what a revision made; unless all is to be overwritten, only what is as it was left and nothing hangs on. */
export async function unmake(
  { db, userId }: Scope,
  at: Place,
  { overwrite, rows: most }: { overwrite: boolean; rows: number },
): Promise<Under[]> {
  const { name } = at
  const unmade: Under[] = []
  for (;;) {
    const { rows } = await sql<Under>`
      ${judged(userId, at, overwrite)}
      delete from ${sql.table(name)} t using judged j
      where t.user_id = ${userId} and t.id = j.id and j.before is null
        ${overwrite ? sql`` : sql`and j.conflicts is null ${notHungOn(userId, name)}`}
      returning t.id, null::uuid as parent`.execute(db)
    unmade.push(...rows)
    // Of tasks under each other the lowest go first.
    if (overwrite || rows.length === 0 || unmade.length === most || selfPointers(name).length === 0)
      return unmade
  }
}

/** Puts tasks under others, where those are there. */
export async function attach({ db, userId }: Scope, under: Under[]): Promise<void> {
  if (under.length === 0) return
  await sql`
    update tasks t set parent_id = p.parent_id
    from unnest(${under.map(({ id }) => id)}::uuid[], ${under.map(({ parent }) => parent)}::uuid[]) p(id, parent_id)
    where t.user_id = ${userId} and t.id = p.id and ${isThere(userId, 'parent_id', { to: 'tasks' })}`.execute(
    db,
  )
}

function selfPointers(name: EntityName): string[] {
  return Object.keys(pointers[name]).filter((column) => pointers[name][column]?.to === name)
}

/** The value of a column in a row `p` that comes back. */
function comingBack(userId: string, name: EntityName, column: string): RawBuilder<unknown> {
  const value = sql.ref(`p.${column}`)
  const pointer = pointers[name][column]
  if (pointer?.to === name) return sql`null::uuid`
  // What the log has from before there were tags says nothing of them.
  if (pointer?.many) return thoseThere(userId, column, pointer)
  if (pointer && !pointer.needed) return sql`case when ${isThere(userId, column, pointer)} then ${value} end`
  const unique = uniques[name]
  return unique?.spare && unique.columns.includes(column)
    ? sql`case when not u.taken then ${value} end`
    : value
}

/** The value of a column in the row `t`, which `p` is to become. */
function goingBack(userId: string, name: EntityName, column: string): RawBuilder<unknown> {
  const [value, present] = [sql.ref(`p.${column}`), sql.ref(`t.${column}`)]
  const pointer = pointers[name][column]
  if (pointer?.many) return thoseThere(userId, column, pointer)
  if (pointer) {
    const possible = sql`(${value} is null or ${isThere(userId, column, pointer)})`
    return pointer.to === name
      ? sql`case when j.back ? ${column} and ${possible} then null else ${present} end`
      : sql`case when ${possible} then ${value} else ${present} end`
  }
  return uniques[name]?.columns.includes(column)
    ? sql`case when u.taken then ${present} else ${value} end`
    : value
}
