import { asUser, inTransaction, type Database, type Scope } from '@ownlist/db'
import fc from 'fast-check'
import { sql } from 'kysely'
import { deleteComment, insertComment, updateComment } from './comments/queries.ts'
import { asAppError } from './errors.ts'
import type { EntityName } from './history/schema.ts'
import { archiveList, deleteList, insertList, moveList, updateList } from './lists/queries.ts'
import { applyOne, singleChange, type Row } from './random-changes.fixture.ts'
import { deleteTag, insertTag, updateTag } from './tags/queries.ts'
import { insertTask, updateTask } from './tasks/queries.ts'
import type { SignedUp } from './testing.fixture.ts'
import { deleteView, insertView, updateView } from './views/queries.ts'

/** Which of the rows there are, by a number however large. */
const which = fc.nat(1000)
const name = fc.constantFrom('Home', 'Work', 'Garden', 'Éclair', 'Zoo', 'Abroad')
const color = fc.constantFrom(null, '#000000', '#ffffff')

const kinds = {
  list: fc.record({ do: fc.constant('list' as const), name, color }),
  renameList: fc.record({ do: fc.constant('renameList' as const), which, name, color }),
  archiveList: fc.record({ do: fc.constant('archiveList' as const), which, archived: fc.boolean() }),
  moveList: fc.record({ do: fc.constant('moveList' as const), which, after: fc.option(which) }),
  deleteList: fc.record({
    do: fc.constant('deleteList' as const),
    which,
    tasks: fc.constantFrom('keep' as const, 'delete' as const),
  }),
  tag: fc.record({ do: fc.constant('tag' as const), name, color }),
  renameTag: fc.record({ do: fc.constant('renameTag' as const), which, name }),
  deleteTag: fc.record({ do: fc.constant('deleteTag' as const), which }),
  view: fc.record({ do: fc.constant('view' as const), name }),
  renameView: fc.record({ do: fc.constant('renameView' as const), which, name }),
  deleteView: fc.record({ do: fc.constant('deleteView' as const), which }),
  comment: fc.record({ do: fc.constant('comment' as const), which, name }),
  editComment: fc.record({ do: fc.constant('editComment' as const), which, name }),
  deleteComment: fc.record({ do: fc.constant('deleteComment' as const), which }),
  subtask: fc.record({ do: fc.constant('subtask' as const), which }),
  nest: fc.record({ do: fc.constant('nest' as const), which, under: fc.option(which) }),
  file: fc.record({ do: fc.constant('file' as const), which, list: fc.option(which) }),
  label: fc.record({ do: fc.constant('label' as const), which, tags: fc.array(which, { maxLength: 3 }) }),
}

const single = fc.oneof(
  { weight: 8, arbitrary: singleChange },
  ...Object.entries(kinds).map(([kind, arbitrary]) => ({
    weight: kind.startsWith('delete') || kind.startsWith('archive') ? 1 : 2,
    arbitrary: arbitrary as fc.Arbitrary<Organizing>,
  })),
)

type Organizing = {
  [Kind in keyof typeof kinds]: (typeof kinds)[Kind] extends fc.Arbitrary<infer Value> ? Value : never
}[keyof typeof kinds]

/** Something that a user does with rows of any kind: one change, or several in one transaction. */
export const randomOrganizing = fc.oneof(
  { weight: 5, arbitrary: single.map((one) => [one]) },
  { weight: 1, arbitrary: fc.array(single, { minLength: 2, maxLength: 5 }) },
)

/** Does it in one transaction; what is refused, as a name that is taken, is not done at all. */
export async function organize(
  connection: Database,
  { user, sessionId }: SignedUp,
  changes: typeof randomOrganizing extends fc.Arbitrary<infer Value> ? Value : never,
): Promise<void> {
  const origin = { actor: 'session', session: sessionId } as const
  try {
    await inTransaction(asUser(connection, user.id, origin), async (scope) => {
      for (const one of changes) {
        if (one.do in kinds) await organizeOne(scope, one as Organizing)
        else await applyOne(scope, one as Parameters<typeof applyOne>[1])
      }
    })
  } catch (error) {
    const { reason } = asAppError(error)
    if (!['NAME_TAKEN', 'TASK_BELOW_ITSELF', 'TOO_DEEP'].includes(reason)) throw error
  }
}

/** The id of no row. */
const nothing = '00000000-0000-4000-8000-000000000000'

