import { BusyError } from '@ownlist/db'
import { createHook } from 'node:async_hooks'
import type { Argon2Parameters } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { createHashing } from './hashing.ts'
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

test('at most so many hashes are computed at once as there are threads, however many wait', async () => {
  const { derive } = createHashing({ threads: 2, mostWaiting: 100 })
  let threads = 0
  const hook = createHook({ init: (_id, type) => void (type === 'WORKER' && threads++) }).enable()
  try {
    const hashes = await Promise.all(Array.from({ length: 9 }, (_, n) => derive(cheap(n))))
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(9)
  } finally {
    hook.disable()
  }
  expect(threads).toBe(2)
})

test('whoever comes when too many wait is told so at once, and those who wait get their turn', async () => {
  const { derive } = createHashing({ threads: 1, mostWaiting: 3 })
  const taken = Array.from({ length: 4 }, (_, n) => derive(cheap(n)))
  await expect(derive(cheap(5))).rejects.toBeInstanceOf(BusyError)
  expect(await Promise.all(taken)).toHaveLength(4)
  expect(await derive(cheap(5))).toHaveLength(32)
})

test('a hash that cannot be computed is an error of its own and holds nobody up', async () => {
  const { derive } = createHashing({ threads: 1, mostWaiting: 3 })
  const wrong = derive({ ...cheap(1), memory: 1 })
  const right = derive(cheap(1))
  await expect(wrong).rejects.toThrow(/memory/)
  expect(await right).toHaveLength(32)
})

test('threads of hashes have a lower priority, and the server keeps its own', async () => {
  const priorities = () =>
    readdirSync('/proc/self/task').map((id) => {
      const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    })
  if (process.platform !== 'linux') return expect(getPriority()).toBe(0)
  const { derive } = createHashing({ threads: 1, mostWaiting: 3 })
  await derive(cheap(1))
  expect(priorities()).toContain(10)
  expect(getPriority()).toBe(0)
})

function cheap(n: number): Argon2Parameters {
  return {
    message: `password ${n}`,
    nonce: Buffer.alloc(16),
    memory: 8,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  }
}
