import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { commentColumns, type Comment } from '../comments/row.ts'
import { listTasksAsOf } from '../history/as-of.ts'
import { entities, type Columns } from '../history/entities.ts'
import type { ChangeKind, EntityName } from '../history/schema.ts'
import { listColumns, type List } from '../lists/row.ts'
import { tagColumns, type Tag } from '../tags/row.ts'
import { taskColumns, toTask, type Task } from '../tasks/row.ts'
import { viewColumns, type View } from '../views/row.ts'

// Pages by keyset, each a short statement by an index: what is read at once does not grow with the account.

const onPage = 500

/** The tasks by id, as they are or as they were. */
export async function* exportedTasks(scope: Scope, at: string | undefined): AsyncGenerator<Task[]> {
  if (at !== undefined) {
    let cursor: string | undefined
    do {
      const page = await listTasksAsOf(scope, { at, limit: onPage, cursor })
      yield page.items
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return
  }
  let after = firstId
  for (;;) {
    const rows = await scope.db
      .selectFrom('tasks')
      .select(taskColumns)
      .where('userId', '=', scope.userId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(onPage)
      .execute()
    yield rows.map(toTask)
    const last = rows[onPage - 1]
    if (!last) return
    after = last.id
  }
}

/** Rows of another kind by id. They are as they are: the log tells of earlier moments for tasks alone. */
export async function* exportedRows<Name extends keyof typeof columnsOf>(
  { db, userId }: Scope,
  name: Name,
): AsyncGenerator<RowOf[Name][]> {
  let after = firstId
  for (;;) {
    const { rows } = await sql<RowOf[Name]>`
      select ${sql.join(columnsOf[name].map((column) => sql.ref(column)))} from ${sql.table(name)}
      where user_id = ${userId} and id > ${after} order by id limit ${onPage}`.execute(db)
    yield rows
    const last = rows[onPage - 1]
    if (!last) return
    after = last.id
  }
}

/** What an export has of each. */
export const columnsOf = {
  lists: listColumns,
  tags: tagColumns,
  views: viewColumns,
  comments: commentColumns,
}

interface RowOf {
  lists: List
  tags: Tag
  views: View
  comments: Comment
}

/** One change, or a revision that has none. */
export interface ExportedChange {
  revision: {
    revision: number
    madeAt: string
    actor: string
    client: string | null
    sessionId: string | null
    undoes: number | null
    basedOn: number | null
  }
  change: {
    entity: EntityName
    id: string
    kind: ChangeKind
    before: object | null
    after: object | null
  } | null
}

type ChangeRow = ExportedChange['revision'] &
  ({ entity: EntityName; entityId: string } | { entity: null; entityId: null }) & {
    before: Columns | null
    after: Columns | null
  }

/** The log from its beginning, as far as it is kept. */
export async function* exportedHistory({ db, userId }: Scope): AsyncGenerator<ExportedChange[]> {
  let last = { revision: 0, entity: '', entityId: firstId }
  for (;;) {
    const { rows }: { rows: ChangeRow[] } = await sql<ChangeRow>`
      select r.revision, r.made_at, r.actor, r.client, r.session_id, r.undoes, r.based_on,
        c.entity, c.entity_id, c.before, c.after
      from revisions r
      left join lateral (
        select entity, entity_id, before, after from changes
        where user_id = ${userId} and revision = r.revision and (entity, entity_id) > (
          case when r.revision = ${last.revision} then ${last.entity} else '' end,
          case when r.revision = ${last.revision} then ${last.entityId}::uuid else ${firstId} end)
        order by entity, entity_id limit ${onPage}
      ) c on true
      where r.user_id = ${userId} and r.revision >= ${last.revision}
        -- The last one comes again only for what is left of it.
        and (r.revision > ${last.revision} or c.entity is not null)
      order by r.revision, c.entity, c.entity_id limit ${onPage}`.execute(db)
    yield rows.map(toExported)
    const end = rows[onPage - 1]
    if (!end) return
    last = { revision: end.revision, entity: end.entity ?? '', entityId: end.entityId ?? firstId }
  }
}

function toExported({ entity, entityId, before, after, ...revision }: ChangeRow): ExportedChange {
  if (entity === null) return { revision, change: null }
  const { [entity]: of } = entities
  return {
    revision,
    change: {
      entity,
      id: entityId,
      kind: before === null ? 'created' : after === null ? 'deleted' : 'updated',
      before: before && of.toFields(before),
      after: after && of.toFields(after),
    },
  }
}

/** What was done exactly once, as long as that is remembered; its answers stand in the tasks and the history. */
export async function* exportedOperations({
  db,
  userId,
}: Scope): AsyncGenerator<{ opId: string; procedure: string; madeAt: string }[]> {
  let after = firstId
  for (;;) {
    const rows = await db
      .selectFrom('operations')
      .select(['opId', 'procedure', 'madeAt'])
      .where('userId', '=', userId)
      .where('opId', '>', after)
      .orderBy('opId')
      .limit(onPage)
      .execute()
    yield rows
    const last = rows[onPage - 1]
    if (!last) return
    after = last.opId
  }
}

export async function newestRevision({ db, userId }: Scope): Promise<number> {
  const clock = await db
    .selectFrom('userClocks')
    .select('revision')
    .where('userId', '=', userId)
    .executeTakeFirst()
  return clock?.revision ?? 0
}

const firstId = '00000000-0000-0000-0000-000000000000'
