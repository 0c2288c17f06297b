import type { Auth } from '@ownlist/auth'
import type { Database } from '@ownlist/db'
import { expect, test } from 'vitest'
import { accountRoutes } from './account-routes.ts'
import { withoutLimits } from './no-limits.fixture.ts'

test('exports that wait for their turn hold nothing of the account', async () => {
  const read = Promise.withResolvers<undefined>()
  let begun = 0
  const auth = {
    check: () => Promise.resolve({ user: { id: 'ada' }, via: 'session' }),
    accounts: {
      record: () => {
        begun++
        return read.promise
      },
    },
  } as unknown as Auth
  const routes = accountRoutes({
    database: {} as Database,
    auth,
    limits: withoutLimits,
    baseUrl: 'http://localhost:3000',
  })
  routes.onError((_, c) => c.text('', 401))
  const asked = Array.from({ length: 8 }, async () => routes.request('/api/account/export'))
  await expect.poll(() => begun).toBe(2)
  // All have come as far as they get.
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  expect(begun).toBe(2)
  read.resolve(undefined)
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 401))
  expect(begun).toBe(8)
})
