import { expect, test } from 'vitest'
import { seal, unseal } from './sealed.ts'

const key = 'a secret of tests that is long enough'
const secret = Buffer.from('12345678901234567890')

test('what is sealed opens with the same key for the same user, and for nobody else', () => {
  const sealed = seal(secret, 'ada', key)
  expect(unseal(sealed, 'ada', key)).toEqual(secret)
  expect(sealed.includes(secret)).toBe(false)
  expect(unseal(sealed, 'eve', key)).toBeUndefined()
  expect(unseal(sealed, 'ada', `${key}.`)).toBeUndefined()
  for (const at of sealed.keys()) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(unseal(changed, 'ada', key), `byte ${at}`).toBeUndefined()
  }
  for (const short of [0, 12, 27, sealed.length - 1]) {
    expect(unseal(sealed.subarray(0, short), 'ada', key)).toBeUndefined()
  }
})

test('the same secret is sealed differently each time', () => {
  expect(seal(secret, 'ada', key)).not.toEqual(seal(secret, 'ada', key))
})
