import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { missingPart, proofsIn, rowsOf } from './proofs.ts'

const root = join(import.meta.dirname, '..')

/** How many items each specification has; together they are every id there is. */
const seeds = { S0: 65, S1: 59, S2: 56, S3: 30, S4: 46 }
const resolutions = 28

const ids = Object.entries(seeds).flatMap(([seed, last]) =>
  Array.from({ length: last }, (_, at) => `${seed}-${at + 1}`),
)

const document = readFileSync(join(root, 'docs/conformance.md'), 'utf8')
const rows = rowsOf(document, /^\| S\d+-/).map(([id = '', what = '', status = '', proof = '']) => ({
  id,
  what,
  status,
  proof,
}))

test('every requirement has one row, in order, and no row is unknown', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids)
})

test('every row says what it is about', () => {
  expect(rows.filter(({ what }) => what === '').map(({ id }) => id)).toEqual([])
})

test('every status is one of the three', () => {
  const known = (status: string) =>
    status === 'met' ||
    /^open \(later: (operation|speed)\)$/.test(status) ||
    Number(/^met by R(\d+)$/.exec(status)?.[1] ?? Infinity) <= resolutions
  expect(rows.filter(({ status }) => !known(status)).map(({ id, status }) => `${id}: ${status}`)).toEqual([])
})

test('the count at the top is that of the rows', () => {
  const kinds = rows.map(({ status }) => status.replace(/^met by R\d+$/, 'met by resolution'))
  const counted = Object.entries(Object.groupBy(kinds, (kind) => kind)).map(
    ([kind, those]) => `| ${kind} | ${those?.length} |`,
  )
  const said = document.match(/^\| (met|open)[^|]*\| \d+ \|$/gm) ?? []
  expect(said.toSorted()).toEqual(counted.toSorted())
})

test('what is met has a proof', () => {
  expect(
    rows.filter(({ status, proof }) => status.startsWith('met') && proof === '').map(({ id }) => id),
  ).toEqual([])
})

test('every proof is there: the file, and in it the title of the test', () => {
  const missing = rows.flatMap(({ id, proof }) =>
    proofsIn(proof).flatMap((one) => missingPart(one).map((part) => `${id}: ${part}`)),
  )
  expect(missing).toEqual([])
})

test('a proof that is not there is found', () => {
  const here = 'tooling/conformance.test.ts'
  expect(proofsIn(`\`${here}\` · "what is met has a proof", \`LICENSE\``).flatMap(missingPart)).toEqual([])
  expect(proofsIn('`packages/none.ts`').flatMap(missingPart)).toEqual(['packages/none.ts is not there'])
  const title = ['no', 'such', 'title'].join(' ')
  expect(proofsIn(`\`${here}\` · "${title}"`).flatMap(missingPart)).toEqual([`${here} has no "${title}"`])
  expect(proofsIn('somewhere').flatMap(missingPart)).toEqual(['"somewhere" names no file'])
})
