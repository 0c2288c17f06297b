import { connect } from '@ownlist/db'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { seed, stateOf } from '../random-changes.fixture.ts'
import { createCaller } from '../router.ts'
import { test as base, type SignedUp } from '../testing.fixture.ts'
import type { Due } from './schema.ts'

// Devices of one user at the same moment, and what is taken back and done again.

const now = '2026-11-21T12:00:00Z'
const weekly = { title: 'Water', due: { date: '2026-11-21' }, recurrence: { rule: 'FREQ=WEEKLY' } }

const test = base.extend('devices', { scope: 'file' }, async ({ database }, { onCleanup }) => {
  const connections = await connect({ url: database.url, max: 25 })
  onCleanup(() => connections.end())
  /** The procedures as the user calls them, each call on a connection of its own. */
  return ({ user, sessionId }: SignedUp) =>
    createCaller({
      database: connections,
      accounts: {} as never,
      signedIn: { via: 'session', user, sessionId },
      client: 'tests',
      live: { changed() {}, sessionsEnded() {}, subscribe: () => ({}) as never },
      requestId: 'request',
      now: () => new Date(now),
      onUnexpected() {},
    }).tasks
})

const fifty = Array.from({ length: 50 }, (_, n) => n)

test('fifty completions of one occurrence at once make exactly one next', async ({ signUp, devices }) => {
  const ada = await signUp({ now })
  const tasks = devices(ada)
  let { id } = await ada.tasks.create(weekly)
  for (let round = 1; round <= 2; round++) {
    const answers = await Promise.all(
      fifty.map((n) => {
        if (n % 3 === 1) return tasks.update({ id, completed: true, opId: randomUUID() })
        if (n % 3 === 2) return tasks.bulk({ ids: [id], change: { status: 'completed' }, opId: randomUUID() })
        return tasks.complete({ id, opId: randomUUID() })
      }),
    )
    expect(answers).toHaveLength(50)
    const { items } = await ada.tasks.list({ completed: false })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({ recurrence: { rule: 'FREQ=WEEKLY' }, series: { number: round + 1 } })
    expect(items.flatMap(({ due }) => due)).toEqual([
      { date: Temporal.PlainDate.from('2026-11-21').add({ weeks: round }).toString() },
    ])
    expect(await ada.tasks.stats()).toMatchObject({ total: round + 1, completed: round })
    id = items[0]?.id ?? ''
  }
})

test('fifty times the same completion is one, with one answer', async ({ signUp, devices }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  const opId = randomUUID()
  const answers = await Promise.all(fifty.map(() => devices(ada).complete({ id, opId })))
  expect(answers[0]?.next).toMatchObject({ due: { date: '2026-11-28' } })
  for (const answer of answers) expect(answer).toStrictEqual(answers[0])
  expect(await ada.tasks.stats()).toMatchObject({ total: 2 })
})

test('completing, skipping, detaching and a new rule at once leave one open carrier', async ({
  signUp,
  devices,
}) => {
  const ada = await signUp({ now })
  const tasks = devices(ada)
  const { id, series } = await ada.tasks.create(weekly)
  const calls = [
    () => tasks.complete({ id }),
    () => tasks.skip({ id }),
    () => tasks.detach({ id }),
    () => tasks.update({ id, due: { date: '2026-11-22' } }),
    () => tasks.update({ id, recurrence: { rule: 'FREQ=DAILY' } }),
  ]
  const outcomes = await Promise.all(
    fifty.map(async (n) =>
      calls[n % calls.length]?.().then(
        () => 'done',
        ({ reason }: { reason: string }) => reason,
      ),
    ),
  )
  // Whoever comes too late is told, the one with the new rule by the field.
  expect(new Set(outcomes)).toEqual(new Set(['done', 'NOT_RECURRING', 'BAD_INPUT']))
  const { items } = await ada.tasks.list({})
  expect(items.filter(({ recurrence }) => recurrence)).toHaveLength(1)
  expect(new Set(items.map((task) => task.series?.id))).toEqual(new Set([series?.id]))
  expect(new Set(items.map((task) => task.series?.number)).size).toBe(items.length)
})

