import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectOf } from './effects.ts'
import { standingTime } from './fake-browser.fixture.ts'
import type { Filter } from './filter.ts'
import { liveList } from './live-list.ts'
import { liveStats } from './live-stats.ts'
import { createModel } from './model.ts'
import { idsOf, type Queued, type Task } from './operation.ts'
import { createQueries } from './queries.ts'
import { newTask, step } from './random-tasks.fixture.ts'
import { makeOperation } from './write.ts'

const filters: Filter[] = [
  { sort: 'title', order: 'asc', completed: false },
  { sort: 'position', order: 'desc' },
  { sort: 'due_date', order: 'asc', due: 'overdue' },
]
const noon = Date.parse('2026-11-21T12:00:00Z')

/** Any order in which operations are heard of, acknowledged and taken away, and in which tasks come and go. */
const event = fc.oneof(
  { weight: 4, arbitrary: step.map((next) => ({ kind: 'add' as const, next })) },
  { weight: 2, arbitrary: fc.nat(20).map((which) => ({ kind: 'take' as const, which })) },
  fc.nat(20).map((which) => ({ kind: 'acknowledge' as const, which })),
  fc.tuple(fc.nat(20), newTask).map(([which, task]) => ({ kind: 'pull' as const, which, task })),
  fc.nat(20).map((which) => ({ kind: 'gone' as const, which })),
)

test('what is shown is what the server has with the outbox on top, however both came about', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.infiniteStream(fc.boolean()), (events, late) => {
      const model = createModel()
      const ids = Array.from({ length: 4 }, (_, at) => `00000000-0000-7000-8000-00000000000${at}`)
      const outbox: Queued[] = []
      const told = new Map<string, Task>()
      model.subscribe((changed) => {
        for (const id of changed) {
          const task = model.tasks.get(id)
          expect(task).not.toBe(told.get(id))
          if (task) told.set(id, task)
          else told.delete(id)
        }
      })
      const made = createQueries(model, () => ({ now: noon, timeZone: 'UTC' }), standingTime(noon))
      const lists = filters.map((filter) => ({ filter, list: made.queries.query(filter) }))
      const stats = made.queries.stats()
      for (const { list } of lists) list.subscribe(() => {})
      stats.subscribe(() => {})
      let seq = 0
      for (const [at, happened] of events.entries()) {
        const which = 'which' in happened ? happened.which : 0
        const id = ids[which % ids.length] ?? ''
        const queued = outbox[which % Math.max(1, outbox.length)]
        if (happened.kind === 'add') {
          const change = makeOperation(happened.next(ids), model, {
            basedOn: 0,
            now: noon + at,
            above: undefined,
          })
          if (change.path === 'tasks.create') ids.push(...idsOf(change))
          seq += 2
          // Another tab's operation, made before, may be heard of after.
          const place = late.next().value && seq > 2 ? seq - 3 : seq
          const operation = { ...change, seq: place, acknowledged: false }
          if (outbox.some((other) => other.seq === place)) continue
          outbox.push(operation)
          outbox.sort((a, b) => a.seq - b.seq)
          model.change({ add: [{ ...operation }] })
        } else if (happened.kind === 'take' && queued) {
          outbox.splice(outbox.indexOf(queued), 1)
          model.change({ remove: [queued.seq] })
        } else if (happened.kind === 'acknowledge' && queued) {
          queued.acknowledged = true
          model.change({ add: [{ ...queued }] })
        } else if (happened.kind === 'pull') {
          const task =
            model.tasks.get(id) ??
            effectOf(
              {
                path: 'tasks.create',
                input: { ...happened.task, id },
                opId: '',
                basedOn: 0,
                madeAt: '2026-11-21T12:00:00Z',
              },
              id,
              undefined,
            )
          if (task) model.change({ tasks: { put: [{ ...task, revision: at }], remove: [], only: false } })
        } else if (happened.kind === 'gone') {
          model.change({ tasks: { put: [], remove: [id], only: false } })
        }

        const expected = new Map(model.base)
        for (const operation of outbox)
          for (const one of idsOf(operation)) {
            const task = effectOf(operation, one, expected.get(one))
            if (task) expected.set(one, task)
            else expected.delete(one)
          }
        expect(new Map(model.tasks)).toEqual(expected)
        expect(told).toEqual(expected)
        for (const { filter, list } of lists) {
          const anew = liveList(model, filter, () => ({ now: noon, timeZone: 'UTC' })).live.get()
          expect(list.get()).toEqual(anew)
          expect(list.get()).toBe(list.get())
        }
        expect(stats.get()).toEqual(liveStats(model, () => ({ now: noon, timeZone: 'UTC' })).live.get())
        const waiting = outbox.filter(({ acknowledged }) => !acknowledged)
        expect(model.pending()).toBe(waiting.length)
        expect(model.next(1)[0]?.seq).toBe(waiting[0]?.seq)
      }
      made.stop()
    }),
    { numRuns: 300 },
  )
})

test('only changes of different tasks travel together', () => {
  const model = createModel()
  const [a, b, c] = ['a', 'b', 'c']
  const update = (id: string) => ({ path: 'tasks.update' as const, input: { id, title: 'x' } })
  const wanted = [
    update(a),
    update(b),
    { path: 'tasks.bulk' as const, input: { ids: [b, c], change: { completed: true } } },
    update(a),
    { path: 'tasks.reorder' as const, input: { id: c, after: null } },
    update(a),
    { path: 'tasks.create' as const, input: { title: 'new' } },
    { path: 'tasks.create' as const, input: { title: 'newer' } },
  ]
  model.change({
    add: wanted.map((one, at) => ({
      ...makeOperation(one, model, { basedOn: 0, now: noon, above: undefined }),
      seq: at + 1,
      acknowledged: false,
    })),
  })
  const groups: number[][] = []
  for (let group = model.next(5); group.length > 0; group = model.next(5)) {
    groups.push(group.map(({ seq }) => seq))
    model.change({ remove: group.map(({ seq }) => seq) })
  }
  expect(groups).toEqual([[1, 2], [3, 4], [5], [6], [7], [8]])
})
