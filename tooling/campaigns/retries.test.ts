import { join } from 'node:path'
import { expect, test } from 'vitest'
import { proceduresOf } from '../../apps/server/src/procedures.fixture.ts'
import { appRouter } from '../../packages/api/src/index.ts'
import { cuts } from './cutting-proxy.ts'
import { retryCampaign } from './retry-campaign.ts'

const main = join(import.meta.dirname, '../../apps/server/src/main.ts')

test(
  'what is tried again blindly, wherever the connection was cut, happens once',
  { timeout: 300_000 },
  async () => {
    const seed = Date.now()
    const report = await retryCampaign({ main, retries: 400, workers: 36, seed })
    expect(report, `seed ${seed}`).toMatchObject({ duplicates: [], lost: [], wrong: [] })
    // It means nothing unless everything was tried: every mutation, every kind of cut, the other server.
    const mutations = proceduresOf(appRouter).filter(({ type }) => type === 'mutation')
    expect(Object.keys(report.calls)).toEqual(
      expect.arrayContaining(mutations.map(({ path }) => path).filter((path) => path !== 'account.erase')),
    )
    for (const where of cuts) expect(report.cut[where], where).toBeGreaterThan(10)
    expect(report.moved).toBeGreaterThan(50)
  },
)

test('without operation ids the campaign finds what happened twice', { timeout: 300_000 }, async () => {
  const seed = Date.now()
  const report = await retryCampaign({ main, retries: 100, workers: 24, seed, forgetful: true })
  expect(report.duplicates.length, `seed ${seed}`).toBeGreaterThan(3)
})