/** Every row of the user's, but not when and by which revision it came to be so. */
async function stateNow(connection: Parameters<typeof stateOf>[0], { user }: SignedUp) {
  return JSON.stringify(
    [...(await stateOf(connection, user.id)).rows].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
}

test('undo of a completion takes the next back and leaves the carrier exactly as it was; redo likewise', async ({
  signUp,
  connection,
}) => {
  const ada = await signUp({ now })
  const state = () => stateNow(connection, ada)
  const { id } = await ada.tasks.create({ ...weekly, status: 'in_progress' })
  const sub = await ada.tasks.create({ title: 'Buy a can', parentId: id, due: { date: '2026-11-20' } })
  await ada.tasks.create({ title: 'Feed the cat', parentId: id, recurrence: { rule: 'FREQ=DAILY' } })
  await ada.tasks.create({ title: 'A shop', parentId: sub.id, completed: true })
  for (const act of [
    () => ada.tasks.complete({ id }),
    () => ada.tasks.detach({ id }).then(({ task }) => task),
    () => ada.tasks.skip({ id }),
    () =>
      ada.tasks.update({
        id,
        completed: true,
        recurrence: { rule: 'FREQ=MONTHLY', basis: 'completion' } as const,
      }),
    () => ada.tasks.update({ id, due: { dateTime: '2026-11-21T09:00:00Z', timeZone: 'Asia/Tokyo' } }),
    () => ada.tasks.update({ id, due: null }),
    () => ada.tasks.update({ id, recurrence: null }),
    () => ada.tasks.update({ id, recurrence: { rule: 'FREQ=YEARLY' }, due: { date: '2027-01-01' } }),
  ]) {
    const before = await state()
    const { revision } = await act()
    const after = await state()
    expect(after).not.toBe(before)
    const undo = await ada.history.undo({ revision })
    expect(await state()).toBe(before)
    const redo = await ada.history.undo({ revision: undo.revision ?? 0 })
    expect(await state()).toBe(after)
    await ada.history.undo({ revision: redo.revision ?? 0 })
    expect(await state()).toBe(before)
  }
})

test('a deleted carrier comes back with its rule, and the series goes on', async ({ signUp }) => {
  const ada = await signUp({ now })
  const task = await ada.tasks.create(weekly)
  await ada.tasks.delete({ id: task.id })
  await ada.history.restore({ entity: 'tasks', id: task.id })
  expect(await ada.tasks.get({ id: task.id })).toMatchObject({
    recurrence: task.recurrence,
    series: task.series,
  })
  expect((await ada.tasks.complete({ id: task.id })).next?.due).toEqual({ date: '2026-11-28' })
})

test('an occurrence that was made anew comes back as a task by itself', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  const done = await ada.tasks.complete({ id })
  await ada.history.undo({ revision: done.revision })
  const again = await ada.tasks.complete({ id })
  // It comes back as a task by itself.
  const restored = await ada.history.restore({ entity: 'tasks', id: done.next?.id ?? '' })
  expect(restored).toMatchObject({ recurrence: null, series: null, due: done.next?.due })
  const { items } = await ada.tasks.list({ completed: false })
  expect(items.filter(({ recurrence }) => recurrence)).toEqual([again.next])
})

test('where an undo leaves two carriers, the series becomes one again', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create(weekly)
  const { next, revision } = await ada.tasks.complete({ id })
  await ada.tasks.update({ id: next?.id ?? '', title: 'Water all of it' })
  await expect(ada.history.undo({ revision })).rejects.toMatchObject({ reason: 'UNDO_CONFLICT' })
  await ada.history.undo({ revision, ifConflict: 'skip' })
  const carriers = (await ada.tasks.list({ completed: false })).items
  expect(carriers.map(({ recurrence }) => recurrence?.rule)).toEqual(['FREQ=WEEKLY', 'FREQ=WEEKLY'])
  await expect(ada.tasks.skip({ id })).rejects.toMatchObject({ reason: 'OCCURRENCE_EXISTS' })
  // Its next is there: it hands its rule to nobody.
  expect((await ada.tasks.complete({ id })).next).toBeNull()
  const [left, ...more] = (await ada.tasks.list({ completed: false })).items
  expect([left?.id, more]).toEqual([next?.id, []])
})

test('what was set and ended is taken back in any order without a series that has no start', async ({
  signUp,
}) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' } })
  const set = await ada.tasks.update({ id, recurrence: { rule: 'FREQ=WEEKLY' } })
  const changed = await ada.tasks.update({ id, recurrence: { rule: 'FREQ=DAILY' } })
  const ended = await ada.tasks.update({ id, recurrence: null })
  await ada.history.undo({ revision: set.revision, ifConflict: 'overwrite' })
  expect(await ada.tasks.get({ id })).toMatchObject({ recurrence: null, series: null })
  const conflict = { reason: 'UNDO_CONFLICT', conflicts: [{ fields: ['recurrence', 'series'] }] }
  await expect(ada.history.undo({ revision: changed.revision })).rejects.toMatchObject(conflict)
  await expect(ada.history.undo({ revision: ended.revision })).rejects.toMatchObject(conflict)
  await ada.history.undo({ revision: ended.revision, ifConflict: 'overwrite' })
  expect(await ada.tasks.get({ id })).toMatchObject({
    recurrence: changed.recurrence,
    series: changed.series,
  })
})

