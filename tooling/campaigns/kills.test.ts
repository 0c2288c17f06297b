import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killCampaign } from './kill-campaign.ts'
import type { Page } from './subscriber.ts'
import { compare, compareLog, compareReplicas } from './verdict.ts'
import { replay } from './replica.ts'
import type { Account } from './writer.ts'

const main = join(import.meta.dirname, '../../apps/server/src/main.ts')

test(
  'what was acknowledged survives kills, and whoever follows misses nothing',
  { timeout: 300_000 },
  async () => {
    const seed = Date.now()
    const report = await killCampaign({ main, kills: 3, writers: 6, seed })
    expect(report, `seed ${seed}`).toMatchObject({
      kills: { server: 3, postgres: 3 },
      found: report.tasks,
      lost: [],
      duplicates: [],
      unexpected: [],
      holes: [],
      serverDeaths: [],
      leftRunning: [],
    })
    // It means nothing unless there were writes, and somebody who followed them.
    expect(report.acknowledged).toBeGreaterThan(50)
    expect(report.compared).toBeGreaterThan(50)
    expect(report.resumed).toBeGreaterThan(2)
  },
)

test('a pull that leaves something out is noticed', { timeout: 300_000 }, async () => {
  let pulled = 0
  const forgetful = (page: Page) =>
    !page.snapshot && page.tasks.length > 0 && ++pulled % 20 === 0
      ? { ...page, tasks: page.tasks.slice(1) }
      : page
  const { holes, lost } = await killCampaign({ main, kills: 1, writers: 6, seed: 1, tamper: forgetful })
  expect(holes.length).toBeGreaterThan(0)
  expect(lost).toEqual([])
})

test('a write that is missing, changed or doubled is noticed', () => {
  const row = {
    id: 'a',
    number: 1,
    title: 'One',
    description: null,
    status: 'pending' as const,
    completed: false,
    completedAt: null,
    priority: null,
    due: null,
    recurrence: null,
    series: null,
    listId: null,
    parentId: null,
    tagIds: [],
    position: 'a0',
    createdAt: '2026-11-21T00:00:00Z',
    updatedAt: '2026-11-21T00:00:00Z',
    revision: 1,
  }
  const other = { ...row, id: 'b', title: 'Two', number: 2, revision: 2 }
  const account = (...tasks: (typeof row)[]): Account => ({
    acknowledged: tasks.length,
    tasks: new Map(tasks.map((task) => [task.id, task])),
    retried: 0,
    lost: [],
    unexpected: [],
  })

  expect(compare([account(row), account(other)], [row, other])).toMatchObject({
    found: 2,
    lost: [],
    duplicates: [],
  })
  expect(compare([account(row, other)], [row])).toMatchObject({ found: 1, lost: ['b: "Two" is gone'] })
  expect(compare([account(row)], [{ ...row, title: 'Zero' }]).lost).toHaveLength(1)
  expect(compare([account(row)], [row, { ...row, id: 'c' }])).toMatchObject({
    lost: [],
    duplicates: ['c: "One"'],
  })
})

test('a revision too many or too few, and a replica that differs from the log, are noticed', () => {
  const made = (revision: number, id: string) => ({ revision, id, before: null, after: { title: id } })
  const account = (acknowledged: number): Account => ({
    acknowledged,
    tasks: new Map(),
    retried: 0,
    lost: [],
    unexpected: [],
  })
  const log = [made(1, 'a'), made(2, 'b'), { revision: 3, id: 'a', before: { title: 'a' }, after: null }]
  expect(compareLog([account(3)], log, 0)).toEqual({ lost: [], duplicates: [], holes: [] })
  expect(compareLog([account(2)], log, 0).duplicates).toHaveLength(1)
  expect(compareLog([account(4)], log, 0).lost).toHaveLength(1)
  expect(compareLog([account(2)], log.slice(1), 0).holes).toHaveLength(1)

  const truth = [...replay(log)]
  expect(truth.map(({ revision }) => revision)).toEqual([1, 2, 3])
  expect(new Set(truth.map(({ fingerprint }) => fingerprint)).size).toBe(3)
  const holes = (reports: typeof truth, revision = 3) =>
    compareReplicas([{ subscriber: { reports, holes: [], revision } }], log, []).holes
  // The list of tasks, which is empty here, is a hole of its own.
  expect(holes(truth)).toHaveLength(1)
  expect(holes(truth, 2)).toHaveLength(2)
  expect(holes(truth.map(({ fingerprint }) => ({ revision: 1, fingerprint })))).toHaveLength(3)
})
