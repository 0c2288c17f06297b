import { writtenRevision, type Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { AppError, type Conflict } from '../errors.ts'
import { holdClock } from '../hold-clock.ts'
import { attach, bringBack, setBack, unmake, type Under } from './backwards.ts'
import { entityNames } from './entities.ts'
import { findConflicts, findLeftovers, planFor, type Place } from './judged.ts'
import type { EntityName, Undoing } from './schema.ts'

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
 * A row that it made, and on which others hang by now, stays where they are to be left (`skip`); else (`overwrite`)
 * it goes, and with it what cannot be without: subtasks and comments. What hung on something that is gone comes back
 * without it.
 *
 * @throws AppError UNDO_CONFLICT where something was changed again since, or hangs on it, and nobody said what then
 */
export async function undoRevision(
  scope: Scope,
  { revision, ifConflict }: Undoing,
): Promise<Undone | undefined> {
  await holdClock(scope)
  const effects = await findEffects(scope, revision)
  if (!effects) return undefined
  const rows = [...effects.values()].reduce((sum, effect) => sum + effect.rows, 0)
  await announce(scope, revision)
  const many = await planFor(scope, rows)

  const touched = entityNames.filter((name) => effects.has(name))
  const overwrite = ifConflict === 'overwrite'
  const findAll = async (find: typeof findConflicts) => {
    const found = []
    for (const name of touched) found.push(...(await find(scope, { revision, name, many })))
    return found
  }
  const refuse = (conflicts: Conflict[]) => {
    if (ifConflict !== 'ask' || conflicts.length === 0) return
    throw new AppError('UNDO_CONFLICT', { conflicts: conflicts.slice(0, 100) })
  }
  if (ifConflict === 'ask') refuse(await findAll(findConflicts))

  const undone = new Set<string>()
  let leftovers: Conflict[] = []
  for (let known = ''; ; known = JSON.stringify(leftovers)) {
    await goBack(scope, { revision, many, effects, overwrite, undone })
    leftovers = await findAll(findLeftovers)
    // A name may have been in use by what has another name, or is gone, since: then there is more to do.
    if (leftovers.length === 0 || JSON.stringify(leftovers) === known) break
  }
  // Thrown here, everything is as it was before: the transaction is rolled back.
  refuse(leftovers)
  return {
    revision: (await writtenRevision(scope)) ?? null,
    undone: undone.size,
    skipped: rows - undone.size,
  }
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

/** Tells the log what this transaction is. */
async function announce({ db }: Scope, revision: number): Promise<void> {
  await sql`
    select set_config('app.origin', (
      coalesce(nullif(current_setting('app.origin', true), '')::jsonb, '{}')
        || jsonb_build_object('undoes', ${revision}::bigint))::text, true)`.execute(db)
}

/** Goes back once, as far as that goes, and notes the rows that did. */
async function goBack(
  scope: Scope,
  {
    effects,
    overwrite,
    undone,
    ...at
  }: Omit<Place, 'name'> & { effects: Map<string, Effect>; overwrite: boolean; undone: Set<string> },
): Promise<void> {
  const touched = entityNames.filter((name) => effects.has(name))
  const under: Under[] = []
  const note = (name: EntityName, done: Under[]) => {
    for (const { id, parent } of done) {
      undone.add(`${name} ${id}`)
      if (parent !== null) under.push({ id, parent })
    }
  }
  // What others hang on comes first and goes last. Tasks come to stand under others when all are there: until then
  // they stand alone, so that nothing is below itself, or too deep, on the way.
  for (const name of touched) {
    if (effects.get(name)?.deleted) note(name, await bringBack(scope, { ...at, name }))
  }
  for (const name of touched) {
    const { updated, deleted } = effects.get(name) ?? {}
    // What was deleted may be there again, with other content.
    if (updated || (deleted && overwrite)) note(name, await setBack(scope, { ...at, name }, overwrite))
  }
  for (const name of touched.toReversed()) {
    const { created, rows = 0 } = effects.get(name) ?? {}
    if (created) note(name, await unmake(scope, { ...at, name }, { overwrite, rows }))
  }
  await attach(scope, under)
}
