import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyEffects } from './effects.ts'
import { standingTime } from './fake-browser.fixture.ts'
import type { Filter } from './filter.ts'
import { liveCounts } from './live-counts.ts'
import { liveList } from './live-list.ts'
import { liveRows } from './live-rows.ts'
import { liveStats } from './live-stats.ts'
import { createModel } from './model.ts'
import { idsOf, type Operation, type Queued } from './operation.ts'
import { createQueries } from './queries.ts'
import { step, type Known } from './random-steps.fixture.ts'
import { eachKind, kinds, noRows, type Kind, type ReadonlyRows, type RowChange } from './rows.ts'
import { createState } from './state.ts'
import { makeOperation } from './write.ts'

const filters: Filter[] = [
  { sort: 'title', order: 'asc', completed: false },
  { sort: 'position', order: 'desc' },
  { sort: 'due_date', order: 'asc', due: 'overdue' },
  { sort: 'position', order: 'asc', parentId: '00000000-0000-7000-8000-000000000000' },
]
const noon = Date.parse('2026-11-21T12:00:00Z')
const clock = () => ({ now: noon, timeZone: 'UTC', weekStart: 1 })

/** Any order in which operations are heard of, acknowledged and taken away, and in which the server's rows change. */
const event = fc.oneof(
  { weight: 5, arbitrary: step.map((next) => ({ kind: 'add' as const, next })) },
  { weight: 2, arbitrary: fc.nat(20).map((which) => ({ kind: 'take' as const, which })) },
  fc.nat(20).map((which) => ({ kind: 'acknowledge' as const, which })),
  { weight: 3, arbitrary: step.map((next) => ({ kind: 'elsewhere' as const, next })) },
  fc.nat(20).map((which) => ({ kind: 'executed' as const, which })),
)

/** A server in as few words as will do; what each operation changes in it. */
function plainServer() {
  const state = createState()
  return {
    rows: state.rows,
    execute(operation: Operation, revision: number): RowChange {
      applyEffects(operation, state, state.put)
      const changed = state.changed()
      const change: RowChange = { put: {}, remove: {}, only: false }
      for (const kind of kinds) {
        for (const id of changed[kind].keys()) {
          const row = state.rows[kind].get(id)
          if (row) state.put(kind, id, { ...row, revision })
          change.remove[kind] = [...(change.remove[kind] ?? []), ...(row ? [] : [id])]
        }
        const put = [...changed[kind].keys()].flatMap((id) => state.rows[kind].get(id) ?? [])
        ;(change.put as Record<Kind, object[]>)[kind] = put
      }
      state.changed()
      return change
    },
  }
}

/** The rows with the outbox on top, applied one after the other. */
function replayed(base: ReadonlyRows, outbox: Queued[]): ReadonlyRows {
  const state = createState()
  for (const kind of kinds) for (const [id, row] of base[kind]) state.put(kind, id, row)
  for (const operation of outbox) applyEffects(operation, state, state.put)
  return state.rows
}

test('what is shown is what the server has with the outbox on top, however both came about', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.infiniteStream(fc.boolean()), (events, late) => {
      const model = createModel()
      const server = plainServer()
      const known: Known = eachKind(() => [])
      known.tasks.push('00000000-0000-7000-8000-000000000000')
      const outbox: Queued[] = []
      const told = noRows()
      model.subscribe((changed) => {
        for (const kind of kinds) {
          for (const id of changed[kind].keys()) {
            const row = model.rows[kind].get(id)
            expect(row).not.toBe(told[kind].get(id))
            if (row) (told[kind] as Map<string, typeof row>).set(id, row)
            else told[kind].delete(id)
          }
        }
      })
      const made = createQueries(model, clock, standingTime(noon))
      const lists = filters.map((filter) => ({ filter, list: made.queries.tasks.query(filter) }))
      const stats = made.queries.tasks.stats()
      const counts = made.queries.tasks.counts()
      const ordered = (['lists', 'tags', 'views'] as const).map((kind) => ({
        kind,
        live: made.queries[kind].query() as { get(): unknown; subscribe(listener: () => void): unknown },
      }))
      for (const { list } of lists) list.subscribe(() => {})
      for (const { live } of ordered) live.subscribe(() => {})
      stats.subscribe(() => {})
      counts.subscribe(() => {})
      let seq = 0
      for (const [at, happened] of events.entries()) {
        const which = 'which' in happened ? happened.which : 0
        const queued = outbox[which % Math.max(1, outbox.length)]
        if (happened.kind === 'add' || happened.kind === 'elsewhere') {
          const around = { basedOn: 0, now: noon + at, above: undefined }
          const change = makeOperation(happened.next(known), model, around)
          const [kind, name] = change.path.split('.') as [Kind, string]
          if (name === 'create') known[kind].push(...idsOf(change))
          if (happened.kind === 'elsewhere') {
            model.change({ rows: server.execute(change, at + 1) })
          } else {
            seq += 2
            // Another tab's operation, made before, may be heard of after.
            const place = late.next().value && seq > 2 ? seq - 3 : seq
            const operation = { ...change, seq: place, acknowledged: false }
            if (outbox.some((other) => other.seq === place)) continue
            outbox.push(operation)
            outbox.sort((a, b) => a.seq - b.seq)
            model.change({ add: [{ ...operation }] })
          }
        } else if (happened.kind === 'take' && queued) {
          outbox.splice(outbox.indexOf(queued), 1)
          model.change({ remove: [queued.seq] })
        } else if (happened.kind === 'acknowledge' && queued) {
          queued.acknowledged = true
          model.change({ add: [{ ...queued }] })
        } else if (happened.kind === 'executed' && queued) {
          outbox.splice(outbox.indexOf(queued), 1)
          model.change({ rows: server.execute(queued, at + 1), remove: [queued.seq] })
        }

        const expected = replayed(server.rows, outbox)
        expect(model.base).toEqual(server.rows)
        expect(model.rows).toEqual(expected)
        expect(told).toEqual(expected)
        for (const { id, parentId } of model.rows.tasks.values())
          if (parentId !== null) expect(model.subtasksOf(parentId).has(id)).toBe(true)
        for (const { filter, list } of lists) {
          const all = [...liveList(model, { ...filter, parentId: undefined }, clock).live.get()]
          const parent = filter.parentId
          const anew = parent === undefined ? all : all.filter(({ parentId }) => parentId === parent)
          expect(list.get()).toEqual(anew)
          expect(list.get()).toBe(list.get())
        }
        expect(stats.get()).toEqual(liveStats(model, clock).live.get())
        expect(counts.get()).toEqual(liveCounts(model).live.get())
        for (const { kind, live } of ordered) expect(live.get()).toEqual(liveRows(model, kind).live.get())
        const waiting = outbox.filter(({ acknowledged }) => !acknowledged)
        expect(model.pending()).toBe(waiting.length)
        expect(model.next(1)[0]?.seq).toBe(waiting[0]?.seq)
      }
      made.stop()
    }),
    { numRuns: 100 },
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
