import { appRouter } from '@ownlist/api'
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openRoutes } from '../../../../packages/auth/src/requests.ts'
import { proceduresOf } from '../procedures.fixture.ts'
import { payloadsOf, type Loot } from './payloads.fixture.ts'

const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url')
const loot: Loot = {
  ids: [randomUUID(), randomUUID(), randomUUID()],
  numbers: [40_017_001],
  revisions: [50_023_001],
  cursors: [cursor('title', 'asc', 'x', randomUUID())],
  emails: ['victim@example.org'],
  codes: ['ABCDEFGH'],
  words: ['a word'],
  operations: [],
}
const doors = [
  ...proceduresOf(appRouter).map(({ path, inputs }) => [path, inputs[0] ?? z.never()] as const),
  ...[...openRoutes].map(([route, { input }]) => [`auth ${route}`, input] as const),
]

test('every identifier of a victim goes into every place that takes one', () => {
  const places = { id: 0, number: 0, revision: 0, code: 0, address: 0 }
  for (const [name, input] of doors) {
    const payloads = payloadsOf(input, loot)
    expect(payloads.length, name).toBeGreaterThan(0)
    const schema = JSON.stringify(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }))
    const text = JSON.stringify(payloads)
    const goes = (place: keyof typeof places, pattern: RegExp, values: (string | number)[]) => {
      if (!pattern.test(schema)) return
      places[place]++
      for (const value of values) expect(text, `${name}: ${place}`).toContain(String(value))
    }
    goes('id', /"format":"uuid"/, loot.ids)
    goes('number', /"number":\{/, loot.numbers)
    goes('revision', /"(since|ifRevision|basedOn|lastEventId)":\{/, loot.revisions)
    goes('code', /"userCode":\{/, loot.codes)
    goes('address', /"(email|newEmail)":\{/, loot.emails)
  }
  // A pattern that no schema has any more would prove nothing.
  expect(Object.values(places).every((count) => count > 0)).toBe(true)
})
