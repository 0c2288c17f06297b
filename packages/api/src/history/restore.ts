import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { AppError } from '../errors.ts'
import { holdClock } from '../hold-clock.ts'
import { attach, bringBack, type Under } from './backwards.ts'
import { entityNames } from './entities.ts'
import { planFor } from './judged.ts'
import type { DeletedRow, EntityName } from './schema.ts'

/**
 * Brings a deleted row back as it was last, with what went with it because it hung on it: the subtasks and comments of
 * a task, the tasks of a list. Gives whether it is there now.
 *
 * @throws AppError NAME_TAKEN where its name is in use by now, TASK_NOT_FOUND where it is a comment whose task is gone
 */
export async function restoreRow(scope: Scope, { entity, id }: DeletedRow): Promise<boolean> {
  await holdClock(scope)
  const { present, revision, went } = await findLoss(scope, { entity, id })
  if (present || revision === null) return present
  const many = await planFor(scope, [...went.values()].flat().length)
  const under: Under[] = []
  for (const name of entityNames) {
    const ids = went.get(name)
    if (!ids) continue
    const back = await bringBack(scope, { name, revision, many, ids })
    if (name === entity && !back.some((row) => row.id === id)) {
      throw new AppError(entity === 'comments' ? 'TASK_NOT_FOUND' : 'NAME_TAKEN')
    }
    under.push(...back.filter(({ parent }) => parent !== null))
  }
  await attach(scope, under)
  return true
}

/** In which revision a row went, and what went in it because it hung on the row. */
async function findLoss(
  { db, userId }: Scope,
  { entity, id }: DeletedRow,
): Promise<{ present: boolean; revision: number | null; went: Map<EntityName, string[]> }> {
  const { rows } = await sql<{
    present: boolean
    revision: number | null
    entity: EntityName | null
    ids: string[]
  }>`
    with recursive last as materialized (
      select exists (select from ${sql.table(entity)} where user_id = ${userId} and id = ${id}) as present,
        (select max(revision) from changes
         where user_id = ${userId} and entity = ${entity} and entity_id = ${id} and after is null) as revision
    ), gone as materialized (
      select c.entity, c.entity_id as id, c.before from last join changes c
        on c.user_id = ${userId} and c.revision = last.revision and c.after is null
      where not last.present and last.revision is not null
    ), bonds as materialized (
      select g.entity, g.id, b.entity as on_entity, b.id as on_id
      from gone g cross join lateral (values
        ('tasks', (g.before ->> 'parent_id')::uuid), ('tasks', (g.before ->> 'task_id')::uuid),
        ('lists', (g.before ->> 'list_id')::uuid)) b(entity, id)
      where b.id is not null
    ), went(entity, id) as (
      select g.entity, g.id from gone g where g.entity = ${entity} and g.id = ${id}
      union
      select b.entity, b.id from went w join bonds b on b.on_entity = w.entity and b.on_id = w.id
    )
    select last.present, last.revision, w.entity, w.ids
    from last left join (select entity, array_agg(id) as ids from went group by entity) w on true`.execute(db)
  const { present = false, revision = null } = rows[0] ?? {}
  const went = rows.flatMap((row) => (row.entity === null ? [] : [[row.entity, row.ids] as const]))
  return { present, revision, went: new Map(went) }
}
