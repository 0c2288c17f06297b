import type { TestDatabase } from '@ownlist/testing'

/** New lists of a user, by their names. */
export async function addLists(database: TestDatabase, userId: string, names: string[]): Promise<string[]> {
  return addRows(database, 'lists', userId, names)
}

/** New tags of a user, by their names. */
export async function addTags(database: TestDatabase, userId: string, names: string[]): Promise<string[]> {
  return addRows(database, 'tags', userId, names)
}

async function addRows(database: TestDatabase, table: 'lists' | 'tags', userId: string, names: string[]) {
  const rows = await database.query<{ id: string }>(
    `insert into ${table} (user_id, name) select $1, name from unnest($2::text[]) name returning id`,
    [userId, names],
  )
  return rows.map(({ id }) => id)
}
