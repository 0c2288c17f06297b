import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import { test, type SignedUp } from '../testing.fixture.ts'
import type { Due } from './schema.ts'

// Saturday.
const now = '2026-11-21T12:00:00Z'
const weekly = { rule: 'FREQ=WEEKLY', basis: 'due' } as const

/** What a task says of its occurrence. */
function of({ due, recurrence, series, status }: Awaited<ReturnType<SignedUp['tasks']['get']>>) {
  return { due, rule: recurrence?.rule ?? null, number: series?.number ?? null, status }
}

test('skipping moves the same task on, and ends with the series', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create({
    title: 'x',
    status: 'in_progress',
    due: { date: '2026-11-21' },
    recurrence: { rule: 'FREQ=WEEKLY;UNTIL=20261205' },
  })
  expect(await ada.tasks.skip({ id, ifRevision: 1 })).toMatchObject({
    id,
    due: { date: '2026-11-28' },
    status: 'pending',
    series: { start: '2026-11-21', occurrence: '2026-11-28', number: 2 },
    revision: 2,
  })
  expect(of(await ada.tasks.skip({ id }))).toMatchObject({ due: { date: '2026-12-05' }, number: 3 })
  expect(of(await ada.tasks.skip({ id }))).toEqual({
    due: { date: '2026-12-05' },
    rule: null,
    number: 3,
    status: 'completed',
  })
  await expect(ada.tasks.skip({ id })).rejects.toMatchObject({ reason: 'NOT_RECURRING' })
  expect(await ada.tasks.stats()).toMatchObject({ total: 1 })
})

test('a detached occurrence is its own, and the next carries the rule', async ({ signUp }) => {
  const ada = await signUp({ now })
  const { id } = await ada.tasks.create({ title: 'Call', due: { date: '2026-11-21' }, recurrence: weekly })
  const { task, next } = await ada.tasks.detach({ id })
  expect(of(task)).toEqual({ due: { date: '2026-11-21' }, rule: null, number: 1, status: 'pending' })
  expect(next && of(next)).toMatchObject({ due: { date: '2026-11-28' }, rule: 'FREQ=WEEKLY', number: 2 })
  await ada.tasks.update({ id, title: 'Call, in the evening' })
  expect(await ada.tasks.get({ id: next?.id ?? '' })).toEqual(next)
  expect((await ada.tasks.complete({ id })).next).toBeNull()
  await expect(ada.tasks.detach({ id })).rejects.toMatchObject({ reason: 'NOT_RECURRING' })
})

describe('changing', () => {
  test('the date postpones this one alone', async ({ signUp }) => {
    const ada = await signUp({ now })
    const task = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    const moved = await ada.tasks.update({ id: task.id, due: { date: '2026-11-25' } })
    expect(moved).toMatchObject({ recurrence: weekly, series: task.series })
    await ada.tasks.bulk({ ids: [task.id], change: { due: { date: '2026-11-26' } } })
    expect((await ada.tasks.complete({ id: task.id })).next?.due).toEqual({ date: '2026-11-28' })
  })

  test('a day to a time, a time to a day, or the zone, is a new schedule by the same rule', async ({
    signUp,
  }) => {
    const ada = await signUp({ now, timeZone: 'Europe/Paris' })
    const { id, series } = await ada.tasks.create({
      title: 'x',
      due: { date: '2026-11-21' },
      recurrence: weekly,
    })
    const startOf = async (due: Due) => (await ada.tasks.update({ id, due })).series
    const at = (occurrence: string) => ({ ...series, start: occurrence, occurrence })
    const nine = { dateTime: '2026-11-23T08:00:00Z', timeZone: 'Europe/Paris' }
    expect(await startOf(nine)).toEqual(at('2026-11-23T09:00:00'))
    // Postponed.
    expect(await startOf({ ...nine, dateTime: '2026-11-24T10:00:00Z' })).toEqual(at('2026-11-23T09:00:00'))
    expect(await startOf({ ...nine, timeZone: 'Asia/Tokyo' })).toEqual(at('2026-11-23T17:00:00'))
    expect(await startOf({ date: '2026-11-25' })).toEqual(at('2026-11-25'))
    expect((await ada.tasks.complete({ id })).next?.due).toEqual({ date: '2026-12-02' })
  })

  test('to no date ends it', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id, series } = await ada.tasks.create({ title: 'x', recurrence: weekly })
    expect(await ada.tasks.update({ id, due: null })).toMatchObject({ due: null, recurrence: null, series })
    expect(await ada.tasks.update({ id, due: null, recurrence: weekly })).toMatchObject({
      due: { date: '2026-11-21' },
      recurrence: weekly,
    })
    await ada.tasks.bulk({ ids: [id], change: { due: null } })
    expect((await ada.tasks.complete({ id })).next).toBeNull()
  })

  test('the rule is for what comes, in the same series', async ({ signUp }) => {
    const ada = await signUp({ now })
    const first = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    const { next } = await ada.tasks.complete({ id: first.id })
    const id = next?.id ?? ''
    await ada.tasks.update({ id, due: { date: '2026-11-30' } })
    const changed = await ada.tasks.update({ id, recurrence: { rule: 'FREQ=DAILY;INTERVAL=10;COUNT=2' } })
    expect(changed).toMatchObject({
      due: { date: '2026-11-30' },
      series: { id: first.series?.id, start: '2026-11-28', occurrence: '2026-11-28', number: 2 },
    })
    // COUNT is from here on: this one and one more.
    const third = (await ada.tasks.complete({ id })).next
    expect(third && of(third)).toMatchObject({ due: { date: '2026-12-08' }, number: 3 })
    expect((await ada.tasks.complete({ id: third?.id ?? '' })).next).toBeNull()
    expect(of(await ada.tasks.get({ id: first.id }))).toMatchObject({
      due: { date: '2026-11-21' },
      number: 1,
    })
  })

  test('the rule of what is over is refused while the series goes on, and begins another when it has ended', async ({
    signUp,
  }) => {
    const ada = await signUp({ now })
    const { id, series } = await ada.tasks.create({ title: 'x', recurrence: weekly })
    const { next } = await ada.tasks.complete({ id })
    const daily = { rule: 'FREQ=DAILY' }
    const refused = { reason: 'BAD_INPUT', issues: [{ path: 'recurrence' }] }
    await expect(ada.tasks.update({ id, recurrence: daily })).rejects.toMatchObject(refused)
    await ada.tasks.reopen({ id })
    await expect(ada.tasks.update({ id, recurrence: daily })).rejects.toMatchObject(refused)
    await ada.tasks.update({ id: next?.id ?? '', recurrence: null })
    const another = await ada.tasks.update({ id, recurrence: daily })
    expect(another).toMatchObject({ recurrence: daily, series: { number: 1 } })
    expect(another.series?.id).not.toBe(series?.id)
  })

  test('the rule together with the date starts from there', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id, series } = await ada.tasks.create({ title: 'x', recurrence: weekly })
    expect(
      await ada.tasks.update({ id, due: { date: '2026-12-24' }, recurrence: { rule: 'FREQ=YEARLY' } }),
    ).toMatchObject({ series: { id: series?.id, start: '2026-12-24', occurrence: '2026-12-24', number: 1 } })
  })

  test('to a COUNT that is over already is refused where it counts completions', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id } = await ada.tasks.create({
      title: 'x',
      recurrence: { rule: 'FREQ=DAILY', basis: 'completion' },
    })
    const second = (await ada.tasks.complete({ id })).next?.id ?? ''
    await expect(
      ada.tasks.update({ id: second, recurrence: { rule: 'FREQ=DAILY;COUNT=1', basis: 'completion' } }),
    ).rejects.toMatchObject({ reason: 'BAD_INPUT', issues: [{ path: 'recurrence.rule' }] })
  })
})

