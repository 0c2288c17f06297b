import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { apply, randomChange, seed, stateOf, type Row } from '../random-changes.fixture.ts'
import { test, type SignedUp } from '../testing.fixture.ts'

type Rows = Map<string, Row>

test(`50 random changes undone from the last to the first, and redone, give every state again (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  let steps = 0
  const run = async (changes: Parameters<typeof apply>[2][]) => {
    const ada = await signUp()
    const now = () => stateOf(connection, ada.user.id)
    const hashes = [hashOf(new Map())]
    for (const change of changes) {
      await apply(connection, ada, change)
      const { revision, rows } = await now()
      hashes[revision] = hashOf(rows)
    }
    const undos: { undo: number; of: number }[] = []
    for (let revision = hashes.length - 1; revision > 0; revision--) {
      const { revision: undo } = await ada.history.undo({ revision })
      if (undo !== null) undos.push({ undo, of: revision })
      expect(hashOf((await now()).rows), `undo of ${revision}`).toBe(hashes[revision - 1])
      steps++
    }
    for (const { undo, of } of undos.toReversed()) {
      await ada.history.undo({ revision: undo })
      expect(hashOf((await now()).rows), `redo of ${of}`).toBe(hashes[of])
      steps++
    }
    // And all of it once more, by undoing what was done again.
    for (const { of } of undos) await ada.history.undo({ revision: of })
    expect((await now()).rows).toEqual(new Map())
  }
  await fc.assert(fc.asyncProperty(fc.array(randomChange, { minLength: 50, maxLength: 50 }), run), {
    seed,
    numRuns: 10,
    endOnFailure: true,
  })
  expect(steps).toBeGreaterThan(500)
}, 120_000)

const modes = ['ask', 'skip', 'overwrite'] as const

test(`undo of any revision, in any mode, does what a plain model does (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  const seen = { conflicts: 0, undone: 0, nothing: 0 }
  const step = fc.oneof(
    { weight: 2, arbitrary: randomChange.map((change) => ({ change })) },
    { weight: 1, arbitrary: fc.record({ which: fc.nat(1000), mode: fc.constantFrom(...modes) }) },
  )
  const run = async (steps: (typeof step extends fc.Arbitrary<infer One> ? One : never)[]) => {
    const ada = await signUp()
    const states: Rows[] = [new Map()]
    const follow = async () => {
      const { revision, rows } = await stateOf(connection, ada.user.id)
      expect(revision, 'one revision at a time').toBeLessThanOrEqual(states.length)
      states[revision] = rows
      return rows
    }
    for (const one of steps) {
      if ('change' in one) {
        await apply(connection, ada, one.change)
        await follow()
        continue
      }
      if (states.length === 1) continue
      const revision = 1 + (one.which % (states.length - 1))
      const expected = undoneBy(
        states[revision - 1] ?? new Map(),
        states[revision] ?? new Map(),
        states.at(-1) ?? new Map(),
        one.mode,
      )
      const answer = await undoAs(ada, revision, one.mode)
      expect(answer.conflicts, `${one.mode} ${revision}`).toEqual(expected.conflicts)
      expect(await follow(), `${one.mode} ${revision}`).toEqual(expected.rows)
      if (answer.conflicts.length > 0) seen.conflicts++
      else if (answer.revision === null) seen.nothing++
      else seen.undone++
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60 }), run), {
    seed,
    numRuns: 15,
    endOnFailure: true,
  })
  // A run that meets no conflict shows little.
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(5)
}, 120_000)

async function undoAs(ada: SignedUp, revision: number, ifConflict: (typeof modes)[number]) {
  try {
    return { ...(await ada.history.undo({ revision, ifConflict })), conflicts: [] }
  } catch (error) {
    const { conflicts = [] } = error as { conflicts?: { id: string; fields: string[] }[] }
    if (conflicts.length === 0) throw error
    return { revision: null, conflicts: conflicts.map(({ id, fields }) => [id, fields.toSorted()]) }
  }
}

// The model: the same rules in plain words, over the states that were seen.

const units = [
  ['title'],
  ['description'],
  ['priority'],
  ['position'],
  ['status', 'completed_at'],
  ['due_date', 'due_all_day', 'due_time_zone'],
]
const derived = {
  completed: (row: Row) => row['status'] === 'completed',
  priority_rank: (row: Row) => ['low', 'medium', 'high'].indexOf(String(row['priority'])) + 1,
  due_order: (row: Row) => row['due_date'] ?? 'infinity',
  title_folded: (row: Row, all: Map<unknown, unknown>) => all.get(row['title']),
  description_folded: (row: Row, all: Map<unknown, unknown>) => all.get(row['description']),
}

function undoneBy(
  before: Rows,
  after: Rows,
  now: Rows,
  mode: (typeof modes)[number],
): { rows: Rows; conflicts: unknown[] } {
  const conflicts: [string, string[]][] = []
  const rows = new Map(now)
  const folded = new Map<unknown, unknown>(
    [...before.values(), ...now.values()].flatMap((row) => [
      [row['title'], row['title_folded']] as const,
      [row['description'], row['description_folded']] as const,
    ]),
  )
  for (const id of [...new Set([...before.keys(), ...after.keys()])].toSorted()) {
    const [was, left, is] = [before.get(id), after.get(id), now.get(id)]
    const changed = units
      .map((unit) =>
        unit.filter((column) => !same(was?.[column], left?.[column]) || unit.includes('due_date')),
      )
      .filter((unit) => unit.some((column) => !same(was?.[column], left?.[column])))
    if (changed.length === 0 && was && left) continue
    if (!was && !is) continue
    if (was && !left && !is) {
      rows.set(id, was)
      continue
    }
    const differing = (unit: string[], other: Row | undefined) =>
      unit.some((column) => !is || !same(is[column], other?.[column]))
    const wanted = changed.filter((unit) => !was || differing(unit, was))
    const met = wanted.filter((unit) => !left || differing(unit, left))
    if (met.length > 0) conflicts.push([id, [...new Set(met.flat().map(fieldOf))].toSorted()])
    if (!is) continue
    if (!was) {
      if (met.length === 0 || mode === 'overwrite') rows.delete(id)
      continue
    }
    const back = wanted.filter((unit) => mode === 'overwrite' || !met.includes(unit)).flat()
    const row: Row = { ...is, ...Object.fromEntries(back.map((column) => [column, was[column]])) }
    if (row['status'] !== 'completed') row['completed_at'] = null
    for (const [column, valueOf] of Object.entries(derived)) row[column] = valueOf(row, folded)
    rows.set(id, row)
  }
  return mode === 'ask' && conflicts.length > 0 ? { rows: now, conflicts } : { rows, conflicts: [] }
}

function fieldOf(column: string): string {
  return column.startsWith('due_') ? 'due' : column === 'completed_at' ? 'completedAt' : column
}

function same(one: unknown, other: unknown): boolean {
  return one === other
}

function hashOf(rows: Rows): string {
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
