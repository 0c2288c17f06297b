import fc from 'fast-check'
import { expect } from 'vitest'
import { seed } from '../random-changes.fixture.ts'
import { test, type SignedUp } from '../testing.fixture.ts'

async function travel(ada: SignedUp, timeZone: string): Promise<void> {
  Object.assign(ada.user, await ada.account.update({ timeZone }))
}

test('nine o’clock stays nine o’clock where clocks change', async ({ signUp }) => {
  for (const [timeZone, first, wall] of [
    // Forward and back, by an hour, by half an hour, and at midnight.
    ['Europe/Paris', '2026-03-28', '09:00:00'],
    ['Europe/Paris', '2026-10-24', '09:00:00'],
    ['America/New_York', '2026-03-07', '09:00:00'],
    ['Australia/Lord_Howe', '2026-04-04', '09:00:00'],
    ['Australia/Lord_Howe', '2026-10-03', '09:00:00'],
    ['Africa/Cairo', '2026-04-23', '09:00:00'],
    ['Asia/Kathmandu', '2026-11-21', '09:00:00'],
  ] as const) {
    const ada = await signUp({ now: `${first}T00:00:00Z`, timeZone: 'America/Los_Angeles' })
    const dateTime = Temporal.ZonedDateTime.from(`${first}T${wall}[${timeZone}]`).toInstant().toString()
    let task = await ada.tasks.create({
      title: 'x',
      due: { dateTime, timeZone },
      recurrence: { rule: 'FREQ=DAILY' },
    })
    for (let day = 1; day <= 3; day++) {
      const { next } = await ada.tasks.complete({ id: task.id })
      if (!next) throw new Error('the series ended')
      task = next
      const expected = Temporal.PlainDateTime.from(`${first}T${wall}`)
        .add({ days: day })
        .toZonedDateTime(timeZone)
      expect(task.due, `${timeZone} ${first}`).toEqual({
        dateTime: expected.toInstant().toString(),
        timeZone,
      })
    }
  }
})

test('a time that clocks skip is later on that day alone', async ({ signUp }) => {
  const timeZone = 'Europe/Paris'
  const ada = await signUp({ now: '2026-03-28T00:00:00Z', timeZone })
  const { id } = await ada.tasks.create({
    title: 'x',
    due: { dateTime: '2026-03-28T01:30:00Z', timeZone },
    recurrence: { rule: 'FREQ=DAILY' },
  })
  const skipped = (await ada.tasks.complete({ id })).next
  // 02:30 on the clock on the wall is 03:30 then.
  expect(skipped?.due).toEqual({ dateTime: '2026-03-29T01:30:00Z', timeZone })
  expect(skipped?.series?.occurrence).toBe('2026-03-29T02:30:00')
  const after = (await ada.tasks.complete({ id: skipped?.id ?? '' })).next
  expect(after?.due).toEqual({ dateTime: '2026-03-30T00:30:00Z', timeZone })
})

test(`a day is a day wherever its user travels, and a time is that of its own zone (seed ${seed})`, async ({
  signUp,
}) => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'))
  const start = fc.integer({ min: 0, max: 365 })
  const ada = await signUp()
  const run = async (home: string, trips: string[], days: number) => {
    const first = Temporal.PlainDate.from('2026-01-01').add({ days })
    await travel(ada, home)
    const noonOf = (date: Temporal.PlainDate, timeZone: string) =>
      date.toZonedDateTime({ timeZone, plainTime: '12:00' }).toInstant().toString()
    ada.clock.now = new Date(noonOf(first, home))
    const recurrence = { rule: 'FREQ=DAILY' }
    let day = await ada.tasks.create({ title: 'day', due: { date: first.toString() }, recurrence })
    let time = await ada.tasks.create({
      title: 'time',
      due: { dateTime: noonOf(first, home), timeZone: home },
      recurrence,
    })
    for (const [at, away] of trips.entries()) {
      const today = first.add({ days: at })
      await travel(ada, away)
      // At noon there, on the day on which it is due.
      ada.clock.now = new Date(noonOf(today, away))
      const tomorrow = today.add({ days: 1 })
      day = (await ada.tasks.complete({ id: day.id })).next ?? day
      expect(day.due, `${home} to ${away}`).toEqual({ date: tomorrow.toString() })
      // It may be yesterday or tomorrow at home, which decides what has been missed there.
      const atHome = ada.clock.now.toTemporalInstant().toZonedDateTimeISO(home).toPlainDate()
      const expected = Temporal.PlainDate.compare(atHome, tomorrow) > 0 ? atHome : tomorrow
      time = (await ada.tasks.complete({ id: time.id })).next ?? time
      expect(time.due, `${home} to ${away}`).toEqual({ dateTime: noonOf(expected, home), timeZone: home })
    }
  }
  await fc.assert(fc.asyncProperty(zone, fc.array(zone, { minLength: 1, maxLength: 3 }), start, run), {
    seed,
    numRuns: 12,
  })
})

test('where the rule counts from the completion it is the day of the task’s zone; of a day, the user’s', async ({
  signUp,
}) => {
  // At this moment it is the 20th in Pago Pago, the 21st in Paris and the 22nd on Kiritimati.
  const now = '2026-11-21T10:30:00Z'
  const recurrence = { rule: 'FREQ=DAILY;INTERVAL=2', basis: 'completion' } as const
  for (const [timeZone, date] of [
    ['Pacific/Pago_Pago', '2026-11-22'],
    ['Europe/Paris', '2026-11-23'],
    ['Pacific/Kiritimati', '2026-11-24'],
  ] as const) {
    const ada = await signUp({ now, timeZone: 'UTC' })
    const day = await ada.tasks.create({ title: 'day', due: { date: '2026-11-01' }, recurrence })
    const time = await ada.tasks.create({
      title: 'time',
      due: { dateTime: '2026-11-01T08:00:00Z', timeZone },
      recurrence,
    })
    // Both were made before the journey.
    await travel(ada, timeZone)
    expect((await ada.tasks.complete({ id: day.id })).next?.due, timeZone).toEqual({ date })
    await travel(ada, 'Asia/Tokyo')
    const { next } = await ada.tasks.complete({ id: time.id })
    expect(next?.series?.occurrence.slice(0, 10), timeZone).toBe(date)
    expect(next?.due).toMatchObject({ timeZone })
  }
})
