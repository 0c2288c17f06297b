import { RateLimitedError, type Taken } from '@ownlist/db'
import { expect, test, vi } from 'vitest'
import { createBudgets } from './budgets.ts'

/** A shared budget without time: what is taken is gone. */
function sharedBudget(tokens: number) {
  let left = tokens
  let asked = 0
  return {
    asked: () => asked,
    left: () => left,
    take: async (_of: string, { cost }: { cost: number }): Promise<Taken> => {
      asked++
      const granted = Math.min(cost, left)
      left -= granted
      return { granted, remaining: left, wait: left > 0 ? 0 : 4 }
    },
  }
}

function budgetsOn(shared: { take: ReturnType<typeof sharedBudget>['take'] }, perMinute = 3_000) {
  const clock = { time: 1_000_000 }
  const onError = vi.fn<(error: unknown) => void>()
  const budgets = createBudgets({
    name: 'account',
    perMinute,
    take: shared.take,
    onError,
    now: () => clock.time,
  })
  return { ...budgets, clock, onError }
}

test('who asks for little costs no round trip, however long it goes on', () => {
  const shared = sharedBudget(6_000)
  const { spend, clock } = budgetsOn(shared)
  for (let period = 0; period < 100; period++) {
    for (let n = 0; n < 20; n++) expect(spend('ada', 1)).toBeUndefined()
    clock.time += 10_000
  }
  expect(shared.asked()).toBe(0)
})

test('who asks for much costs a few, and hardly waits for them', async () => {
  const shared = sharedBudget(6_000)
  const { spend } = budgetsOn(shared)
  let waited = 0
  for (let n = 0; n < 5_000; n++) {
    const asking = spend('ada', 1)
    if (asking) waited++
    // Others are answered between two requests of one person.
    await (asking ?? new Promise<void>((resolve) => setImmediate(resolve)))
  }
  expect(shared.asked()).toBeLessThan(25)
  expect(waited).toBe(1)
})

test('several servers together let pass what is shared and twenty each, and not one more', async () => {
  const shared = sharedBudget(600)
  const servers = Array.from({ length: 3 }, () => budgetsOn(shared, 300))
  const answers = await Promise.allSettled(
    Array.from({ length: 3_000 }, async (_, n) => servers[n % 3]?.spend('ada', 1)),
  )
  expect(shared.left()).toBe(0)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(600 + 3 * 20)
  for (const answer of answers) {
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ retryAfter: 4 })
  }
})

test('where nothing is left nobody asks again before the time is over', async () => {
  const shared = sharedBudget(0)
  const { spend, clock, state } = budgetsOn(shared, 300)
  await expect(async () => spend('ada', 21)).rejects.toBeInstanceOf(RateLimitedError)
  for (let n = 0; n < 1_000; n++) expect(() => spend('ada', 1)).toThrow(RateLimitedError)
  expect(shared.asked()).toBe(1)
  expect(state('ada')).toBe('"account";r=0;t=4')
  clock.time += 4_001
  expect(spend('ada', 1)).toBeUndefined()
  // Somebody else's budget is another one.
  expect(spend('eve', 1)).toBeUndefined()
})

test('a lease that is not used up is lost with its ten seconds', async () => {
  const shared = sharedBudget(600)
  const { spend, clock } = budgetsOn(shared, 300)
  await spend('ada', 20)
  await spend('ada', 1)
  clock.time += 10_000
  for (let n = 0; n < 20; n++) expect(spend('ada', 1)).toBeUndefined()
  expect(spend('ada', 1)).toBeInstanceOf(Promise)
})

test('where the shared budget cannot be asked the request goes on, and somebody hears of it', async () => {
  const failure = new Error('away')
  const { spend, onError } = budgetsOn({ take: () => Promise.reject(failure) })
  await spend('ada', 20)
  await expect(spend('ada', 5)).resolves.toBeUndefined()
  expect(onError).toHaveBeenCalledWith(failure)
})

test('a policy and its state are told as the draft has it', async () => {
  const { policy, state, spend } = budgetsOn(sharedBudget(6_000))
  expect(policy).toBe('"account";q=6000;w=120')
  expect(state('ada')).toBe('"account";r=6000;t=0')
  await spend('ada', 20)
  await spend('ada', 10)
  expect(state('ada')).toMatch(/^"account";r=5990;t=1$/)
})
