import { expect, test } from 'vitest'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'

test('a recovery code is 120 bits of chance, which takes no salt', () => {
  const codes = Array.from({ length: 100 }, newRecoveryCodes).flat()
  expect(codes).toHaveLength(1_000)
  const seen = Array.from({ length: 24 }, () => new Set<string>())
  for (const code of codes) {
    expect(code).toMatch(/^([a-z2-7]{4}-){5}[a-z2-7]{4}$/)
    for (const [place, letter] of Array.from(code.replaceAll('-', '')).entries()) seen[place]?.add(letter)
  }
  // Each of the 24 places has any of 32 letters, five bits: that one of them is missing has a chance of 1 in 10^12.
  expect(seen.map(({ size }) => size)).toEqual(Array(24).fill(32))
  expect(new Set(codes).size).toBe(1_000)
})

test('a recovery code is the same however it is typed', () => {
  const [code = ''] = newRecoveryCodes()
  for (const typed of [code.toUpperCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `]) {
    expect(hashRecoveryCode(typed)).toBe(hashRecoveryCode(code))
  }
})
