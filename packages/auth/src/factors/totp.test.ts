import { expect, test } from 'vitest'
import { base32, codeOfStep, otpauthUri, stepOf, stepOfCode } from './totp.ts'

const secret = Buffer.from('12345678901234567890')

test('codes are those of RFC 6238, appendix B', () => {
  // The table has eight digits; six of them are the last six.
  for (const [seconds, code] of [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ] as const) {
    expect(codeOfStep(secret, stepOf(new Date(seconds * 1000)))).toBe(code.slice(2))
  }
})

test('a code stands for its step and the one on either side', () => {
  const time = new Date('2026-11-21T12:00:15Z')
  const step = stepOf(time)
  for (const [offset, found] of [
    [-2, undefined],
    [-1, step - 1],
    [0, step],
    [1, step + 1],
    [2, undefined],
  ] as const) {
    expect(stepOfCode(secret, codeOfStep(secret, step + offset), time)).toBe(found)
  }
  expect(stepOfCode(secret, '', time)).toBeUndefined()
})

test('base32 is that of RFC 4648, 10, without padding', () => {
  for (const [text, encoded] of [
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const) {
    expect(base32(Buffer.from(text))).toBe(encoded)
  }
})

test('an app reads secret, account and kind from one address', () => {
  const uri = new URL(otpauthUri(secret, 'ada+x@example.org'))
  expect(uri.href.startsWith('otpauth://totp/Ownlist:ada%2Bx%40example.org?')).toBe(true)
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    issuer: 'Ownlist',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})
