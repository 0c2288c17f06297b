import type { Scope } from '@ownlist/db'
import { generateNKeysBetween } from 'fractional-indexing'
import { sql } from 'kysely'
import { holdClock } from './hold-clock.ts'

/** Tables whose rows a person puts in order by hand, few enough to be read whole. */
type Ordered = 'lists' | 'views'

export interface Placed {
  id: string
  position: string
}

/**
 * The position for a row that is to stand right behind another, first (null) or last (undefined), with room
 * made where there was none. Undefined where the other is not there.
 */
export async function makeRoom(
  scope: Scope,
  table: Ordered,
  row: { id?: string | undefined; after: string | null | undefined },
): Promise<string | undefined> {
  // Whoever else moves something waits here, and looks when this is done: no two come to the same place.
  await holdClock(scope)
  const { db, userId } = scope
  const { rows } = await sql<Placed>`
    select id, position from ${sql.table(table)} where user_id = ${userId} order by position, id`.execute(db)
  const room = roomBehind(
    rows.filter(({ id }) => id !== row.id),
    row.after,
  )
  if (room && room.moved.length > 0) {
    await sql`
      update ${sql.table(table)} t set position = m.position
      from unnest(${room.moved.map(({ id }) => id)}::uuid[], ${room.moved.map(({ position }) => position)}::text[])
        m(id, position)
      where t.user_id = ${userId} and t.id = m.id`.execute(db)
  }
  return room?.position
}

/** Longer positions are left behind by spacing all rows anew; two hundred would not fit into the column. */
const longest = 100

/**
 * A position right behind a row of this order, and the rows that must move for it: those that share the row's own
 * position, since nothing lies between equals, and all where positions have grown long.
 */
export function roomBehind(
  rows: readonly Placed[],
  after: string | null | undefined,
): { position: string; moved: Placed[] } | undefined {
  const place = after === undefined ? rows.length : rows.findIndex(({ id }) => id === after) + 1
  if (place === 0 && typeof after === 'string') return undefined
  const before = rows[place - 1]?.position ?? null
  let end = place
  while (before !== null && rows[end]?.position === before) end++

  const spread = (from: number, to: number, low: string | null, high: string | null) => {
    const [position = '', ...positions] = inTurn(generateNKeysBetween(low, high, to - from + 1), place - from)
    return {
      position,
      moved: rows.slice(from, to).map(({ id }, nth) => ({ id, position: positions[nth] ?? '' })),
    }
  }
  const room = spread(place, end, before, rows[end]?.position ?? null)
  return room.position.length <= longest ? room : spread(0, rows.length, null, null)
}

/** The one that is taken out comes first, the others follow in their order. */
function inTurn(keys: string[], taken: number): string[] {
  return [...keys.slice(taken, taken + 1), ...keys.slice(0, taken), ...keys.slice(taken + 1)]
}
