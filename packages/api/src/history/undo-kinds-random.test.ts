import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { AppError } from '../errors.ts'
import { seed, type Row } from '../random-changes.fixture.ts'
import { organize, randomOrganizing, stateOfAll } from '../random-organizing.fixture.ts'
import { test } from '../testing.fixture.ts'

type Rows = Map<string, Row>

test(`40 random changes of rows of every kind, undone from the last to the first and redone, give every state again (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  const kinds = new Set<string>()
  const run = async (changes: Parameters<typeof organize>[2][]) => {
    const ada = await signUp()
    const now = () => stateOfAll(connection, ada.user.id)
    const states: Rows[] = [new Map()]
    for (const change of changes) {
      await organize(connection, ada, change)
      const { revision, rows } = await now()
      states[revision] = rows
      for (const key of rows.keys()) kinds.add(key.split(' ')[0] ?? '')
    }
    const undos: { undo: number; of: number }[] = []
    for (let revision = states.length - 1; revision > 0; revision--) {
      const { revision: undo, skipped } = await ada.history.undo({ revision })
      if (undo !== null) {
        undos.push({ undo, of: revision })
        expect(skipped, `undo of ${revision}`).toBe(0)
      }
      expectSame((await now()).rows, states[revision - 1], `undo of ${revision}`)
    }
    for (const { undo, of } of undos.toReversed()) {
      await ada.history.undo({ revision: undo })
      expectSame((await now()).rows, states[of], `redo of ${of}`)
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(randomOrganizing, { minLength: 40, maxLength: 40 }), run), {
    seed,
    numRuns: 4,
    endOnFailure: true,
  })
  expect([...kinds].toSorted()).toEqual(['comments', 'lists', 'tags', 'tasks', 'views'])
}, 120_000)

const modes = ['ask', 'skip', 'overwrite'] as const

test(`undo of any revision of any kind does all or says why, leaves the rest alone, and can be undone itself (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  const seen = { done: 0, asked: 0, nothing: 0 }
  const step = fc.oneof(
    { weight: 3, arbitrary: randomOrganizing.map((change) => ({ change })) },
    { weight: 1, arbitrary: fc.record({ which: fc.nat(1000), mode: fc.constantFrom(...modes) }) },
  )
  const run = async (steps: (typeof step extends fc.Arbitrary<infer One> ? One : never)[]) => {
    const ada = await signUp()
    const states: Rows[] = [new Map()]
    const follow = async () => {
      const { revision, rows } = await stateOfAll(connection, ada.user.id)
      states[revision] = rows
      return rows
    }
    for (const one of steps) {
      if ('change' in one) {
        await organize(connection, ada, one.change)
        await follow()
        continue
      }
      if (states.length === 1) continue
      const revision = 1 + (one.which % (states.length - 1))
      const what = `${one.mode} ${revision} of ${states.length - 1}`
      const [before, was, left] = [states.at(-1) ?? new Map(), states[revision - 1], states[revision]]
      const answer = await ada.history
        .undo({ revision, ifConflict: one.mode })
        .catch((error: unknown) => error)
      const after = await follow()
      if (answer instanceof Error) {
        // Skipping and overwriting are refused only where tasks would stand under themselves, or too deep.
        expect(answer, what).toMatchObject({
          reason: expect.toBeOneOf(['UNDO_CONFLICT', 'TASK_BELOW_ITSELF', 'TOO_DEEP']) as string,
        })
        if (answer instanceof AppError && answer.reason === 'UNDO_CONFLICT') {
          expect(one.mode).toBe('ask')
          for (const { fields } of answer.conflicts ?? []) expect(fields, what).not.toEqual([])
        }
        expectSame(after, before, what)
        seen.asked++
        continue
      }
      const touched = new Set([...(was ?? []), ...(left ?? [])].map(([key]) => key))
      for (const key of touched) if (same(was?.get(key), left?.get(key))) touched.delete(key)
      for (const [key, row] of before) {
        // What was made goes with what hangs on it, when asked to.
        if (!touched.has(key) && one.mode !== 'overwrite')
          expect(after.get(key), `${what}: ${key}`).toEqual(row)
      }
      for (const key of after.keys()) if (!touched.has(key)) expect(before.has(key), what).toBe(true)
      if (one.mode === 'ask') {
        for (const key of touched) expectUndone({ key, was, left, after }, what)
      }
      const { revision: undo } = answer as { revision: number | null }
      if (undo === null) {
        expectSame(after, before, what)
        seen.nothing++
        continue
      }
      await ada.history.undo({ revision: undo })
      expectSame(await follow(), before, `undo of ${what}`)
      seen.done++
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 60 }), run), {
    seed,
    numRuns: 6,
    endOnFailure: true,
  })
  // Each of them was tried; how often is by lot.
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0)
}, 120_000)

/** Every column that the revision changed says again what it said before. */
function expectUndone(
  { key, was, left, after }: { key: string; was: Rows | undefined; left: Rows | undefined; after: Rows },
  what: string,
) {
  const [before, changed, now] = [was?.get(key), left?.get(key), after.get(key)]
  if (!before) return expect(now, `${what}: ${key}`).toBeUndefined()
  if (!changed) return expect(now, `${what}: ${key}`).toBeDefined()
  for (const column of Object.keys(before)) {
    if (!same(before[column], changed[column]))
      expect(now?.[column], `${what}: ${key} ${column}`).toEqual(before[column])
  }
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function expectSame(rows: Rows, expected: Rows | undefined, what: string) {
  // The hash tells quickly; the rows tell what it is.
  if (hashOf(rows) !== hashOf(expected ?? new Map())) expect(rows, what).toEqual(expected)
}

function hashOf(rows: Rows): string {
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
