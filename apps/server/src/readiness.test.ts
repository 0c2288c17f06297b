import { expect, test } from 'vitest'
import { readiness } from './readiness.ts'

test('whoever asks within a second gets one answer, and a failure is kept no longer than another', async () => {
  let time = 0
  const answers: (boolean | Error)[] = [true, false, new Error('away'), true]
  let asked = 0
  const isReady = readiness(
    async () => {
      const answer = answers[asked++] ?? true
      if (answer instanceof Error) throw answer
      return answer
    },
    () => time,
  )
  expect(await Promise.all(Array.from({ length: 100 }, () => isReady()))).not.toContain(false)
  expect(asked).toBe(1)
  time = 999
  expect(await isReady()).toBe(true)
  time = 1_000
  expect(await isReady()).toBe(false)
  time = 2_000
  await expect(isReady()).rejects.toThrow('away')
  await expect(isReady()).rejects.toThrow('away')
  time = 3_000
  expect(await isReady()).toBe(true)
  expect(asked).toBe(4)
})
