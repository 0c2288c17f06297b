import type { DB, Scope } from '@ownlist/db'
import { sql, type QueryCreator, type RawBuilder, type Selectable, type SqlBool } from 'kysely'
import { taskColumns, toTask, type Task, type TaskRow } from './row.ts'
import type { TaskSearch } from './schema.ts'
import { contains, findStarts, findText, folded, idsOf, onlyThese, type Found } from './text.ts'

/**
 * Open tasks before completed ones; of each, titles that start with the text, then those with a word that does, then
 * any part of a title, then descriptions, then comments; of each, the newest first.
 */
export async function searchTasks(scope: Scope, { q, limit }: TaskSearch): Promise<Task[]> {
  const found = await findText(scope, q)
  const ids = idsOf(found)
  const rows = ids ? await rankThese(scope, q, ids, limit) : await walk(scope, q, found, limit)
  return rows.map(toTask)
}

/** All that match are known and few: one statement ranks them. */
async function rankThese(scope: Scope, q: string, ids: string[], limit: number): Promise<TaskRow[]> {
  if (ids.length === 0) return []
  const rank = sql<number>`case
    when ${startsWith(q)} then 0
    when ${wordStartsWith(q)} then 1
    when ${contains.title(q)} then 2
    when ${contains.description(q)} then 3
    else 4 end`
  return onlyThese(scope, ids)
    .selectFrom('tasks')
    .select(taskColumns)
    .where('userId', '=', scope.userId)
    .orderBy('completed')
    .orderBy(rank)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

interface Rank {
  /** The tasks of this rank and perhaps others; null where they are many. */
  ids: string[] | null
  /** What a task of this rank fulfils, and of no other. */
  condition: RawBuilder<SqlBool>
}

/** Rank after rank until there are enough: where many match, the first ranks have enough and soon. */
async function walk(
  scope: Scope,
  q: string,
  { title, description, comment }: Found,
  limit: number,
): Promise<TaskRow[]> {
  const starts = title ? { title, word: title } : await findStarts(scope, q)
  const notIn = (kind: 'title' | 'description') => sql`not coalesce(${contains[kind](q)}, false)`
  const ranks: Rank[] = [
    { ids: starts.title, condition: startsWith(q) },
    { ids: starts.word, condition: sql`not ${startsWith(q)} and ${wordStartsWith(q)}` },
    { ids: title, condition: sql`${contains.title(q)} and not ${wordStartsWith(q)}` },
    { ids: description, condition: sql`${contains.description(q)} and ${notIn('title')}` },
    {
      ids: comment,
      condition: sql`${notIn('title')} and ${notIn('description')}
        and ${comment ? sql`true` : contains.comment(q)}`,
    },
  ]
  const rows: TaskRow[] = []
  for (const isCompleted of [false, true]) {
    for (const rank of ranks) {
      if (rows.length < limit && rank.ids?.length !== 0) {
        rows.push(...(await newestOf(scope, rank, isCompleted, limit - rows.length)))
      }
    }
  }
  return rows
}

/**
 * The tasks in the order of the index, the newest first. Left to choose, PostgreSQL reads and sorts all of the user's, of
 * which it believes there are few.
 */
function newestFirst({ db, userId }: Scope): QueryCreator<DB> {
  const ordered = sql<Selectable<DB['tasks']>>`
    (select * from tasks where user_id = ${userId} order by created_at desc, id desc offset 0)`
  return db.with('tasks', () => ordered)
}

function newestOf(
  scope: Scope,
  { ids, condition }: Rank,
  isCompleted: boolean,
  limit: number,
): Promise<TaskRow[]> {
  return (ids ? onlyThese(scope, ids) : newestFirst(scope))
    .selectFrom('tasks')
    .select(taskColumns)
    .where('userId', '=', scope.userId)
    .where(isCompleted ? sql<SqlBool>`completed` : sql<SqlBool>`not completed`)
    .where(condition)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

function startsWith(q: string): RawBuilder<SqlBool> {
  return sql`starts_with(title_folded, ${folded(q)})`
}

/** The title's first word too. */
function wordStartsWith(q: string): RawBuilder<SqlBool> {
  return sql`strpos(' ' || title_folded, ' ' || ${folded(q)}) > 0`
}
