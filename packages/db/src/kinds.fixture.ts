import { randomUUID } from 'node:crypto'
import type { Scope } from './scope.ts'
import { insert } from './tasks.fixture.ts'

/**
 * A row of every kind that somebody can have, hanging on each other as they can: a list and a tag, a task that is
 * filed under both and comes again, a subtask of it, a comment on it, a view. Every text that people write says the
 * same: at most 32 characters.
 */
export async function insertEveryKind(scope: Scope, text: string) {
  const { db, userId } = scope
  const [list, tag, view] = [
    await db
      .insertInto('lists')
      .values({ userId, name: text, icon: text })
      .returningAll()
      .executeTakeFirstOrThrow(),
    await db.insertInto('tags').values({ userId, name: text }).returningAll().executeTakeFirstOrThrow(),
    await db
      .insertInto('views')
      .values({ userId, name: text, icon: text, filter: JSON.stringify({ q: text }) })
      .returningAll()
      .executeTakeFirstOrThrow(),
  ]
  const task = await insert(scope, {
    title: text,
    description: text,
    listId: list.id,
    tagIds: [tag.id],
    recurrence: `FREQ=DAILY;X-NOTE=${text}`,
    recurrenceBasis: 'due',
    seriesId: randomUUID(),
    seriesStart: '2026-11-21',
    occurrence: '2026-11-21',
    occurrenceNumber: 1,
  })
  const subtask = await insert(scope, { title: text, listId: list.id, parentId: task.id })
  const comment = await db
    .insertInto('comments')
    .values({ userId, taskId: task.id, body: text })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { list, tag, view, task, subtask, comment }
}
