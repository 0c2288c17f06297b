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

describe('a rule given to a task', () => {
  test('begins a series at its date', async ({ signUp }) => {
    const ada = await signUp({ now })
    const rent = await ada.tasks.create({
      title: 'Rent',
      due: { date: '2026-12-01' },
      recurrence: { rule: 'rrule:freq=monthly;bymonthday=1' },
    })
    expect(rent).toMatchObject({
      due: { date: '2026-12-01' },
      recurrence: { rule: 'FREQ=MONTHLY;BYMONTHDAY=1', basis: 'due' },
      series: { start: '2026-12-01', occurrence: '2026-12-01', number: 1 },
      revision: 1,
    })
    expect(await ada.tasks.get({ id: rent.id })).toEqual(rent)
  })

  test('finds the first date from the user’s today on, as a day', async ({ signUp }) => {
    // It is Sunday already on Kiritimati.
    const ada = await signUp({ timeZone: 'Pacific/Kiritimati', now })
    const make = (rule: string) => ada.tasks.create({ title: 'x', recurrence: { rule } })
    expect((await make('FREQ=DAILY')).due).toEqual({ date: '2026-11-22' })
    expect((await make('FREQ=WEEKLY;BYDAY=MO')).due).toEqual({ date: '2026-11-23' })
    expect((await make('FREQ=WEEKLY;BYDAY=SU')).due).toEqual({ date: '2026-11-22' })
    const plain = await ada.tasks.create({ title: 'x' })
    const given = await ada.tasks.update({
      id: plain.id,
      recurrence: { rule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29' },
    })
    expect(of(given)).toMatchObject({ due: { date: '2028-02-29' }, number: 1 })
  })

  test('that is none, or never occurs, is refused with what to do', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id } = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' } })
    for (const [rule, message] of [
      ['every day', /^Write a rule like FREQ=/],
      ['FREQ=HOURLY', /^FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY/],
      ['FREQ=DAILY;COUNT=2;UNTIL=20270101', /^Give COUNT or UNTIL, not both/],
      ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /^This rule names no day that exists/],
      ['FREQ=DAILY;BYHOUR=9', /^Leave BYHOUR out/],
    ] as const) {
      const refused = {
        reason: 'BAD_INPUT',
        issues: [{ path: 'recurrence.rule', message: expect.stringMatching(message) }],
      }
      await expect(ada.tasks.create({ title: 'x', recurrence: { rule } }), rule).rejects.toMatchObject(
        refused,
      )
      await expect(ada.tasks.update({ id, recurrence: { rule } }), rule).rejects.toMatchObject(refused)
      await expect(ada.tasks.preview({ recurrence: { rule } }), rule).rejects.toMatchObject(refused)
    }
    await expect(
      ada.tasks.create({ title: 'x', recurrence: { rule: 'FREQ=DAILY;UNTIL=20261120' } }),
    ).rejects.toMatchObject({
      issues: [{ path: 'recurrence.rule', message: expect.stringMatching(/give a later UNTIL/) }],
    })
    expect((await ada.tasks.list({})).items).toHaveLength(1)
    expect((await ada.tasks.get({ id })).revision).toBe(1)
  })

  test('and outside the calendar of its zone is refused', async ({ signUp }) => {
    const ada = await signUp({ now })
    for (const due of [
      { dateTime: '9999-12-31T23:00:00Z', timeZone: 'Pacific/Kiritimati' },
      { dateTime: '0001-01-01T00:00:00Z', timeZone: 'America/New_York' },
    ]) {
      await expect(
        ada.tasks.create({ title: 'x', due, recurrence: { rule: 'FREQ=DAILY' } }),
      ).rejects.toMatchObject({ reason: 'BAD_INPUT', issues: [{ path: 'due' }] })
      const daily = await ada.tasks.create({ title: 'x', recurrence: { rule: 'FREQ=DAILY' } })
      await expect(ada.tasks.update({ id: daily.id, due })).rejects.toMatchObject({ reason: 'BAD_INPUT' })
      // Without a rule it is a date like others.
      expect((await ada.tasks.create({ title: 'x', due })).due).toEqual(due)
      expect((await ada.tasks.update({ id: daily.id, recurrence: null, due })).due).toEqual(due)
    }
  })

  test('to a completed task has its next at once', async ({ signUp }) => {
    const ada = await signUp({ now })
    const done = await ada.tasks.create({
      title: 'Water',
      completed: true,
      due: { date: '2026-11-21' },
      recurrence: weekly,
    })
    expect(of(done)).toEqual({ due: { date: '2026-11-21' }, rule: null, number: 1, status: 'completed' })
    const [next] = (await ada.tasks.list({ completed: false })).items
    expect(next && of(next)).toMatchObject({ due: { date: '2026-11-28' }, rule: 'FREQ=WEEKLY', number: 2 })
  })
})

