import { expect } from 'vitest'
import { test } from '../testing.fixture.ts'
import type { Task } from './row.ts'

const titles = ({ items }: { items: Task[] }) => items.map(({ title }) => title).toSorted()

test('a day comes back as that day, and an instant as that instant with its zone', async ({ signUp }) => {
  const ada = await signUp({ timeZone: 'Pacific/Kiritimati' })
  for (const due of [
    { date: '2026-11-21' },
    { date: '2024-02-29' },
    { date: '0001-01-01' },
    { date: '9999-12-31' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: 'Europe/Paris' },
    { dateTime: '0001-01-01T00:00:00Z', timeZone: 'UTC' },
    { dateTime: '9999-12-31T23:59:59.999999Z', timeZone: 'America/St_Johns' },
    { dateTime: '2026-03-29T01:00:00.123456Z', timeZone: 'Europe/Berlin' },
  ]) {
    const { id } = await ada.tasks.create({ title: 'x', due })
    expect((await ada.tasks.get({ id })).due).toEqual(due)
  }
})

test('an instant given with an offset is the same instant in UTC', async ({ signUp }) => {
  const ada = await signUp()
  const timeZone = 'Asia/Kathmandu'
  for (const [given, stored] of [
    ['2026-11-21T09:00:00+05:45', '2026-11-21T03:15:00Z'],
    ['2026-11-21T09:00:00.5-12:00', '2026-11-21T21:00:00.5Z'],
    ['0001-01-01T02:00:00+02:00', '0001-01-01T00:00:00Z'],
  ] as const) {
    const { due } = await ada.tasks.create({ title: 'x', due: { dateTime: given, timeZone } })
    expect(due).toEqual({ dateTime: stored, timeZone })
  }
})

test('days and instants that do not exist, and zones that are none, are refused', async ({ signUp }) => {
  const ada = await signUp()
  const timeZone = 'UTC'
  for (const due of [
    { date: '2026-02-29' },
    { date: '2100-02-29' },
    { date: '2026-02-30' },
    { date: '2026-04-31' },
    { date: '2026-13-01' },
    { date: '2026-00-10' },
    { date: '2026-01-00' },
    { date: '0000-01-01' },
    { date: '10000-01-01' },
    { date: '+010000-01-01' },
    { date: '-0001-01-01' },
    { date: '2026-1-1' },
    { date: '2026-11-21T00:00:00Z' },
    { date: ' 2026-11-21' },
    { date: '２０２６-11-21' },
    { date: 20261121 },
    { date: 'infinity' },
    { dateTime: '2026-11-21T09:00:00', timeZone },
    { dateTime: '2026-11-21', timeZone },
    { dateTime: '2026-02-30T09:00:00Z', timeZone },
    { dateTime: '2026-11-21T24:00:01Z', timeZone },
    { dateTime: '2026-11-21T25:00:00Z', timeZone },
    { dateTime: '2026-11-21T09:60:00Z', timeZone },
    { dateTime: '2026-11-21T09:00:61Z', timeZone },
    { dateTime: '2026-11-21T09:00:00+25:00', timeZone },
    { dateTime: '2026-11-21T09:00:00.1234567Z', timeZone },
    { dateTime: '0000-12-31T23:59:59Z', timeZone },
    { dateTime: '0001-01-01T00:00:00+00:01', timeZone },
    { dateTime: '9999-12-31T23:59:59-00:01', timeZone },
    { dateTime: '2026-11-21T09:00:00Z' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: '' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: '+02:00' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: 'Mars/Olympus' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: 'Europe/Paris\u0000' },
    { dateTime: '2026-11-21T09:00:00Z', timeZone: '../etc/passwd' },
    { date: '2026-11-21', timeZone },
    { date: '2026-11-21', dateTime: '2026-11-21T09:00:00Z', timeZone },
    {},
    '2026-11-21',
    [],
  ]) {
    const named = JSON.stringify(due)
    const refused = { reason: 'BAD_INPUT' }
    await expect(ada.tasks.create({ title: 'x', due: due as never }), named).rejects.toMatchObject(refused)
  }
  expect(await ada.tasks.stats()).toMatchObject({ total: 0 })
})

