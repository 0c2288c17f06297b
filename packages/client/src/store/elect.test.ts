import { expect, test } from 'vitest'
import { electByLease } from './elect.ts'
import { quiet, standingTime } from './fake-browser.fixture.ts'
import { memoryTables } from './memory-tables.ts'

/** A tab that says when it is elected and when no more. */
async function tab(name: string, log: string[], elect: ReturnType<typeof electByLease>) {
  const gone = new AbortController()
  void elect(
    'tasks',
    async (lost) => {
      log.push(`${name} works`)
      await new Promise((resolve) => lost.addEventListener('abort', resolve, { once: true }))
      log.push(`${name} stops`)
    },
    gone.signal,
  )
  await quiet()
  return gone
}

test('a lease elects one, and passes on when its holder goes or sleeps', async () => {
  const [tables, time] = [await memoryTables(), standingTime()]
  const log: string[] = []
  let asleep = false
  const sleepy = {
    ...tables,
    run: ((mode, work) => (asleep ? new Promise(() => {}) : tables.run(mode, work))) as typeof tables.run,
  }
  const one = await tab('one', log, electByLease(tables, time, 'one'))
  await tab('two', log, electByLease(sleepy, time, 'two'))
  await time.pass(60_000)
  expect(log).toEqual(['one works'])

  one.abort()
  await quiet()
  await time.pass(5_000)
  expect(log).toEqual(['one works', 'one stops', 'two works'])

  asleep = true
  await tab('three', log, electByLease(tables, time, 'three'))
  await time.pass(20_000)
  expect(log.slice(3)).toEqual(['three works'])
})
