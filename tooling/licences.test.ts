import { join } from 'node:path'
import { expect, test } from 'vitest'
import { productionLicences, refusedLicences } from './licences.ts'

test('everything that production runs is under a licence that is allowed', () => {
  const all = productionLicences(join(import.meta.dirname, '..'))
  expect(refusedLicences(all)).toEqual([])
  // It finds what is asked for here, and what that asks for.
  const names = all.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['better-auth', 'hono', 'pg', 'pg-types', 'react', 'scheduler', 'zod']),
  )
  expect(names).not.toContain('vitest')
})

test('other licences, and none at all, are found', () => {
  const under = (licence: string) => refusedLicences([{ name: 'left-pad', version: '1.3.0', licence }])
  for (const fine of ['MIT', 'ISC', 'MIT-0', '(MIT OR GPL-3.0-only)', '(MIT AND ISC)'])
    expect(under(fine), fine).toEqual([])
  for (const not of [
    'GPL-3.0-only',
    'AGPL-3.0',
    'none',
    'UNLICENSED',
    'SEE LICENSE IN x',
    '(MIT AND AGPL-3.0)',
  ])
    expect(under(not)).toEqual([`left-pad@1.3.0: ${not}`])
})
