import type { DB, Scope } from '@ownlist/db'
import { sql, type QueryCreator, type RawBuilder, type Selectable, type SqlBool } from 'kysely'

// Which tasks contain a text: any part of a word, without case and accents, and `%`, `_` and `\` are just characters.

const kinds = ['title', 'description', 'comment'] as const
type Kind = (typeof kinds)[number]

/**
 * The ids of the tasks with such a text in their title, in their description, in a comment. Null where they are many:
 * then tasks that contain it are met soon by whoever walks all of them from the newest on.
 */
export type Found = Record<Kind, string[] | null>

/** More than these, each looked up by its id, cost more than a walk. */
const most = 2_000

export async function findText(scope: Scope, q: string): Promise<Found> {
  return { title: [], description: [], comment: [], ...(await ask(scope, '', q, kinds)) }
}

/** All ids that were found, each once; undefined where they are many. */
export function idsOf({ title, description, comment }: Found): string[] | undefined {
  return title && description && comment ? [...new Set([...title, ...description, ...comment])] : undefined
}

/**
 * Searches for a filter's text before the tasks are read: where few have it, `db` knows no other tasks and the filter has
 * no text any more.
 */
export async function searched<Filter extends { q?: string | undefined }>(
  scope: Scope,
  filter: Filter,
): Promise<{ db: QueryCreator<DB>; filter: Filter & { found?: Found } }> {
  if (filter.q === undefined) return { db: scope.db, filter }
  const found = await findText(scope, filter.q)
  const ids = idsOf(found)
  return ids
    ? { db: onlyThese(scope, ids), filter: { ...filter, q: undefined } }
    : { db: scope.db, filter: { ...filter, found } }
}

/**
 * A database in which there are no other tasks than these. Each is looked up by its key: with all ids in one condition
 * PostgreSQL may read all of the user's tasks, of which it believes there are few.
 */
export function onlyThese({ db, userId }: Scope, ids: string[]): QueryCreator<DB> {
  const these = sql<Selectable<DB['tasks']>>`
    (select t.* from unnest(${ids}::uuid[]) wanted(id),
      lateral (select * from tasks where user_id = ${userId} and tasks.id = wanted.id offset 0) t)`
  return db.with('tasks', () => these)
}

/** Of the tasks with the text in the title: those whose title, or a word of it, starts with it. */
export async function findStarts(
  scope: Scope,
  q: string,
): Promise<Record<'title' | 'word', string[] | null>> {
  const [{ title = [] }, { title: word = [] }] = await Promise.all([
    ask(scope, '\n', q, ['title']),
    ask(scope, ' ', q, ['title']),
  ])
  return { title, word }
}

/** A task that was found or, where that is not known or they are many, one that says for itself that it contains the text. */
export function containing(q: string, found?: Found): RawBuilder<SqlBool> {
  const conditions = kinds.flatMap((kind) => {
    const ids = found?.[kind]
    return ids ? [] : [contains[kind](q)]
  })
  const ids = kinds.flatMap((kind) => found?.[kind] ?? [])
  if (ids.length > 0) conditions.unshift(sql`id in (select unnest(${ids}::uuid[]))`)
  return sql`(${sql.join(conditions, sql` or `)})`
}

/** What is true of a task that contains the text, by where it does. */
export const contains: Record<Kind, (q: string) => RawBuilder<SqlBool>> = {
  title: (q) => sql`strpos(title_folded, ${folded(q)}) > 0`,
  description: (q) => sql`strpos(description_folded, ${folded(q)}) > 0`,
  // One value for each task that asks: of `exists`, PostgreSQL might make a join with all comments there are.
  comment: (q) => sql`(select true from comments said
    where said.user_id = tasks.user_id and said.task_id = tasks.id and strpos(fold(said.body), ${folded(q)}) > 0 limit 1)`,
}

/** Folded by the database, as the stored text was; in a subquery, which is computed once and not per row. */
export function folded(q: string): RawBuilder<string> {
  return sql`(select fold(${q}::text))`
}

/** The database's own search: of nobody's texts but the scope's user's. */
async function ask(
  { db }: Scope,
  before: string,
  q: string,
  wanted: readonly Kind[],
): Promise<Partial<Found>> {
  const { rows } = await sql<{ kind: Kind; taskIds: string[] | null }>`
    select kind, task_ids from find_texts(${before}::text || fold(${q}::text), ${wanted}::text[], ${most}::integer)`.execute(
    db,
  )
  return Object.fromEntries(rows.map(({ kind, taskIds }) => [kind, taskIds]))
}
