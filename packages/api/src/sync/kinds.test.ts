import fc from 'fast-check'
import { expect } from 'vitest'
import { entityNames } from '../history/entities.ts'
import { seed } from '../random-changes.fixture.ts'
import { organize, randomOrganizing } from '../random-organizing.fixture.ts'
import { test, type SignedUp } from '../testing.fixture.ts'

type Rows = Map<string, object>

/** A client that does what the interface asks: nothing counts before the last page has come. */
function openClient({ sync }: Pick<SignedUp, 'sync'>) {
  let rows: Rows = new Map()
  let revision: number | undefined

  return {
    async pull(limit: number, betweenPages: () => Promise<unknown>) {
      const pages = [await sync.pull(revision === undefined ? { limit } : { since: revision, limit })]
      for (let cursor = pages[0]?.cursor; cursor; cursor = pages.at(-1)?.cursor) {
        await betweenPages()
        pages.push(await sync.pull({ cursor, limit }))
      }
      const next: Rows = new Map(pages[0]?.snapshot ? [] : rows)
      for (const page of pages) {
        expect(
          entityNames.reduce((sum, name) => sum + page[name].length, page.deleted.length),
        ).toBeLessThanOrEqual(limit)
        for (const name of entityNames) for (const row of page[name]) next.set(`${name} ${row.id}`, row)
        for (const { entity, id } of page.deleted) next.delete(`${entity} ${id}`)
      }
      rows = next
      revision = pages.at(-1)?.revision
      return { rows, revision, pages: pages.length }
    },
    forget() {
      revision = undefined
    },
  }
}

const read = fc.record({
  limit: fc.integer({ min: 1, max: 4 }),
  afresh: fc.boolean(),
  before: fc.array(randomOrganizing, { maxLength: 8 }),
  meanwhile: fc.array(randomOrganizing, { maxLength: 4 }),
})

test(`rows of every kind, read in pages of a few while they change, end up as they are (seed ${seed})`, async ({
  signUp,
  connection,
}) => {
  const seen = { pages: 0, kinds: new Set<string>() }
  const run = async (reads: (typeof read extends fc.Arbitrary<infer One> ? One : never)[]) => {
    const ada = await signUp()
    const client = openClient(ada)
    for (const { limit, afresh, before, meanwhile } of reads) {
      for (const change of before) await organize(connection, ada, change)
      if (afresh) client.forget()
      const rest = [...meanwhile]
      const found = await client.pull(limit, async () => {
        const change = rest.shift()
        if (change) await organize(connection, ada, change)
      })
      // Everything at once, by somebody who knows nothing: of the same revision, since nobody writes now.
      const truth = await openClient(ada).pull(2_500, async () => {})
      expect(found.revision).toBe(truth.revision)
      expect(found.rows).toEqual(truth.rows)
      seen.pages += found.pages
      for (const key of found.rows.keys()) seen.kinds.add(key.split(' ')[0] ?? '')
    }
  }
  await fc.assert(fc.asyncProperty(fc.array(read, { minLength: 3, maxLength: 6 }), run), {
    seed,
    numRuns: 10,
    endOnFailure: true,
  })
  expect(seen.pages).toBeGreaterThan(50)
  expect([...seen.kinds].toSorted()).toEqual(entityNames.toSorted())
}, 120_000)
