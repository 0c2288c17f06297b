import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { entities, entityNames, fieldNames, type Columns, type Entity, type FieldsOf } from './entities.ts'
import type { ChangeKind, EntityName, HistoryFilter, RevisionKey } from './schema.ts'

/** What a revision did to one row. */
type Change = { [Name in EntityName]: ChangeOf<Name> }[EntityName]

interface ChangeOf<Name extends EntityName> {
  entity: Name
  id: string
  kind: ChangeKind
  /** What people know the row by. */
  title: string | null
  /** The fields that changed, as they were; all of them where the row went, null where it came to be. */
  before: FieldsOf<Name> | null
  after: FieldsOf<Name> | null
  /** Fields in which this change overwrote, without having seen it, what another session had changed: it stands in `before`. */
  superseded: string[]
  /** Whether `history.restore` would bring it back: it was deleted and is not there now. */
  restorable: boolean
}

/** One transaction: who made it, from where and when, and what it did. */
export interface Revision {
  revision: number
  madeAt: string
  actor: 'session' | 'token' | 'import' | 'system' | 'database'
  client: string | null
  session: { id: string; current: boolean } | null
  /** The revision that this one took back. */
  undoes: number | null
  /** The revision that took this one back, if that was not taken back itself. */
  undoneBy: number | null
  /** Rows that it changed in all, whatever was asked for. */
  count: number
  changes: Change[]
}

const inList = 20
const onPage = 500

/** The newest first, with the changes that were asked for, and no more than 20 of each. */
export async function listRevisions(
  scope: Scope,
  filter: HistoryFilter,
  sessionId: string,
): Promise<{ items: Revision[]; nextCursor: string | null }> {
  const before = filter.cursor === undefined ? undefined : decodeCursor(placeInList, filter.cursor)[1]
  const found = await findRevisions(scope, matching(scope, filter, before), filter.limit + 1)
  const page = found.slice(0, filter.limit)
  const last = found.length > page.length ? page.at(-1) : undefined
  const changes = await findChanges(scope, page, filter, inList)
  return {
    items: page.map((row) => toRevision(row, changes, sessionId)),
    nextCursor: last ? encodeCursor(['history', last.revision]) : null,
  }
}

/** One revision with all it did, 500 changes on a page. */
export async function findRevision(
  scope: Scope,
  { revision, cursor }: RevisionKey,
  sessionId: string,
): Promise<(Revision & { nextCursor: string | null }) | undefined> {
  const place = cursor === undefined ? undefined : decodeCursor(placeInRevision(revision), cursor)
  const [found] = await findRevisions(
    scope,
    sql`select revision from revisions where user_id = ${scope.userId} and revision = ${revision}`,
    1,
  )
  if (!found) return undefined
  const behind = place && { entity: place[2], id: place[3] }
  const changes = await findChanges(scope, [found], { behind }, onPage + 1)
  const page = changes.slice(0, onPage)
  const last = changes.length > onPage ? page.at(-1) : undefined
  return {
    ...toRevision(found, page, sessionId),
    nextCursor: last ? encodeCursor(['revision', revision, last.entity, last.entityId]) : null,
  }
}

const placeInList = z.tuple([z.literal('history'), z.int().min(0)])
const placeInRevision = (revision: number) =>
  z.tuple([z.literal('revision'), z.literal(revision), z.string().regex(/^[a-z_]{1,63}$/), z.guid()])

type Wanted = Partial<Pick<HistoryFilter, 'entity' | 'entityId' | 'kind'>> & {
  behind?: { entity: string; id: string } | undefined
}

/** The revisions of a filter, newest first, each by the index that leads to few others. */
function matching({ userId }: Scope, wanted: Wanted, before = Number.MAX_SAFE_INTEGER): RawBuilder<unknown> {
  const { entity, entityId, kind } = wanted
  if (entityId !== undefined || kind === 'deleted') {
    return sql`
      select distinct c.revision from changes c
      where c.user_id = ${userId} and c.revision < ${before} ${conditions(wanted)}
      order by c.revision desc`
  }
  if (entity === undefined && kind === undefined) {
    return sql`
      select revision from revisions where user_id = ${userId} and revision < ${before} order by revision desc`
  }
  // One probe for each revision, newest first: a join might begin with the whole log.
  return sql`
    select r.revision from revisions r
    where r.user_id = ${userId} and r.revision < ${before} and (
      select true from changes c where c.user_id = r.user_id and c.revision = r.revision ${conditions(wanted)} limit 1)
    order by r.revision desc`
}

function conditions({ entity, entityId, kind, behind }: Wanted): RawBuilder<unknown> {
  const kinds = {
    created: sql`and c.before is null`,
    updated: sql`and c.before is not null and c.after is not null`,
    deleted: sql`and c.after is null`,
  }
  return sql`
    ${entity === undefined ? sql`` : sql`and c.entity = ${entity}`}
    ${entityId === undefined ? sql`` : sql`and c.entity_id = ${entityId}`}
    ${kind === undefined ? sql`` : kinds[kind]}
    ${behind === undefined ? sql`` : sql`and (c.entity, c.entity_id) > (${behind.entity}, ${behind.id}::uuid)`}`
}

interface RevisionRow extends Pick<
  Revision,
  'revision' | 'madeAt' | 'actor' | 'client' | 'undoes' | 'undoneBy' | 'count'
> {
  sessionId: string | null
  basedOn: number | null
}

