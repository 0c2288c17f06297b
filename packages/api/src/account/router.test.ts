import { createHash, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { password, test } from '../testing.fixture.ts'

test('me is the user of the session', async ({ signUp }) => {
  const ada = await signUp({ timeZone: 'Europe/Paris' })
  expect(await ada.account.me()).toEqual({
    id: ada.user.id,
    email: ada.user.email,
    name: 'Ada',
    timeZone: 'Europe/Paris',
    weekStart: 1,
    locale: 'en',
    eraseAfter: null,
  })
})

test('update changes only the given fields of one’s own account', async ({ signUp, database }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  let expected = ada.user
  for (const change of [
    { name: 'Ada Lovelace' },
    { timeZone: 'America/Argentina/Buenos_Aires' },
    { weekStart: 7 },
    { locale: 'pt-BR' },
  ]) {
    expected = { ...expected, ...change }
    expect(await ada.account.update(change)).toEqual(expected)
  }
  const row = (id: string) =>
    database.query('select name, time_zone, week_start, locale from users where id = $1', [id])
  expect(await row(ada.user.id)).toEqual([
    { name: 'Ada Lovelace', time_zone: 'America/Argentina/Buenos_Aires', week_start: 7, locale: 'pt-BR' },
  ])
  expect(await row(eve.user.id)).toEqual([{ name: 'Ada', time_zone: 'UTC', week_start: 1, locale: 'en' }])
})

test('what the account cannot be is refused, with the field that is wrong', async ({ signUp }) => {
  const ada = await signUp()
  for (const [path, value] of [
    ['name', ''],
    ['name', '   '],
    ['name', 'x'.repeat(256)],
    ['timeZone', 'Europe/Atlantis'],
    ['timeZone', '+01:00'],
    ['timeZone', 'x'.repeat(65)],
    ['weekStart', 0],
    ['weekStart', 8],
    ['weekStart', 1.5],
    ['locale', 'e'],
    ['locale', 'en_US'],
    ['locale', `en-${'x'.repeat(40)}`],
  ] as const) {
    await expect(ada.account.update({ [path]: value }), `${path} ${value}`).rejects.toMatchObject({
      reason: 'BAD_INPUT',
      issues: [{ path }],
    })
  }
  await expect(ada.account.update({})).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  for (const field of ['id', 'email', 'isActive', 'is_active', 'isVerified']) {
    await expect(ada.account.update({ name: 'x', [field]: 'y' })).rejects.toMatchObject({
      issues: [{ message: `Unknown field: ${field}.` }],
    })
  }
  expect(await ada.account.me()).toEqual(ada.user)
})

test('sessions lists one’s own sessions without their tokens, and marks the one that asks', async ({
  signUp,
}) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const other = await ada.openSession()
  const { items } = await ada.account.sessions()
  expect(
    items.map(({ id, current }) => ({ id, current })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  ).toEqual(
    [
      { id: ada.sessionId, current: true },
      { id: other, current: false },
    ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  )
  for (const item of items) {
    expect(Object.keys(item).toSorted()).toEqual(
      ['createdAt', 'current', 'expiresAt', 'id', 'ipAddress', 'lastUsedAt', 'userAgent'].toSorted(),
    )
  }
  expect((await eve.account.sessions()).items.map(({ id }) => id)).toEqual([eve.sessionId])
})

test('revokeSession ends one of one’s own sessions, and another user’s does not exist', async ({
  signUp,
  database,
}) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const other = await ada.openSession()
  const notFound = { reason: 'SESSION_NOT_FOUND', message: 'There is no such session.' }
  await expect(eve.account.revokeSession({ id: other })).rejects.toMatchObject(notFound)
  await expect(eve.account.revokeSession({ id: ada.sessionId })).rejects.toMatchObject(notFound)
  await expect(eve.account.revokeSession({ id: randomUUID() })).rejects.toMatchObject(notFound)
  expect((await ada.account.sessions()).items).toHaveLength(2)

  expect(await ada.account.revokeSession({ id: other })).toEqual({ revoked: 1 })
  await expect(ada.account.revokeSession({ id: other })).rejects.toMatchObject(notFound)
  expect(await database.query('select id from sessions where user_id = $1', [ada.user.id])).toEqual([
    { id: ada.sessionId },
  ])
})

test('others: true ends all sessions but the one that asks, and nobody else’s', async ({ signUp }) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  await Promise.all([ada.openSession(), ada.openSession(), ada.openSession()])
  expect(await ada.account.revokeSession({ others: true })).toEqual({ revoked: 3 })
  expect(await ada.account.revokeSession({ others: true })).toEqual({ revoked: 0 })
  expect((await ada.account.sessions()).items).toMatchObject([{ id: ada.sessionId, current: true }])
  expect((await eve.account.sessions()).items).toHaveLength(1)
  for (const wrong of [{}, { others: false }, { id: ada.sessionId, others: true }, { id: 'x' }]) {
    await expect(ada.account.revokeSession(wrong as never)).rejects.toMatchObject({ reason: 'BAD_INPUT' })
  }
})