async function organizeOne(scope: Scope, one: Organizing): Promise<void> {
  const { db, userId } = scope
  const pick: Pick = async (table, number) => {
    const { rows } = await sql<{ id: string }>`
      select id from ${sql.table(table)} where user_id = ${userId} order by created_at, id`.execute(db)
    return rows[number % rows.length]?.id ?? nothing
  }
  switch (one.do) {
    case 'list':
      return void (await insertList(scope, { name: one.name, color: one.color }))
    case 'renameList':
      return void (await updateList(scope, {
        id: await pick('lists', one.which),
        name: one.name,
        color: one.color,
      }))
    case 'archiveList':
      return void (await archiveList(scope, { id: await pick('lists', one.which), archived: one.archived }))
    case 'moveList': {
      const [id, after] = [
        await pick('lists', one.which),
        one.after === null ? null : await pick('lists', one.after),
      ]
      if (id !== after) await moveList(scope, { id, after })
      return
    }
    case 'deleteList':
      return void (await deleteList(scope, { id: await pick('lists', one.which), tasks: one.tasks }))
    case 'tag':
      return void (await insertTag(scope, { name: one.name, color: one.color }))
    case 'renameTag':
      return void (await updateTag(scope, { id: await pick('tags', one.which), name: one.name }))
    case 'deleteTag':
      return void (await deleteTag(scope, { id: await pick('tags', one.which) }))
    case 'view':
      return void (await insertView(scope, { name: one.name, filter: { q: one.name } }))
    case 'renameView':
      return void (await updateView(scope, {
        id: await pick('views', one.which),
        name: one.name,
        filter: { completed: true },
      }))
    case 'deleteView':
      return void (await deleteView(scope, { id: await pick('views', one.which) }))
    case 'editComment':
      return void (await updateComment(scope, { id: await pick('comments', one.which), body: one.name }))
    case 'deleteComment':
      return void (await deleteComment(scope, { id: await pick('comments', one.which) }))
    default: {
      const task = await pick('tasks', one.which)
      if (task !== nothing) await placeOne(scope, one, task, pick)
    }
  }
}

type Pick = (table: EntityName, number: number) => Promise<string>

/** Puts a task, or something else on it, somewhere. */
async function placeOne(
  scope: Scope,
  one: Extract<Organizing, { do: 'comment' | 'subtask' | 'nest' | 'file' | 'label' }>,
  task: string,
  pick: Pick,
): Promise<void> {
  switch (one.do) {
    case 'comment':
      await insertComment(scope, { taskId: task, body: one.name })
      return
    case 'subtask':
      await insertTask(scope, { title: 'Below', parentId: task }, new Date())
      return
    case 'nest':
      await updateTask(scope, {
        id: task,
        parentId: one.under === null ? null : await pick('tasks', one.under),
      })
      return
    case 'file': {
      const list = one.list === null ? null : await pick('lists', one.list)
      if (list !== nothing) await updateTask(scope, { id: task, listId: list })
      return
    }
    case 'label': {
      const tags = await Promise.all(one.tags.map((tag) => pick('tags', tag)))
      const tagIds = [...new Set(tags)].filter((id) => id !== nothing).toSorted()
      await updateTask(scope, { id: task, tagIds })
    }
  }
}

/** All rows of every kind, and the newest revision. */
export async function stateOfAll(
  connection: Database,
  userId: string,
): Promise<{ revision: number; rows: Map<string, Row> }> {
  const { db } = asUser(connection, userId)
  const { rows } = await sql<{ revision: number; rows: Record<string, Row> }>`
    select coalesce((select revision from user_clocks where user_id = ${userId}), 0) as revision,
      coalesce(jsonb_object_agg(r.kind || ' ' || r.id, r.fields - '{updated_at,revision}'::text[]), '{}') as rows
    from (
      select 'tasks' as kind, id, to_jsonb(t) as fields from tasks t where user_id = ${userId}
      union all select 'lists', id, to_jsonb(t) from lists t where user_id = ${userId}
      union all select 'tags', id, to_jsonb(t) from tags t where user_id = ${userId}
      union all select 'views', id, to_jsonb(t) from views t where user_id = ${userId}
      union all select 'comments', id, to_jsonb(t) from comments t where user_id = ${userId}
    ) r`.execute(db)
  const [state] = rows
  if (!state) throw new Error('no state')
  return { revision: state.revision, rows: new Map(Object.entries(state.rows)) }
}
