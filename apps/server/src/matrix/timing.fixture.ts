import { Agent } from 'node:http'
import { hashPassword } from '../../../../packages/auth/src/password.ts'
import type { World } from './attackers.fixture.ts'
import type { Door } from './doors.fixture.ts'
import { unknownOf } from './matrix.fixture.ts'
import { replaced, type Payload } from './payloads.fixture.ts'
import { addPerson } from './people.fixture.ts'
import { send } from './wire.fixture.ts'

export interface Timing {
  door: string
  kind: string
  samples: number
  /** Medians in milliseconds. */
  foreign: number
  unknown: number
  /** How much longer the slower one takes, as a share of the faster. */
  difference: number
}

/** Samples that are thrown away at first, while connections and plans get warm. */
const warming = 15

/**
 * How long another user waits for an answer about what is the victim's, and about what never was: one of each in turn, in
 * random order within each pair, so that what else the machine does falls on both.
 */
export async function timings(world: World, doors: Door[], samples: number): Promise<Timing[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  // The victim's password as a sign-up leaves it: the one of the other fixtures costs no time, and would show by that.
  await world.owner.rows(
    'update accounts set password_hash = $2 where user_id = $1 and password_hash is not null',
    [world.victim.userId, await hashPassword('correct horse of the victim')],
  )
  const found: Timing[] = []
  for (const door of doors) {
    for (const payload of firstsOf(door)) {
      const measured = await measure(door, payload)
      const [foreign, unknown] = [median(measured.foreign), median(measured.unknown)]
      const difference = Math.abs(foreign - unknown) / Math.min(foreign, unknown)
      const pairs = measured.foreign.length
      found.push({ door: door.name, kind: payload.kind, samples: pairs, foreign, unknown, difference })
    }
  }
  agent.destroy()
  return found

  async function measure(door: Door, payload: Payload) {
    const times: Record<'foreign' | 'unknown', number[]> = { foreign: [], unknown: [] }
    const isIdentity = door.name.startsWith('auth')
    // Doors that hash a password take a hundred times as long, and would take the whole time.
    const most = isIdentity ? Math.ceil(samples / 4) : samples
    let { authorization } = await addPerson(world.owner)
    for (let at = 0; at < most + warming; at++) {
      // Some doors of identity count tries: somebody new begins anew.
      if (isIdentity) ({ authorization } = await addPerson(world.owner))
      const pair = [
        ['foreign', payload.input],
        ['unknown', replaced(payload.input, unknownOf(world.victim.loot))],
      ] as const
      for (const [which, asked] of Math.random() < 0.5 ? pair : pair.toReversed()) {
        const { took } = await send(agent, world.url, door.ask(asked), { authorization })
        if (at >= warming) times[which].push(took)
      }
    }
    return times
  }
}

/** One payload of each kind that has something of the victim's. An operation id is no id of a row. */
function firstsOf({ payloads, varies }: Door): Payload[] {
  const firsts = new Map(payloads.toReversed().map((payload) => [payload.kind, payload]))
  if (varies) return []
  return [...firsts.values()].filter(({ kind }) => kind !== 'other' && kind !== 'foreign operation id')
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