test('an account that was erased meanwhile can change nothing', async ({ signUp, database }) => {
  const ada = await signUp()
  await database.query('delete from users where id = $1', [ada.user.id])
  await expect(ada.account.update({ name: 'Ghost' })).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  await expect(ada.tasks.create({ title: 'Ghost' })).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
})

test('a stranger has no account', async ({ stranger }) => {
  for (const call of [
    () => stranger.account.me(),
    () => stranger.account.sessions(),
    () => stranger.account.update({ name: 'x' }),
    () => stranger.account.revokeSession({ others: true }),
  ]) {
    await expect(call()).rejects.toMatchObject({ reason: 'UNAUTHENTICATED' })
  }
})

test('erase wants the password and the address, sets a date and gives a receipt; keep takes it back', async ({
  signUp,
  database,
}) => {
  const [ada, eve] = await Promise.all([signUp(), signUp()])
  const confirm = ada.user.email
  for (const wrong of [eve.user.email, confirm.slice(1), `${confirm}x`, '']) {
    await expect(ada.account.erase({ password, confirm: wrong })).rejects.toMatchObject({
      reason: 'BAD_INPUT',
      issues: [{ path: 'confirm' }],
    })
  }
  await expect(ada.account.erase({ password: 'guess', confirm })).rejects.toMatchObject({
    reason: 'PASSWORD_WRONG',
    code: 'FORBIDDEN',
  })
  await expect(ada.account.erase({ confirm })).rejects.toMatchObject({ reason: 'PASSWORD_NEEDED' })
  const pending = () => database.query('select id from users where erase_after is not null')
  expect(await pending()).toEqual([])
  expect(await ada.account.erase({ password, confirm: ` ${confirm.toUpperCase()} ` })).toEqual({
    eraseAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    receiptId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  expect(await pending()).toEqual([{ id: ada.user.id }])
  expect(await eve.account.keep({})).toEqual(eve.user)
  expect(await pending()).toHaveLength(1)
  expect(await ada.account.keep({})).toEqual(ada.user)
  expect(await pending()).toEqual([])
})

test('the record of an operation holds nothing by which a password could be guessed', async ({
  signUp,
  database,
}) => {
  const ada = await signUp()
  const [opId, confirm] = [randomUUID(), ada.user.email]
  const first = await ada.account.erase({ opId, password, confirm })
  const [operation] = await database.query<{ input_hash: Buffer }>(
    'select input_hash from operations where op_id = $1',
    [opId],
  )
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  expect(operation?.input_hash.toString('hex')).toBe(sha256(JSON.stringify({ confirm })))
  // It is still one operation, and still wants the password each time.
  expect(await ada.account.erase({ opId, password, confirm })).toEqual(first)
  await expect(ada.account.erase({ opId, password: 'guess', confirm })).rejects.toMatchObject({
    reason: 'PASSWORD_WRONG',
  })
})
