import type { Store } from '@ownlist/client'
import type { NewTask } from './task.ts'

/** Lists and tags by their names: those that are there, whatever their case, or new ones. */
export async function meantBy(
  { tags, list }: { tags: readonly string[]; list: string | undefined },
  store: Store,
): Promise<Pick<NewTask, 'listId' | 'tagIds'>> {
  const known = store.tags.query().get()
  const tagIds: string[] = []
  for (const name of tags) {
    const id = named(known, name)?.id ?? (await store.tags.create({ name })).id
    if (id !== undefined) tagIds.push(id)
  }
  if (list === undefined) return tagIds.length > 0 ? { tagIds } : {}
  const listId =
    named(
      store.lists
        .query()
        .get()
        .filter(({ archivedAt }) => archivedAt === null),
      list,
    )?.id ?? (await store.lists.create({ name: list })).id
  return { ...(tagIds.length > 0 && { tagIds }), ...(listId !== undefined && { listId }) }
}

function named<Row extends { name: string }>(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => row.name.localeCompare(name, undefined, { sensitivity: 'base' }) === 0)
}
