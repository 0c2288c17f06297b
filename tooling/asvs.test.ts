import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingPart, proofsIn, rowsOf } from './proofs.ts'

/** How many items of levels 1 and 2 each section of ASVS 5.0.0 has, chapter by chapter; they come before those of level 3. */
const sections: Record<number, Record<number, number>> = {
  1: { 1: 2, 2: 9, 3: 11, 4: 3, 5: 2 },
  2: { 1: 3, 2: 3, 3: 4, 4: 1 },
  3: { 2: 2, 3: 4, 4: 6, 5: 5, 7: 2 },
  4: { 1: 3, 2: 1, 3: 2, 4: 4 },
  5: { 1: 1, 2: 3, 3: 2, 4: 3 },
  6: { 1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4 },
  7: { 1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2 },
  8: { 1: 2, 2: 3, 3: 1, 4: 1 },
  9: { 1: 3, 2: 4 },
  10: { 1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3 },
  11: { 1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1 },
  12: { 1: 3, 2: 2, 3: 4 },
  13: { 1: 1, 2: 5, 3: 2, 4: 5 },
  14: { 1: 2, 2: 4, 3: 3 },
  15: { 1: 3, 2: 3, 3: 7 },
  16: { 1: 1, 2: 5, 3: 4, 4: 3, 5: 3 },
  17: { 1: 1, 2: 4, 3: 2 },
}

const ids = Object.entries(sections).flatMap(([chapter, of]) =>
  Object.entries(of).flatMap(([section, last]) =>
    Array.from({ length: last }, (_, at) => `V${chapter}.${section}.${at + 1}`),
  ),
)

const document = readFileSync(join(import.meta.dirname, '../docs/asvs.md'), 'utf8')
const rows = rowsOf(document, /^\| V\d+\./).map(
  ([id = '', level = '', what = '', status = '', why = '']) => ({
    id,
    level,
    what,
    status,
    why,
  }),
)

test('every item of levels 1 and 2 of ASVS 5.0 has one row, in order', () => {
  expect(ids).toHaveLength(253)
  expect(rows.map(({ id }) => id)).toEqual(ids)
  expect(rows.filter(({ level }) => level === '1')).toHaveLength(70)
  expect(rows.filter(({ level, what }) => !/^[12]$/.test(level) || what === '')).toEqual([])
})

test('every status is one of those explained, and says why', () => {
  const known = /^(automatic|document|operator|deviates|not applicable|open \([A-Z]\))$/
  expect(rows.filter(({ status, why }) => !known.test(status) || why.length < 3)).toEqual([])
})

test('what is automatic names the tests, and they are there', () => {
  const missing = rows
    .filter(({ status }) => status === 'automatic')
    .flatMap(({ id, why }) => {
      const proofs = proofsIn(why)
      return [
        ...proofs.flatMap((proof) => missingPart(proof).map((part) => `${id}: ${part}`)),
        ...(proofs.some(({ file, titles }) => file?.endsWith('.test.ts') && titles.length > 0)
          ? []
          : [`${id} names no test`]),
      ]
    })
  expect(missing).toEqual([])
})

test('files that other rows name are there', () => {
  const missing = rows
    .filter(({ status }) => status !== 'automatic')
    .flatMap(({ id, why }) =>
      proofsIn(why)
        .filter(({ file }) => file !== undefined && /[./]\w/.test(file))
        .flatMap((proof) => missingPart({ ...proof, titles: [] }).map((part) => `${id}: ${part}`)),
    )
  expect(missing).toEqual([])
})

test('the counts at the top are those of the rows, and at least 110 are automatic', () => {
  const counted = Object.entries(Object.groupBy(rows, ({ status }) => status)).map(
    ([status, those]) => `| ${status} | ${those?.length} |`,
  )
  const said =
    document.match(/^\| (automatic|document|operator|deviates|not applicable|open[^|]*) \| \d+ \|$/gm) ?? []
  expect(said.toSorted()).toEqual(counted.toSorted())
  expect(document).toContain(`| together | ${rows.length} |`)
  expect(rows.filter(({ status }) => status === 'automatic').length).toBeGreaterThanOrEqual(110)
})
