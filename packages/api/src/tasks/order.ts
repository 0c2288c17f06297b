import type { Scope } from '@ownlist/db'
import { sql, type RawBuilder } from 'kysely'
import { positionsBetween } from './position.ts'

/**
 * Where a task has to stand to come right behind another, or before all where `after` is null; null where that other
 * is not there. Tasks behind it that share its position move on, since nothing lies between equals. Hold the clock
 * first: whoever looked at the same moment would find the same place.
 */
export async function findRoom(scope: Scope, id: string, after: string | null): Promise<string | null> {
  if (after === null) {
    const [first] = await neighbours(scope, id, sql`true`, 'asc', 1)
    const [room = ''] = positionsBetween(null, first?.position ?? null, 1)
    return room
  }
  const { sharing, next } = await findSharing(scope, id, after)
  const [anchor, ...others] = sharing
  if (!anchor) return null
  const [room = '', ...positions] = positionsBetween(anchor.position, next, 1 + others.length)
  if (room.length > longest) return respace(scope, id, anchor)
  await setPositions(scope, others, positions)
  return room
}

/** Moves between the same two again and again make positions longer; the column holds 255. */
const longest = 100

interface Placed {
  id: string
  position: string
}

/** The task, those that share its position and come behind it, and the next position. */
async function findSharing(
  { db, userId }: Scope,
  id: string,
  after: string,
): Promise<{ sharing: Placed[]; next: string | null }> {
  const position = sql`(select position from tasks where user_id = ${userId} and id = ${after})`
  const { rows } = await sql<Placed & { next: string | null }>`
    select id, position, (
      select min(position) from tasks where user_id = ${userId} and id <> ${id} and position > ${position}) as next
    from tasks where user_id = ${userId} and id <> ${id} and position = ${position} and id >= ${after}
    order by id`.execute(db)
  return { sharing: rows, next: rows[0]?.next ?? null }
}

/** Gives as few neighbours as will do new positions, short ones; gives the one behind the anchor, which is kept free. */
async function respace(scope: Scope, id: string, anchor: Placed): Promise<string> {
  const place = sql`(${anchor.position}, ${anchor.id}::uuid)`
  for (let reach = 16; ; reach *= 8) {
    const before = await neighbours(scope, id, sql`(position, id) <= ${place}`, 'desc', reach + 1)
    const behind = await neighbours(scope, id, sql`(position, id) > ${place}`, 'asc', reach + 1)
    // The last on each side stays where it is.
    const low = before.length > reach ? before.pop() : undefined
    const high = behind.length > reach ? behind.pop() : undefined
    if (low && high && low.position >= high.position) continue

    const tasks = [...before.toReversed(), ...behind]
    const positions = positionsBetween(low?.position ?? null, high?.position ?? null, tasks.length + 1)
    const [room = ''] = positions.splice(before.length, 1)
    const isShort = [room, ...positions].every((position) => position.length <= longest / 2)
    if (!isShort && (low || high)) continue
    await setPositions(scope, tasks, positions)
    return room
  }
}

function neighbours(
  { db, userId }: Scope,
  id: string,
  condition: RawBuilder<unknown>,
  order: 'asc' | 'desc',
  limit: number,
): Promise<Placed[]> {
  return db
    .selectFrom('tasks')
    .select(['id', 'position'])
    .where('userId', '=', userId)
    .where('id', '!=', id)
    .where(sql<boolean>`${condition}`)
    .orderBy('position', order)
    .orderBy('id', order)
    .limit(limit)
    .execute()
}

async function setPositions({ db, userId }: Scope, tasks: Placed[], positions: string[]): Promise<void> {
  if (tasks.length === 0) return
  await sql`
    update tasks t set position = made.position
    from unnest(${tasks.map(({ id }) => id)}::uuid[], ${positions}::text[]) made(id, position)
    where t.user_id = ${userId} and t.id = made.id`.execute(db)
}
