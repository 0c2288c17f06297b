import { expect, test } from 'vitest'
import { isLoopback } from './loopback.ts'

test.for([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['127.0.0.1.example.org', false],
  ['localhost.example.org', false],
  ['0.0.0.0', false],
  ['::', false],
  ['::ffff:192.0.2.1', false],
  ['192.0.2.1', false],
  ['', false],
] as const)('%s is this machine: %s', ([host, isHere]) => {
  expect(isLoopback(host)).toBe(isHere)
})