test('the history says what happened to the rule and the occurrence', async ({ signUp }) => {
  const ada = await signUp({ now })
  const task = await ada.tasks.create(weekly)
  const skipped = await ada.tasks.skip({ id: task.id })
  const done = await ada.tasks.complete({ id: task.id })
  const changesOf = async (revision: number) =>
    (await ada.history.get({ revision })).changes.find((change) => change.id === task.id)
  expect(await changesOf(skipped.revision)).toMatchObject({
    before: { due: task.due, recurrence: task.recurrence, series: task.series },
    after: { due: skipped.due, recurrence: task.recurrence, series: skipped.series },
  })
  expect(await changesOf(done.revision)).toMatchObject({
    before: { status: 'pending', recurrence: task.recurrence },
    after: { status: 'completed', recurrence: null, series: skipped.series },
  })
  const { items } = await ada.history.asOf({ at: skipped.revision })
  expect(items).toMatchObject([{ recurrence: task.recurrence, series: skipped.series, due: skipped.due }])
  expect((await ada.history.asOf({ at: task.revision })).items).toMatchObject([
    { due: task.due, series: task.series },
  ])
})

test(`completing, skipping and moving one never change the rule (seed ${seed})`, async ({ signUp }) => {
  const rule = fc.constantFrom(
    'FREQ=DAILY',
    'FREQ=DAILY;INTERVAL=3',
    'FREQ=WEEKLY;BYDAY=MO,WE,FR',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'FREQ=MONTHLY;BYDAY=2TU',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
  )
  const due = fc.constantFrom<Due>(
    { date: '2026-11-10' },
    { date: '2027-01-31' },
    { dateTime: '2026-10-24T07:00:00Z', timeZone: 'Europe/Paris' },
    { dateTime: '2026-11-01T05:30:00Z', timeZone: 'America/New_York' },
  )
  const step = fc.oneof(
    fc.constant({ do: 'complete' } as const),
    fc.constant({ do: 'skip' } as const),
    fc.constant({ do: 'detach' } as const),
    fc.record({ do: fc.constant('move' as const), days: fc.integer({ min: -40, max: 40 }) }),
  )
  const basis = fc.constantFrom('due' as const, 'completion' as const)
  const ada = await signUp({ timeZone: 'Europe/Paris', now })
  const run = async (
    given: { rule: string; basis: 'due' | 'completion' },
    first: Due,
    steps: (typeof step extends fc.Arbitrary<infer One> ? One : never)[],
  ) => {
    let task = await ada.tasks.create({ title: 'x', due: first, recurrence: given })
    const { recurrence, series } = task
    for (const one of steps) {
      const before = task
      const { id } = task
      if (one.do === 'skip') task = await ada.tasks.skip({ id })
      else if (one.do === 'move') task = await ada.tasks.update({ id, due: moved(task.due, one.days) })
      else task = (await ada.tasks[one.do]({ id })).next ?? task
      expect(task.recurrence).toEqual(recurrence)
      expect([task.series?.id, task.series?.start]).toEqual([series?.id, series?.start])
      expect(task.series?.number).toBe((before.series?.number ?? 0) + (one.do === 'move' ? 0 : 1))
      if (one.do === 'move') expect(task.series).toEqual(before.series)
      else {
        // A time is the same on the clock on the wall, a day a day; and the scheduled date is the one that is due.
        expect(task.series?.occurrence.slice(10)).toBe(series?.occurrence.slice(10))
        if (given.basis === 'due')
          expect(String(task.series?.occurrence) > String(before.series?.occurrence)).toBe(true)
        expect(localOf(task.due)).toBe(task.series?.occurrence)
      }
      if (one.do === 'complete' || one.do === 'detach') {
        expect(await ada.tasks.get({ id })).toMatchObject({
          recurrence: null,
          series: before.series,
          due: before.due,
        })
      }
    }
  }
  await fc.assert(
    fc.asyncProperty(fc.record({ rule, basis }), due, fc.array(step, { minLength: 1, maxLength: 8 }), run),
    { seed, numRuns: 12 },
  )
})

function moved(due: Due | null, days: number): Due | null {
  if (due === null) return null
  if ('date' in due) return { date: Temporal.PlainDate.from(due.date).add({ days }).toString() }
  const at = Temporal.Instant.from(due.dateTime).add({ hours: 24 * days })
  return { ...due, dateTime: at.toString() }
}

function localOf(due: Due | null): string | undefined {
  if (due === null || 'date' in due) return due?.date
  const at = Temporal.Instant.from(due.dateTime).toZonedDateTimeISO(due.timeZone).toPlainDateTime()
  return at.toString({ smallestUnit: 'second' })
}
