import { sql } from 'kysely'
import type { Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

/**
 * A row of every kind that somebody can have, hanging on each other as they can: a list and a tag, a task that is
 * filed under both, a subtask of it, a comment on it, a view. The texts are the same in all of them.
 */
export async function insertEveryKind(scope: Scope, text: string) {
  const { db, userId } = scope
  const [list, tag, view] = [
    await db.insertInto('lists').values({ userId, name: text }).returningAll().executeTakeFirstOrThrow(),
    await db.insertInto('tags').values({ userId, name: text }).returningAll().executeTakeFirstOrThrow(),
    await db
      .insertInto('views')
      .values({ userId, name: text, filter: JSON.stringify({ q: text }) })
      .returningAll()
      .executeTakeFirstOrThrow(),
  ]
  const task = await insert(scope, { title: text, listId: list.id, tagIds: [tag.id] })
  const subtask = await insert(scope, { title: text, listId: list.id, parentId: task.id })
  const comment = await db
    .insertInto('comments')
    .values({ userId, taskId: task.id, body: text })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { list, tag, view, task, subtask, comment }
}

/** Takes all of it away again, each kind by itself. */
export async function deleteEveryKind({ db, userId }: Scope) {
  for (const table of ['comments', 'tasks', 'views', 'tags', 'lists']) {
    await sql`delete from ${sql.table(table)} where user_id = ${userId}`.execute(db)
  }
}
