import { createTestDatabase } from '../../testing/src/index.ts'
import { expect, test as base } from 'vitest'
import { modelCampaign } from './property.ts'
import { connectServer } from './server.ts'

const test = base.extend('server', { scope: 'file' }, async ({}, { onCleanup }) => {
  const database = await createTestDatabase()
  const server = await connectServer(database.url)
  onCleanup(async () => {
    await server.close()
    await database.drop()
  })
  return server
})

test(
  'three clients, whatever happens to them and to what they send, end as the server and a plain model do',
  { timeout: 180_000 },
  async ({ server }) => {
    const seed = Date.now() % 2 ** 31
    const report = await modelCampaign({ server, runs: 24, seed, shrinkFor: 20_000 })
    expect(report, `seed ${seed}\n${report.counterexample}`).toMatchObject({
      runs: 24,
      divergences: 0,
      lost: 0,
      doubled: 0,
    })
    // It means nothing unless things went wrong on the way.
    for (const what of [
      'crash',
      'requests lost',
      'answers lost',
      'requests timed out',
      'requests duplicated',
      'superseded',
    ])
      expect(report.counts[what], what).toBeGreaterThan(5)
  },
)
