import { expect } from 'vitest'
import { at, callOn, create, openStream, test as live } from './live.fixture.ts'
import { password, test } from './server.fixture.ts'

test('a token made over HTTP does what its scopes say, and the export takes two', async ({
  openSession,
  call,
  request,
  server,
}) => {
  const { authorization, userId } = await openSession()
  const bearer = async (...scopes: string[]) => {
    const { body } = await call('account.createToken', { name: 'cli', scopes, password }, { authorization })
    return { authorization: `Bearer ${String(body.result?.data['token'])}` }
  }
  const [read, write, account, all] = [
    await bearer('read'),
    await bearer('write'),
    await bearer('account'),
    await bearer('read', 'account'),
  ]
  const reason = async (path: string, input: object, headers: Record<string, string>) =>
    (await call(path, input, headers)).body.error?.data.reason ?? 'done'
  expect(await reason('tasks.create', { title: 'x' }, write)).toBe('done')
  expect(await reason('tasks.create', { title: 'x' }, read)).toBe('SCOPE_MISSING')
  expect(await reason('tasks.list', {}, read)).toBe('done')
  expect(await reason('tasks.list', {}, account)).toBe('SCOPE_MISSING')
  expect(await reason('account.me', {}, account)).toBe('done')
  expect(await reason('account.me', {}, write)).toBe('SCOPE_MISSING')
  // A token that comes with its user’s own cookie is still the token that counts.
  const cookie = `ownlist.session_token=${encodeURIComponent(authorization.slice('Bearer '.length))}`
  const origin = server.url
  expect(await reason('tasks.create', { title: 'x' }, { ...read, cookie, origin })).toBe('SCOPE_MISSING')
  expect(await reason('tasks.create', { title: 'x' }, { cookie, origin })).toBe('done')
  // In one batch each call is judged by itself.
  const batch = await call('tasks.list,account.me?batch=1', { 0: {}, 1: {} }, read)
  expect(batch.text).toContain('SCOPE_MISSING')
  expect(batch.text).toContain('"items"')

  for (const [headers, status] of [
    [read, 403],
    [account, 403],
    [all, 200],
    [{ authorization }, 200],
  ] as const)
    expect((await request('/api/account/export', { headers })).status).toBe(status)
  expect((await call('account.me', {}, all)).body.result?.data).toMatchObject({ id: userId })
})

test('a session that is not new gives a token for the password only', async ({
  openSession,
  call,
  database,
}) => {
  const { authorization, sessionId } = await openSession()
  const ask = async (more: object = {}) => {
    const { body } = await call(
      'account.createToken',
      { name: 'x', scopes: ['read'], ...more },
      { authorization },
    )
    return body.error?.data.reason ?? 'done'
  }
  expect(await ask()).toBe('done')
  await database.query('alter table sessions disable trigger sessions_stamp')
  await database.query(`update sessions set created_at = now() - interval '11 minutes' where id = $1`, [
    sessionId,
  ])
  await database.query('alter table sessions enable trigger sessions_stamp')
  expect(await ask()).toBe('PASSWORD_NEEDED')
  expect(await ask({ password: 'guess' })).toBe('PASSWORD_WRONG')
  expect(await ask({ password })).toBe('done')
})

interface Made {
  id: string
  token: string
}

live('a token that is revoked hears no more, on any server', async ({ listeningNode, openSession }) => {
  const [here, there] = [await listeningNode(), await listeningNode()]
  const { authorization } = await openSession()
  const made: Made[] = []
  for (const name of ['one', 'two']) {
    const input = { name, scopes: ['read'], password }
    made.push((await callOn(here.url, authorization, 'account.createToken', input)) as unknown as Made)
  }
  const [gone, kept] = [
    await openStream(there.url, `Bearer ${made[0]?.token}`),
    await openStream(there.url, `Bearer ${made[1]?.token}`),
  ]
  for (const stream of [gone, kept]) expect(await stream.next()).toEqual(at(0))
  await callOn(here.url, authorization, 'account.revokeToken', { id: made[0]?.id })
  expect(await gone.next()).toBeUndefined()
  await create(here.url, authorization)
  expect(await kept.next()).toEqual(at(1))
  kept.cut()
})
