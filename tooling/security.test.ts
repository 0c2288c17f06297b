import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { floors } from './floors.ts'
import { missingPart, proofsIn, rowsOf } from './proofs.ts'

const document = readFileSync(join(import.meta.dirname, '../docs/security.md'), 'utf8')
const failures = rowsOf(document.slice(document.indexOf('| id | what it was')), /^\| (?!id \||-)/).map(
  ([ids = '', what = '', here = '', proof = '']) => ({ ids, what, here, proof }),
)

test('every known failure says what it was, whether we are exposed, and which test holds it', () => {
  expect(failures.length).toBeGreaterThan(25)
  const known = failures.flatMap(({ ids, what, here, proof }) => {
    const parts = proof.startsWith('open') ? [] : proofsIn(proof)
    const titles = parts.flatMap((part) => part.titles)
    return [
      ...(what === '' || here === '' ? [`${ids}: says too little`] : []),
      ...(titles.length === 0 && !/open \([A-Z]\)/.test(proof) ? [`${ids}: has no test`] : []),
      ...parts.flatMap((part) => missingPart(part).map((missing) => `${ids}: ${missing}`)),
    ]
  })
  expect(known).toEqual([])
})

test('the failures of our parts that have a fix are behind the floors', () => {
  const behind = new Set(Object.values(floors).flatMap(({ advisories }) => advisories))
  const ours = failures.filter(({ what }) => /^(better-auth|tRPC|Hono|Kysely)/.test(what))
  // Those without an advisory of GitHub's, or older than every version that was ever used here.
  const without = new Set(['double redemption', 'CVE-2024-56734, CVE-2025-53535'])
  const missing = ours
    .filter(({ ids }) => !without.has(ids))
    .filter(({ ids }) => ![...ids.matchAll(/GHSA-[\w-]{14}|CVE-\d+-\d+/g)].some(([id]) => behind.has(id)))
  expect(missing.map(({ ids }) => ids)).toEqual([])
})