describe('completing', () => {
  test('makes the next, with all that the task carries', async ({ signUp }) => {
    const ada = await signUp({ now })
    const task = await ada.tasks.create({
      title: 'Water the plants',
      description: 'All of them',
      priority: 'high',
      due: { date: '2026-11-21' },
      recurrence: weekly,
    })
    const { next, openSubtasks, ...done } = await ada.tasks.complete({ id: task.id, ifRevision: 1 })
    expect(openSubtasks).toBe(0)
    expect(of(done)).toEqual({ due: task.due, rule: null, number: 1, status: 'completed' })
    expect(next).toEqual({
      ...task,
      id: expect.any(String),
      number: 2,
      due: { date: '2026-11-28' },
      series: { ...task.series, occurrence: '2026-11-28', number: 2 },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
      revision: 2,
    })
    expect(done.revision).toBe(2)
    expect(await ada.tasks.get({ id: next?.id ?? '' })).toEqual(next)
    // One page of the delta has both.
    expect(await ada.sync.pull({ since: 1 })).toMatchObject({
      tasks: expect.arrayContaining([done, next]),
      cursor: null,
    })
  })

  test('again, or what was reopened, makes no second', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id } = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    expect((await ada.tasks.complete({ id })).next).not.toBeNull()
    expect((await ada.tasks.complete({ id })).next).toBeNull()
    await ada.tasks.reopen({ id })
    expect((await ada.tasks.complete({ id })).next).toBeNull()
    await ada.tasks.bulk({ ids: [id], change: { completed: false } })
    await ada.tasks.bulk({ ids: [id], change: { completed: true } })
    expect((await ada.tasks.list({ completed: false })).items).toHaveLength(1)
    expect(await ada.tasks.stats()).toMatchObject({ total: 2 })
  })

  test('passes over what was missed, and what lies ahead only where it is completed early', async ({
    signUp,
  }) => {
    const ada = await signUp({ now })
    const nextOf = async (due: Due, rule: string, basis: 'due' | 'completion' = 'due') => {
      const { id } = await ada.tasks.create({ title: 'x', due, recurrence: { rule, basis } })
      return (await ada.tasks.complete({ id })).next?.due
    }
    expect(await nextOf({ date: '2026-11-10' }, 'FREQ=DAILY')).toEqual({ date: '2026-11-21' })
    expect(await nextOf({ date: '2026-11-20' }, 'FREQ=DAILY')).toEqual({ date: '2026-11-21' })
    expect(await nextOf({ date: '2026-11-21' }, 'FREQ=DAILY')).toEqual({ date: '2026-11-22' })
    expect(await nextOf({ date: '2026-11-23' }, 'FREQ=DAILY')).toEqual({ date: '2026-11-24' })
    expect(await nextOf({ date: '2026-09-01' }, 'FREQ=MONTHLY')).toEqual({ date: '2026-12-01' })
    expect(await nextOf({ date: '2026-10-31' }, 'FREQ=MONTHLY')).toEqual({ date: '2026-12-31' })
    expect(await nextOf({ date: '2026-11-10' }, 'FREQ=DAILY;INTERVAL=3', 'completion')).toEqual({
      date: '2026-11-24',
    })
    expect(await nextOf({ date: '2026-11-30' }, 'FREQ=DAILY;INTERVAL=3', 'completion')).toEqual({
      date: '2026-11-24',
    })
    expect(await nextOf({ date: '2026-11-20' }, 'FREQ=DAILY;UNTIL=20261120')).toBeUndefined()
  })

  test('ends the series where the rule ends', async ({ signUp }) => {
    const ada = await signUp({ now })
    let task = await ada.tasks.create({
      title: 'x',
      due: { date: '2026-11-21' },
      recurrence: { rule: 'FREQ=DAILY;COUNT=3' },
    })
    const dues = []
    for (;;) {
      dues.push(task.due)
      const { next } = await ada.tasks.complete({ id: task.id })
      if (!next) break
      task = next
    }
    expect(dues).toEqual([{ date: '2026-11-21' }, { date: '2026-11-22' }, { date: '2026-11-23' }])
    expect(of(await ada.tasks.get({ id: task.id }))).toMatchObject({
      rule: null,
      number: 3,
      status: 'completed',
    })
  })

  test('by update, with other changes, hands those on as well', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id } = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    await ada.tasks.update({ id, status: 'completed', title: 'y', recurrence: { rule: 'FREQ=DAILY' } })
    const [next] = (await ada.tasks.list({ completed: false })).items
    expect(next).toMatchObject({
      title: 'y',
      due: { date: '2026-11-22' },
      recurrence: { rule: 'FREQ=DAILY' },
    })
  })

  test('while ending it makes none', async ({ signUp }) => {
    const ada = await signUp({ now })
    const { id } = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    await ada.tasks.update({ id, completed: true, recurrence: null })
    expect(await ada.tasks.stats()).toMatchObject({ total: 1, completed: 1 })
  })

  test('a thousand at once makes a next of each, in one revision', async ({ signUp, database }) => {
    const ada = await signUp({ now })
    await database.query(
      `insert into tasks (user_id, title, due_date, due_all_day, recurrence, recurrence_basis, series_id, series_start, occurrence, occurrence_number)
       select $1, 'task ' || n, '2026-11-21Z', true, case n % 2 when 0 then 'FREQ=DAILY' end, case n % 2 when 0 then 'due' end, gen_random_uuid(), '2026-11-21', '2026-11-21', 1
       from generate_series(1, 1000) n`,
      [ada.user.id],
    )
    const rows = await database.query<{ id: string }>('select id from tasks where user_id = $1', [
      ada.user.id,
    ])
    await ada.tasks.bulk({ ids: rows.map(({ id }) => id), change: { completed: true } })
    const open = await ada.tasks.list({ completed: false, limit: 500, total: true })
    expect(open.total).toBe(500)
    expect(
      new Set(
        open.items.map((task) =>
          JSON.stringify([task.due, task.recurrence, task.series?.number, task.revision]),
        ),
      ),
    ).toEqual(new Set([JSON.stringify([{ date: '2026-11-22' }, { rule: 'FREQ=DAILY', basis: 'due' }, 2, 2])]))
    await ada.history.undo({ revision: 2 })
    expect(await ada.tasks.stats()).toMatchObject({ total: 1000, completed: 0 })
  })

  test('of another user’s task, or at another revision, makes nothing', async ({ signUp }) => {
    const [ada, eve] = [await signUp({ now }), await signUp({ now })]
    const task = await ada.tasks.create({ title: 'x', due: { date: '2026-11-21' }, recurrence: weekly })
    const { id } = task
    for (const procedure of ['complete', 'skip', 'detach'] as const) {
      await expect(eve.tasks[procedure]({ id })).rejects.toMatchObject({ reason: 'TASK_NOT_FOUND' })
      await expect(ada.tasks[procedure]({ id, ifRevision: 7 })).rejects.toMatchObject({
        reason: 'REVISION_CONFLICT',
        current: task,
      })
    }
    expect((await ada.tasks.list({})).items).toEqual([task])
  })
})
