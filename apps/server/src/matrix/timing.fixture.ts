import { Agent } from 'node:http'
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
  const { authorization } = await addPerson(world.owner)
  const found: Timing[] = []
  for (const door of doors) {
    const payload = door.varies ? undefined : firstForeign(door)
    if (!payload || payload.kind === 'foreign operation id') continue
    const times: Record<'foreign' | 'unknown', number[]> = { foreign: [], unknown: [] }
    // Slow doors, such as those that hash a password, are noisy by as much as they are slow.
    const most = door.open && door.name.startsWith('auth') ? Math.min(samples, 60) : samples
    for (let at = 0; at < most + warming; at++) {
      const input = replaced(payload.input, unknownOf(world.victim.loot))
      const pair = [
        ['foreign', payload.input],
        ['unknown', input],
      ] as const
      for (const [which, asked] of Math.random() < 0.5 ? pair : pair.toReversed()) {
        const { took } = await send(agent, world.url, door.ask(asked), { authorization })
        if (at >= warming) times[which].push(took)
      }
    }
    const [foreign, unknown] = [median(times.foreign), median(times.unknown)]
    const difference = Math.abs(foreign - unknown) / Math.min(foreign, unknown)
    found.push({ door: door.name, kind: payload.kind, samples: most, foreign, unknown, difference })
  }
  agent.destroy()
  return found
}

function firstForeign({ payloads }: Door): Payload | undefined {
  return payloads.find(({ kind }) => kind !== 'other')
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}