test('occurrences are those that are over, the last first, page by page', async ({ signUp }) => {
  const ada = await signUp({ now })
  let task = await ada.tasks.create({
    title: 'x',
    due: { date: '2026-11-21' },
    recurrence: { rule: 'FREQ=DAILY' },
  })
  const seriesId = task.series?.id ?? ''
  for (const procedure of ['complete', 'complete', 'detach', 'skip', 'complete'] as const) {
    if (procedure === 'skip') task = await ada.tasks.skip({ id: task.id })
    else task = (await ada.tasks[procedure]({ id: task.id })).next ?? task
  }
  const numbers = async (input: Parameters<typeof ada.tasks.occurrences>[0]) => {
    const { items, nextCursor } = await ada.tasks.occurrences(input)
    return { numbers: items.map(({ series }) => series?.number), nextCursor }
  }
  // The fourth was skipped, the sixth is to come.
  expect(await numbers({ id: task.id })).toEqual({ numbers: [5, 3, 2, 1], nextCursor: null })
  expect(await numbers({ seriesId })).toEqual({ numbers: [5, 3, 2, 1], nextCursor: null })
  const page = await numbers({ seriesId, limit: 3 })
  expect(page).toEqual({ numbers: [5, 3, 2], nextCursor: expect.any(String) })
  expect(await numbers({ id: task.id, limit: 3, cursor: page.nextCursor ?? '' })).toEqual({
    numbers: [1],
    nextCursor: null,
  })
  await expect(
    ada.tasks.occurrences({ seriesId: randomUUID(), cursor: page.nextCursor ?? '' }),
  ).rejects.toMatchObject({
    reason: 'CURSOR_INVALID',
  })
  const eve = await signUp({ now })
  await expect(eve.tasks.occurrences({ id: task.id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
  expect(await eve.tasks.occurrences({ seriesId })).toEqual({ items: [], nextCursor: null })
  const single = await ada.tasks.create({ title: 'y' })
  expect(await numbers({ id: single.id })).toEqual({ numbers: [], nextCursor: null })
})

test('a preview says the next five dates, and the rule in words', async ({ signUp }) => {
  const ada = await signUp({ now, timeZone: 'Europe/Paris' })
  expect(await ada.tasks.preview({ recurrence: { rule: 'freq=weekly;byday=tu' } })).toEqual({
    rule: 'FREQ=WEEKLY;BYDAY=TU',
    dues: ['2026-11-24', '2026-12-01', '2026-12-08', '2026-12-15', '2026-12-22'].map((date) => ({ date })),
    sentence: 'every week on Tuesday',
  })
  const timeZone = 'Europe/Paris'
  // Over the end of summer time it stays nine o'clock.
  expect(
    (
      await ada.tasks.preview({
        due: { dateTime: '2026-10-24T07:00:00Z', timeZone },
        recurrence: { rule: 'FREQ=DAILY;COUNT=2' },
      })
    ).dues,
  ).toEqual([
    { dateTime: '2026-10-24T07:00:00Z', timeZone },
    { dateTime: '2026-10-25T08:00:00Z', timeZone },
  ])
  expect(
    (
      await ada.tasks.preview({
        due: { date: '2027-01-31' },
        recurrence: { rule: 'FREQ=MONTHLY', basis: 'completion' },
      })
    ).dues,
  ).toContainEqual({ date: '2027-02-28' })
  expect(ada.news).toEqual([])
})
