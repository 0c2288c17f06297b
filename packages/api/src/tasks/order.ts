import type { Scope } from '@ownlist/db'
import { sql } from 'kysely'
import { positionsBetween } from './position.ts'

/**
 * Where a task has to stand to come right behind another, or before all where `after` is null; null where that other
 * is not there. Tasks that share its position get positions of their own. Hold the clock first: whoever looks at the
 * same moment would find the same place.
 */
export async function findRoom(scope: Scope, id: string, after: string | null): Promise<string | null> {
  if (after === null) {
    const { first } = await scope.db
      .selectFrom('tasks')
      .select((eb) => eb.fn.min('position').as('first'))
      .where('userId', '=', scope.userId)
      .where('id', '!=', id)
      .executeTakeFirstOrThrow()
    const [room = ''] = positionsBetween(null, first, 1)
    return room
  }
  const { sharing, next } = await findNeighbours(scope, id, after)
  const [first, ...others] = sharing
  if (!first) return null

  const made = positionsBetween(first.position, next, others.length + 1)
  // One place is kept free, right behind the other task.
  const place = sharing.findIndex((one) => one.id === after)
  const [room = ''] = made.splice(place, 1)
  if (others.length > 0) await setPositions(scope, others, made)
  return room
}

interface Placed {
  id: string
  position: string
}

/** The tasks at the position of this one, itself included, and the next position behind. */
async function findNeighbours(
  { db, userId }: Scope,
  id: string,
  after: string,
): Promise<{ sharing: Placed[]; next: string | null }> {
  const position = sql`(select position from tasks where user_id = ${userId} and id = ${after})`
  const { rows } = await sql<Placed & { next: string | null }>`
    select id, position, (
      select min(position) from tasks where user_id = ${userId} and id <> ${id} and position > ${position}) as next
    from tasks where user_id = ${userId} and id <> ${id} and position = ${position} order by id`.execute(db)
  return { sharing: rows, next: rows[0]?.next ?? null }
}

async function setPositions(
  { db, userId }: Scope,
  tasks: { id: string }[],
  positions: string[],
): Promise<void> {
  await sql`
    update tasks t set position = made.position
    from unnest(${tasks.map(({ id }) => id)}::uuid[], ${positions}::text[]) made(id, position)
    where t.user_id = ${userId} and t.id = made.id`.execute(db)
}
