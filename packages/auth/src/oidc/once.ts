import { takeTokens, type Database } from '@ownlist/db'
import { createHmac } from 'node:crypto'

/** Seconds for which a state is remembered: twice as long as its cookie lives. */
const remembered = 20 * 60

/**
 * Whether this is the first time that somebody comes back with a state. It is proven by a cookie alone, so that nothing is kept
 * of who only clicks; and no standard makes every provider refuse a code that comes twice at the same moment.
 */
export async function isFirstReturn(database: Database, state: unknown, secret: string): Promise<boolean> {
  const key = createHmac('sha256', secret)
    .update(`state\0${String(state)}`)
    .digest('hex')
    .slice(0, 32)
  return (await takeTokens(database, { key, cost: 1, size: 1, every: remembered })).granted === 1
}
