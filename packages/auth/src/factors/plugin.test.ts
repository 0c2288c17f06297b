import { eraseDue } from '@ownlist/db'
import { expect } from 'vitest'
import { identityOf } from '../identity.ts'
import { secret as authSecret } from '../testing.fixture.ts'
import { test } from './factors.fixture.ts'
import { factors } from './plugin.ts'

test('whatever way a session is made, the account’s second step comes first', async ({
  clocked,
  connection,
}) => {
  const server = clocked()
  const [plain, secured] = [await server.signUp(), await server.signUpWithTotp()]
  const baseUrl = 'http://localhost:3000'
  const identity = identityOf({ database: connection, secret: authSecret, baseUrl })
  const { requireSecondStep } = factors({ identity, addressHeader: 'x-test' })
  await expect(requireSecondStep(secured.id, null)).rejects.toMatchObject({
    status: 'ACCEPTED',
    body: { secondFactor: { methods: ['totp', 'recovery-code'] } },
  })
  await expect(requireSecondStep(plain.id, null)).resolves.toBeUndefined()
})

test('the record of an account has its factors and no secret of theirs, and an erasure takes all of it', async ({
  clocked,
  serve,
  connection,
  database,
}) => {
  const server = clocked()
  const { id, email, secret, recoveryCodes } = await server.signUpWithTotp()
  const { token } = await server.begin(email)
  await server.post('two-factor/verify-totp', { token, code: server.codeFor(secret), trustDevice: true })
  await database.query(
    `insert into passkeys (user_id, name, credential_id, public_key, counter, is_backed_up, aaguid)
     values ($1, 'Laptop', 'credential', 'public', 7, true, gen_random_uuid())`,
    [id],
  )
  const record = await server.accounts.record(id)
  expect(record?.factors).toEqual({
    totpSince: expect.stringMatching(/Z$/),
    recoveryCodesLeft: 10,
    passkeys: [
      {
        id: expect.any(String),
        name: 'Laptop',
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: null,
        backedUp: true,
      },
    ],
    trustedDevices: [
      {
        createdAt: expect.stringMatching(/Z$/),
        lastUsedAt: expect.stringMatching(/Z$/),
        expiresAt: expect.stringMatching(/Z$/),
        ipAddress: '192.0.2.1',
        userAgent: null,
      },
    ],
  })
  const [kept] = await database.query<{ code: string; device: string }>(
    `select (select code_hash from recovery_codes where user_id = $1 limit 1) as code, token_hash as device
     from trusted_devices where user_id = $1`,
    [id],
  )
  for (const hidden of [kept?.code, kept?.device, secret.toString('hex'), recoveryCodes[0]]) {
    expect(JSON.stringify(record)).not.toContain(hidden)
  }

  await serve({ eraseGraceDays: 0 }).accounts.erase(id)
  expect(await eraseDue(connection)).toHaveLength(1)
  for (const table of ['totp_factors', 'recovery_codes', 'second_steps', 'trusted_devices', 'passkeys']) {
    expect(await database.query(`select from ${table} where user_id = $1`, [id]), table).toEqual([])
  }
})