test('today is the day of the user’s zone, for days and for instants', async ({ signUp }) => {
  // At this moment it is the 20th in Honolulu, the 21st in Paris and the 22nd on Kiritimati.
  const now = '2026-11-21T10:30:00Z'
  for (const [timeZone, today, yesterday, tomorrow] of [
    ['Pacific/Pago_Pago', '2026-11-20', '2026-11-19', '2026-11-21'],
    ['America/Los_Angeles', '2026-11-21', '2026-11-20', '2026-11-22'],
    ['UTC', '2026-11-21', '2026-11-20', '2026-11-22'],
    ['Asia/Kathmandu', '2026-11-21', '2026-11-20', '2026-11-22'],
    ['Pacific/Kiritimati', '2026-11-22', '2026-11-21', '2026-11-23'],
  ] as const) {
    const ada = await signUp({ timeZone, now })
    const start = Temporal.PlainDate.from(today).toZonedDateTime(timeZone)
    const at = (time: Temporal.ZonedDateTime) => ({
      dateTime: time.toInstant().toString(),
      timeZone: 'Europe/Paris',
    })
    await ada.tasks.create({ title: 'yesterday', due: { date: yesterday } })
    await ada.tasks.create({ title: 'today', due: { date: today } })
    await ada.tasks.create({ title: 'tomorrow', due: { date: tomorrow } })
    await ada.tasks.create({ title: 'just before', due: at(start.subtract({ seconds: 1 })) })
    await ada.tasks.create({ title: 'at its start', due: at(start) })
    await ada.tasks.create({ title: 'at its end', due: at(start.add({ days: 1 }).subtract({ seconds: 1 })) })
    await ada.tasks.create({ title: 'just after', due: at(start.add({ days: 1 })) })

    expect(titles(await ada.tasks.list({ due: 'today' })), timeZone).toEqual([
      'at its end',
      'at its start',
      'today',
    ])
    expect(titles(await ada.tasks.list({ due: { before: today } })), timeZone).toEqual([
      'just before',
      'yesterday',
    ])
    expect(titles(await ada.tasks.list({ due: { after: today } })), timeZone).toEqual([
      'just after',
      'tomorrow',
    ])
    expect(titles(await ada.tasks.list({ due: { after: yesterday, before: tomorrow } })), timeZone).toEqual([
      'at its end',
      'at its start',
      'today',
    ])
    expect(await ada.tasks.stats(), timeZone).toMatchObject({ dueToday: 3 })
  }
})

test('a day is overdue when it is over for the user, an instant at once, and what is done never', async ({
  signUp,
}) => {
  const ada = await signUp({ timeZone: 'America/New_York', now: '2026-11-21T04:59:59Z' })
  const make = (title: string, due: object, more: object = {}) =>
    ada.tasks.create({ title, due: due as never, ...more })
  await make('day', { date: '2026-11-20' })
  await make('instant', { dateTime: '2026-11-21T05:00:00Z', timeZone: 'UTC' })
  await make('done', { date: '2026-11-01' }, { completed: true })
  await ada.tasks.create({ title: 'never due' })
  const overdue = async () => titles(await ada.tasks.list({ due: 'overdue' }))

  expect(await overdue()).toEqual([])
  ada.clock.now = new Date('2026-11-21T05:00:00Z')
  expect(await overdue()).toEqual(['day'])
  ada.clock.now = new Date('2026-11-21T05:00:00.001Z')
  expect(await overdue()).toEqual(['day', 'instant'])
  expect(await ada.tasks.stats()).toMatchObject({ overdue: 2 })
})

