import { BusyError } from '@ownlist/db'
import { expect, test } from 'vitest'
import { createSemaphore } from './semaphore.ts'

test('so many run at once, the others in their order, and one too many is told at once', async () => {
  const { take, isBusy } = createSemaphore({ atOnce: 2, mostWaiting: 3 })
  const begun: number[] = []
  let running = 0
  let most = 0
  const finish: (() => void)[] = []
  const all = Array.from({ length: 5 }, (_, n) =>
    take(async () => {
      begun.push(n)
      most = Math.max(most, ++running)
      await new Promise<void>((resolve) => finish.push(resolve))
      running--
      if (n === 1) throw new Error('failed')
    }),
  )
  expect(isBusy()).toBe(true)
  await expect(take(() => Promise.resolve())).rejects.toBeInstanceOf(BusyError)
  const settled = Promise.allSettled(all)
  for (let n = 0; n < 5; n++) {
    finish[n]?.()
    // A failure gives its turn on like any other end.
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
  expect(begun).toEqual([0, 1, 2, 3, 4])
  expect(most).toBe(2)
  await expect(take(() => Promise.resolve('free again'))).resolves.toBe('free again')
})
