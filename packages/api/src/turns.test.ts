import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { AppError } from './errors.ts'
import { createTurns } from './turns.ts'

const ok =
  (log: string[], name: string, pause = 0) =>
  async () => {
    log.push(`${name} begins`)
    await sleep(pause)
    log.push(`${name} ends`)
    return { ok: true as const, data: name }
  }

test('calls of one request follow each other in its order, whatever order they come in', async () => {
  const inTurn = createTurns()
  const log: string[] = []
  await Promise.all([
    inTurn(2, ok(log, 'third')),
    inTurn(0, ok(log, 'first', 5)),
    inTurn(1, ok(log, 'second', 2)),
  ])
  expect(log).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]))
})

test('a refusal is one call’s own', async () => {
  const inTurn = createTurns()
  const log: string[] = []
  const error = new AppError('TASK_NOT_FOUND')
  const [refused, thrown, done] = await Promise.allSettled([
    inTurn(0, async () => ({ ok: false as const, error })),
    inTurn(1, () => Promise.reject(new AppError('BAD_INPUT'))),
    inTurn(2, ok(log, 'last')),
  ])
  expect(refused).toMatchObject({ value: { ok: false, error } })
  expect(thrown).toMatchObject({ reason: { reason: 'BAD_INPUT' } })
  expect(done).toMatchObject({ value: { ok: true } })
})

test('behind what fails for now nothing is tried, and all of it fails with the same reason', async () => {
  for (const fail of [
    async () => ({ ok: false as const, error: new AppError('TOO_SLOW') }),
    () => Promise.reject(new AppError('TOO_SLOW')),
  ]) {
    const inTurn = createTurns()
    const log: string[] = []
    const [before, ...after] = await Promise.allSettled([
      inTurn(0, ok(log, 'before')),
      inTurn(1, fail),
      inTurn(2, ok(log, 'behind')),
      inTurn(3, ok(log, 'far behind')),
    ])
    expect(before.status).toBe('fulfilled')
    expect(log).toEqual(['before begins', 'before ends'])
    for (const one of after.slice(1)) expect(one).toMatchObject({ reason: { reason: 'TOO_SLOW' } })
  }
})