test('on days of 23 and 25 hours, and where clocks skip midnight, today is all of the day', async ({
  signUp,
}) => {
  for (const [timeZone, day, first, last] of [
    // Spring in Paris and autumn in New York.
    ['Europe/Paris', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T04:59:59Z'],
    // In Cairo clocks go from 00:00 to 01:00: the day begins with 01:00.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', '2026-04-24T20:59:59Z'],
    // Lord Howe changes by half an hour.
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00Z', '2026-04-05T13:29:59Z'],
    // Samoa left out the whole of 30 December 2011, and the 31st followed the 29th.
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00Z', '2011-12-31T09:59:59Z'],
  ] as const) {
    const instants = [
      ['before', Temporal.Instant.from(first).subtract({ seconds: 1 }).toString()],
      ['first', first],
      ['last', last],
      ['after', Temporal.Instant.from(last).add({ seconds: 1 }).toString()],
    ] as const
    for (const now of [first, last]) {
      const ada = await signUp({ timeZone, now })
      for (const [title, dateTime] of instants) {
        await ada.tasks.create({ title, due: { dateTime, timeZone } })
      }
      await ada.tasks.create({ title: 'the day', due: { date: day } })
      expect(titles(await ada.tasks.list({ due: 'today' })), `${timeZone} ${now}`).toEqual([
        'first',
        'last',
        'the day',
      ])
    }
  }
})

test('before and after take instants too, and none finds what has no date', async ({ signUp }) => {
  const ada = await signUp({ timeZone: 'Asia/Tokyo' })
  await ada.tasks.create({ title: 'nothing' })
  await ada.tasks.create({
    title: 'early',
    due: { dateTime: '2026-11-21T08:59:59.999999Z', timeZone: 'UTC' },
  })
  await ada.tasks.create({ title: 'exact', due: { dateTime: '2026-11-21T09:00:00Z', timeZone: 'UTC' } })
  await ada.tasks.create({ title: 'late', due: { dateTime: '2026-11-21T09:00:00.000001Z', timeZone: 'UTC' } })
  const found = async (due: object) => titles(await ada.tasks.list({ due }))
  expect(await found({ before: '2026-11-21T09:00:00Z' })).toEqual(['early'])
  expect(await found({ after: '2026-11-21T18:00:00+09:00' })).toEqual(['late'])
  expect(await found({ after: '2026-11-21T08:00:00Z', before: '2026-11-21T10:00:00Z' })).toHaveLength(3)
  expect(titles(await ada.tasks.list({ due: 'none' }))).toEqual(['nothing'])
})

test('the edges of time can be asked for in every zone', async ({ signUp }) => {
  for (const timeZone of ['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'America/St_Johns']) {
    const ada = await signUp({ timeZone })
    await ada.tasks.create({ title: 'first', due: { date: '0001-01-01' } })
    await ada.tasks.create({ title: 'last', due: { date: '9999-12-31' } })
    const found = async (due: object) => titles(await ada.tasks.list({ due }))
    expect(await found({ before: '9999-12-31' }), timeZone).toEqual(['first'])
    expect(await found({ after: '0001-01-01' }), timeZone).toEqual(['last'])
    expect(await found({ before: '0001-01-01' }), timeZone).toEqual([])
    expect(await found({ after: '9999-12-31' }), timeZone).toEqual([])
    for (const now of ['0001-01-01T12:00:00Z', '9999-12-31T12:00:00Z']) {
      ada.clock.now = new Date(now)
      await ada.tasks.list({ due: 'today' })
      await ada.tasks.list({ due: 'overdue' })
      await ada.tasks.stats()
    }
  }
})

test('the zone of the account decides at once', async ({ signUp }) => {
  const ada = await signUp({ timeZone: 'UTC', now: '2026-11-21T23:30:00Z' })
  await ada.tasks.create({ title: 'x', due: { date: '2026-11-22' } })
  expect((await ada.tasks.list({ due: 'today' })).items).toEqual([])
  Object.assign(ada.user, await ada.account.update({ timeZone: 'Europe/Paris' }))
  expect(titles(await ada.tasks.list({ due: 'today' }))).toEqual(['x'])
})
