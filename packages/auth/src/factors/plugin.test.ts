import { expect } from 'vitest'
import { secret } from '../testing.fixture.ts'
import { test } from './factors.fixture.ts'
import { factors } from './plugin.ts'

test('whatever way a session is made, the account’s second step comes first', async ({
  clocked,
  connection,
}) => {
  const server = clocked()
  const [plain, secured] = [await server.signUp(), await server.signUpWithTotp()]
  const { requireSecondStep } = factors({
    database: connection,
    secret,
    baseUrl: 'http://localhost:3000',
    check: server.check,
    addressHeader: 'x-test',
  })
  await expect(requireSecondStep(secured.id, null)).rejects.toMatchObject({
    status: 'ACCEPTED',
    body: { secondFactor: { methods: ['totp', 'recovery-code'] } },
  })
  await expect(requireSecondStep(plain.id, null)).resolves.toBeUndefined()
})
