import { createHook } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { hashPassword, verifyPassword } from './password.ts'

test('a password is kept as argon2id with the parameters that OWASP asks for', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  expect(await hashPassword('correct horse')).not.toBe(hash)
})

test('only the same password fits a hash', async () => {
  const hash = await hashPassword('correct horse')
  expect(await verifyPassword({ hash, password: 'correct horse' })).toBe(true)
  for (const password of ['', 'correct', 'Correct horse', 'correct horse ', 'correct horse\u0000']) {
    expect(await verifyPassword({ hash, password }), JSON.stringify(password)).toBe(false)
  }
})

test('what is no hash of ours fits no password and is no error', async () => {
  const hash = await hashPassword('correct horse')
  for (const wrong of [
    '',
    'correct horse',
    '$2b$12$abcdefghijklmnopqrstuu5LC3Mm5iFcvBKVUnXgxUhn1Ke2FeqYy',
    hash.replace('argon2id', 'argon2i'),
    hash.replace('v=19', 'v=16'),
    hash.slice(0, -1),
    `${hash}$`,
    hash.replace(/\$[\w+/]+$/, '$'),
    hash.replace('m=19456', 'm=1'),
    hash.replace('m=19456', 'm=99999999999'),
    hash.replace('t=2', 't=0'),
    hash.replace('p=1', 'p=0'),
    hash.replace(/(p=1\$)[\w+/]+/, '$1AA'),
    '$argon2id$v=19$m=19456,t=2,p=1$$',
  ]) {
    expect(await verifyPassword({ hash: wrong, password: 'correct horse' }), wrong).toBe(false)
  }
})

test('the same characters in another Unicode form are the same password', async () => {
  const hash = await hashPassword('caf\u00e9 \ufb01 \u212b')
  expect(await verifyPassword({ hash, password: 'cafe\u0301 fi A\u030a' })).toBe(true)
  expect(await verifyPassword({ hash, password: 'cafe fi A' })).toBe(false)
})

test('at most two hashes are computed at once, however many wait', async () => {
  const running = new Set<number>()
  let most = 0
  const hook = createHook({
    init(id, type) {
      if (!/argon2/i.test(type)) return
      running.add(id)
      most = Math.max(most, running.size)
    },
    before: (id) => void running.delete(id),
  }).enable()
  try {
    const hashes = await Promise.all(Array.from({ length: 9 }, (_, n) => hashPassword(`password ${n}`)))
    expect(new Set(hashes).size).toBe(9)
  } finally {
    hook.disable()
  }
  expect(most).toBe(2)
})
