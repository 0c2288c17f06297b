import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

/** How many items each specification has; together they are every id there is. */
const seeds = { S0: 65, S1: 59, S2: 56, S3: 30, S4: 46 }
const resolutions = 28

const ids = Object.entries(seeds).flatMap(([seed, last]) =>
  Array.from({ length: last }, (_, at) => `${seed}-${at + 1}`),
)

const document = readFileSync(join(root, 'docs/conformance.md'), 'utf8')
const rows = document
  .split('\n')
  .filter((line) => /^\| S\d+-/.test(line))
  .map((line) => {
    // A cell may hold `\|`; four cells stand between five bars.
    const [, id = '', what = '', status = '', proof = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    return { id, what, status, proof }
  })

test('every requirement has one row, in order, and no row is unknown', () => {
  expect(rows.map(({ id }) => id)).toEqual(ids)
})

test('every row says what it is about', () => {
  expect(rows.filter(({ what }) => what === '').map(({ id }) => id)).toEqual([])
})

test('every status is one of the three', () => {
  const known = (status: string) =>
    status === 'met' ||
    /^open \((issue \d+|later: operation)\)$/.test(status) ||
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

type Proof = { file: string | undefined; titles: string[]; text: string }

/** A cell holds files in backticks, each followed by any number of titles in quotes that stand in it. */
function proofsIn(cell: string): Proof[] {
  if (cell === '') return []
  const found = [...cell.matchAll(/`([^`]+)`([^`]*)/g)].map(([text, file, rest = '']) => ({
    file,
    titles: [...rest.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
    text,
  }))
  return found.length > 0 ? found : [{ file: undefined, titles: [], text: cell }]
}

function missingPart({ file, titles, text }: Proof): string[] {
  if (!file) return [`"${text}" names no file`]
  if (!existsSync(join(root, file))) return [`${file} is not there`]
  const source = readFileSync(join(root, file), 'utf8').replaceAll(String.raw`\'`, "'")
  return titles.filter((title) => !source.includes(title)).map((title) => `${file} has no "${title}"`)
}
