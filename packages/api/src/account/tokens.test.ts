import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { password, test } from '../testing.fixture.ts'

const cli = { name: 'cli', scopes: ['read'] as const, password }

test('a token is told once, and after that only what it is', async ({ signUp }) => {
  const ada = await signUp()
  const { token, ...made } = await ada.account.createToken({
    name: '  backup ',
    scopes: ['write', 'read', 'write'],
    expiresInDays: 7,
    password,
  })
  expect(token).toBeTruthy()
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'backup',
    scopes: ['read', 'write'],
    lastFour: token?.slice(-4),
    createdAt: expect.any(String),
    expiresAt: expect.any(String),
    lastUsedAt: null,
  })
  expect(Date.parse(made.expiresAt) - Date.parse(made.createdAt)).toBe(7 * 86_400_000)
  expect(await ada.account.tokens()).toEqual({ items: [made] })
})

test('the record of the operation does not have the token, and whoever repeats is told so', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const opId = randomUUID()
  const { token, ...made } = await ada.account.createToken({ ...cli, scopes: ['read'], opId })
  expect(token).toBeTruthy()
  const [operation] = await database.query<{ text: string }>(
    'select o::text as text from operations o where op_id = $1',
    [opId],
  )
  expect(operation?.text).toContain(made.id)
  expect(operation?.text).not.toContain(token)
  expect(await ada.account.createToken({ ...cli, scopes: ['read'], opId })).toEqual({ ...made, token: null })
  expect((await ada.account.tokens()).items).toHaveLength(1)
})

test('nobody makes a token for somebody else, whatever the input says (CVE-2025-61928)', async ({
  signUp,
  stranger,
}) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  for (const field of ['userId', 'user_id', 'user', 'id', 'token', 'key', 'permissions']) {
    const input = { ...cli, scopes: ['account'], [field]: ada.user.id } as never
    await expect(eve.account.createToken(input)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
    await expect(stranger.account.createToken(input)).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
  await expect(stranger.account.createToken({ ...cli, scopes: ['read'] })).rejects.toMatchObject({
    reason: 'UNAUTHENTICATED',
  })
  expect((await ada.account.tokens()).items).toEqual([])
  expect((await eve.account.tokens()).items).toEqual([])
})

test('making a token takes the password, or a session that is new', async ({ signUp }) => {
  const ada = await signUp()
  await expect(
    ada.account.createToken({ ...cli, scopes: ['read'], password: 'guess' }),
  ).rejects.toMatchObject({
    reason: 'PASSWORD_WRONG',
  })
  await expect(ada.account.createToken({ name: 'cli', scopes: ['read'] })).rejects.toMatchObject({
    reason: 'PASSWORD_NEEDED',
  })
  expect((await ada.account.tokens()).items).toEqual([])
})

test('another user’s token does not exist', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const { id } = await ada.account.createToken({ ...cli, scopes: ['read'] })
  const notFound = { reason: 'TOKEN_NOT_FOUND', message: 'There is no such API token.' }
  await expect(eve.account.revokeToken({ id })).rejects.toMatchObject(notFound)
  await expect(eve.account.revokeToken({ id: randomUUID() })).rejects.toMatchObject(notFound)
  expect((await eve.account.tokens()).items).toEqual([])
  expect((await ada.account.tokens()).items).toMatchObject([{ id }])
  expect(await ada.account.revokeToken({ id })).toEqual({ revoked: 1 })
  await expect(ada.account.revokeToken({ id })).rejects.toMatchObject(notFound)
})

test('what a token cannot be is refused, with the field that is wrong', async ({ signUp }) => {
  const ada = await signUp()
  for (const [path, value] of [
    ['name', ' '],
    ['name', 'x'.repeat(101)],
    ['name', 'a\u0000b'],
    ['scopes', []],
    ['scopes', 7],
    ['scopes.0', ['admin']],
    ['expiresInDays', 0],
    ['expiresInDays', 367],
    ['expiresInDays', 1.5],
    ['expiresInDays', null],
  ] as const) {
    const input = { ...cli, [path.split('.')[0] ?? path]: value } as never
    await expect(ada.account.createToken(input), path).rejects.toMatchObject({
      reason: 'BAD_INPUT',
      issues: [{ path }],
    })
  }
})
