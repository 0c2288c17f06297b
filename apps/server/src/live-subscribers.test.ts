import { expect, test } from 'vitest'
import { Subscribers } from './live-subscribers.ts'
import { decodeWords, encodeWords } from './live-words.ts'

const ada = { userId: 'ada', sessionId: 'a1' }

test('who reads slowly hears only the newest', async () => {
  const subscribers = new Subscribers()
  const slow = subscribers.add(ada, undefined)
  for (const revision of [1, 2, 3]) subscribers.grown('ada', revision)
  expect(await slow.next()).toEqual({ value: 3, done: false })
  const next = slow.next()
  subscribers.grown('ada', 3)
  subscribers.grown('ada', 2)
  subscribers.grown('eve', 9)
  subscribers.grown('ada', 4)
  expect(await next).toEqual({ value: 4, done: false })
})

test('whoever is gone is forgotten, by whatever way they went', async () => {
  const subscribers = new Subscribers()
  const leaving = new AbortController()
  const all = [
    subscribers.add(ada, leaving.signal),
    subscribers.add({ userId: 'ada', sessionId: 'a2' }, undefined),
    subscribers.add({ userId: 'eve', sessionId: 'e1' }, undefined),
    subscribers.add({ userId: 'eve', sessionId: 'e2' }, undefined),
  ]
  expect(subscribers.size).toBe(4)
  expect(subscribers.sessions()).toEqual(new Set(['a1', 'a2', 'e1', 'e2']))
  expect(subscribers.sessions('eve')).toEqual(new Set(['e1', 'e2']))

  const ends = all.map((one) => one.next())
  leaving.abort()
  subscribers.endSessions(new Set(['a2', 'unknown']))
  all[2]?.[Symbol.dispose]()
  expect(subscribers.size).toBe(1)
  expect([...subscribers.revisions().keys()]).toEqual(['eve'])
  subscribers.close()
  expect(await Promise.all(ends)).toEqual(all.map(() => ({ value: undefined, done: true })))
  expect(subscribers.revisions()).toEqual(new Map())

  // Nobody comes after closing time, nor after they have left.
  expect(await subscribers.add(ada, undefined).next()).toMatchObject({ done: true })
  expect(await new Subscribers().add(ada, AbortSignal.abort()).next()).toMatchObject({ done: true })
})

test('where the database is behind what was known, listeners are sent to ask anew', async () => {
  const subscribers = new Subscribers()
  const listener = subscribers.add(ada, undefined)
  subscribers.grown('ada', 7)
  expect(await listener.next()).toMatchObject({ value: 7 })
  // Word of 8 came while the database was being asked, and 7 was known before: nothing is wrong with that.
  subscribers.grown('ada', 8)
  subscribers.settle('ada', 7, 7)
  subscribers.settle('ada', 9, 8)
  expect(await listener.next()).toMatchObject({ value: 9 })
  subscribers.settle('ada', 5, 9)
  expect(await listener.next()).toMatchObject({ done: true })
})

test('words fit into payloads, however many, and come out as they went in', () => {
  const ids = Array.from(
    { length: 1_000 },
    (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  )
  const words = {
    revisions: new Map(ids.map((id, n) => [id, n * 1_000_003])),
    ended: new Set(ids.slice(0, 10)),
  }
  const payloads = encodeWords(words)
  expect(Math.max(...payloads.map((payload) => Buffer.byteLength(payload)))).toBeLessThan(8_000)
  expect(payloads.length).toBeLessThan(10)
  const decoded = payloads.map(decodeWords)
  expect(new Map(decoded.flatMap(({ revisions }) => [...revisions]))).toEqual(words.revisions)
  expect(new Set(decoded.flatMap(({ ended }) => [...ended]))).toEqual(words.ended)
  expect(encodeWords({ revisions: new Map(), ended: new Set() })).toEqual([])
})

test('whatever else anybody says on the channel is skipped', () => {
  for (const payload of ['', 'hello', 'probe x', `${'0'.repeat(36)}=1e9`, '=5', `${'-'.repeat(35)}=5`]) {
    expect(decodeWords(payload)).toEqual({ revisions: new Map(), ended: new Set() })
  }
})
