import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compare, killCampaign } from './kill-campaign.ts'
import type { Account } from './writer.ts'

const main = join(import.meta.dirname, '../../apps/server/src/main.ts')

test(
  'what was acknowledged survives kills of the server and of PostgreSQL',
  { timeout: 60_000 },
  async () => {
    const seed = Date.now()
    const report = await killCampaign({ main, kills: 2, writers: 8, seed })
    expect(report, `seed ${seed}`).toMatchObject({
      kills: { server: 2, postgres: 2 },
      found: report.tasks,
      lost: [],
      duplicates: 0,
      unexpected: [],
      serverDeaths: [],
      leftRunning: [],
    })
    // It means nothing unless there were writes.
    expect(report.acknowledged).toBeGreaterThan(50)
  },
)

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
    duplicates: 0,
  })
  expect(compare([account(row, other)], [row])).toMatchObject({ found: 1, lost: ['b: "Two" is gone'] })
  expect(compare([account(row)], [{ ...row, title: 'Zero' }]).lost).toHaveLength(1)
  expect(compare([account(row)], [row, { ...row, id: 'c' }])).toMatchObject({ lost: [], duplicates: 1 })
})
