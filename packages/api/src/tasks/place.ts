import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'

/** Where a task is to stand; what is not given stays, as far as it may. */
export interface Place {
  /** null is the Inbox. */
  listId?: string | null | undefined
  /** null: under no other task. */
  parentId?: string | null | undefined
}

/** Whether it says where a task is to stand: then hold the clock first, and carry what is below afterwards. */
export function isPlace({ listId, parentId }: Place): boolean {
  return listId !== undefined || parentId !== undefined
}

/**
 * What to assign to the tasks of these ids, so that each stands in its parent's list: under a parent the list is the
 * parent's; in another list than the parent's a task stands under none, unless the parent moves with it.
 */
export function placing(
  { userId }: Scope,
  { listId, parentId }: Place,
  ids: string[],
): { listId?: RawBuilder<string | null>; parentId?: RawBuilder<string | null> } {
  if (typeof parentId === 'string') {
    return {
      listId: sql`(select p.list_id from tasks p where p.user_id = ${userId} and p.id = ${parentId})`,
      parentId: sql`${parentId}::uuid`,
    }
  }
  const list = listId !== undefined && { listId: sql<string | null>`${listId}::uuid` }
  if (parentId === null) return { ...list, parentId: sql`null` }
  if (listId === undefined) return {}
  return {
    ...list,
    parentId: sql`case
      when (
        select p.list_id is distinct from ${listId}::uuid from tasks p
        where p.user_id = ${userId} and p.id = tasks.parent_id
      ) and tasks.parent_id not in (${idsOfTrees(userId, ids)}) then null
      else tasks.parent_id end`,
  }
}

/** The tasks of these ids and everything below them. */
function idsOfTrees(userId: string, ids: string[]): RawBuilder<unknown> {
  return sql`
    with recursive tree as (
      select id from tasks where user_id = ${userId} and id = any(${ids}::uuid[])
      union
      select t.id from tree join tasks t on t.user_id = ${userId} and t.parent_id = tree.id
    ) select id from tree`
}