async function findRevisions(
  { db, userId }: Scope,
  revisions: RawBuilder<unknown>,
  limit: number,
): Promise<RevisionRow[]> {
  const { rows } = await sql<RevisionRow>`
    select r.revision, r.made_at, r.actor, r.client, r.session_id, r.based_on, r.undoes, u.undone_by,
      (select count(*) from changes c where c.user_id = ${userId} and c.revision = r.revision) as count
    from (${revisions} limit ${limit}) p
    join revisions r on r.user_id = ${userId} and r.revision = p.revision
    cross join lateral (
      -- What took it back, what took that back, and so on: after an even number of times all is as it was.
      with recursive chain(revision, at) as (
        select max(revision), 1 from revisions where user_id = ${userId} and undoes = r.revision
        union all
        select (select max(revision) from revisions where user_id = ${userId} and undoes = chain.revision), at + 1
        from chain where chain.revision is not null
      )
      select case when count(revision) % 2 = 1 then min(revision) end as undone_by from chain
    ) u
    order by r.revision desc`.execute(db)
  return rows
}

interface ChangeRow {
  revision: number
  entity: EntityName
  entityId: string
  before: Columns | null
  after: Columns | null
  title: string | null
  present: boolean
  superseded: string[] | null
}

/** What these revisions did, at most so much of each. */
async function findChanges(
  { db, userId }: Scope,
  revisions: RevisionRow[],
  wanted: Wanted,
  limit: number,
): Promise<ChangeRow[]> {
  const rowsOf = entityNames.map(
    (name) => sql`
      select true as present, ${sql.ref(`t.${entities[name].title}`)} as title from ${sql.table(name)} t
      where c.entity = ${name} and t.user_id = ${userId} and t.id = c.entity_id`,
  )
  const fields = entityNames.flatMap((entity) =>
    entities[entity].columns.map((name) => ({ entity, name, field: fieldOf(entity, name) })),
  )
  const { rows } = await sql<ChangeRow>`
    with fields as (
      select entity, name, field from unnest(${fields.map(({ entity }) => entity)}::text[], ${fields.map(({ name }) => name)}::text[],
        ${fields.map(({ field }) => field)}::text[]) f(entity, name, field)
    )
    select c.revision, c.entity, c.entity_id, c.before, c.after, coalesce(t.present, false) as present,
      coalesce(c.after ->> e.title, case when c.after is null then c.before ->> e.title end, t.title, (
        select d.before ->> e.title from changes d
        where d.user_id = ${userId} and d.entity = c.entity and d.entity_id = c.entity_id and d.after is null
        order by d.revision desc limit 1)) as title,
      s.superseded
    from unnest(${revisions.map(({ revision }) => revision)}::bigint[]) p(revision)
    join revisions r on r.user_id = ${userId} and r.revision = p.revision
    cross join lateral (
      select c.revision, c.entity, c.entity_id, c.before, c.after from changes c
      where c.user_id = ${userId} and c.revision = r.revision ${conditions(wanted)}
      order by c.entity, c.entity_id limit ${limit}
    ) c
    join unnest(${entityNames}::text[], ${entityNames.map((name) => entities[name].title)}::text[])
      e(entity, title) on e.entity = c.entity
    left join lateral (${sql.join(rowsOf, sql` union all `)}) t on true
    left join lateral (
      select array_agg(lost.field order by lost.field) as superseded
      from (
        select distinct f.field from jsonb_object_keys(c.before) k(name)
        join fields f on f.entity = c.entity and f.name = k.name
      ) lost
      -- Whose value stood there last. One that this session had overwritten before is listed where it did so.
      join lateral (
        select o.before, o.after, by.session_id
        from changes o join revisions by on by.user_id = o.user_id and by.revision = o.revision
        where o.user_id = ${userId} and o.entity = c.entity and o.entity_id = c.entity_id
          and o.revision > r.based_on and o.revision < c.revision and (o.before is null or o.after is null or exists (
            select from fields f where f.entity = c.entity and f.field = lost.field and o.after ? f.name))
        order by o.revision desc limit 1
      ) last on last.before is not null and last.after is not null and last.session_id is distinct from r.session_id
    ) s on c.before is not null and c.after is not null
    order by c.revision desc, c.entity, c.entity_id`.execute(db)
  return rows
}

/** The field that a column belongs to; of several columns the first gives the name. */
function fieldOf(entity: EntityName, column: string): string | undefined {
  const { together }: Entity<object> = entities[entity]
  const whole = together.find((columns) => columns.includes(column)) ?? []
  return fieldNames(entity, [column])[0] ?? fieldNames(entity, [...whole])[0]
}

function toRevision(row: RevisionRow, changes: ChangeRow[], sessionId: string): Revision {
  const { revision, madeAt, actor, client, sessionId: session, undoes, undoneBy, count } = row
  return {
    revision,
    madeAt,
    actor,
    client,
    session: session === null ? null : { id: session, current: session === sessionId },
    undoes,
    undoneBy,
    count,
    changes: changes.filter((change) => change.revision === revision).map(toChange),
  }
}

function toChange({ entity, entityId, before, after, title, present, superseded }: ChangeRow): Change {
  const registered = entities[entity]
  return {
    entity,
    id: entityId,
    kind: before === null ? 'created' : after === null ? 'deleted' : 'updated',
    title,
    before: before && registered.toFields(before),
    after: after && registered.toFields(after),
    superseded: superseded ?? [],
    restorable: after === null && !present,
  }
}
