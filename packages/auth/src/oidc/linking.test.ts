import { expect } from 'vitest'
import { password } from '../testing.fixture.ts'
import { somebody, test } from './site.fixture.ts'

const as = (token: string) => ({ authorization: `Bearer ${token}` })
const cookie = (token: string) => ({ cookie: `ownlist.session_token=${encodeURIComponent(token)}` })
const house = { provider: 'house' }

test('a provider that was added is taken away again, and both are in the record of the account', async ({
  site,
}) => {
  const [ada, eve] = [await site.server.signUp(), await site.server.signUp()]
  const person = somebody()
  await site.go(person, 'link-social', cookie(ada.token))
  expect((await site.go(person)).checked?.user.id).toBe(ada.id)

  // What Ada added is nothing of Eve's.
  expect(await site.server.post('unlink-account', house, as(eve.token))).toMatchObject({
    status: 404,
    body: { code: 'PROVIDER_NOT_FOUND' },
  })
  expect(await site.accounts(ada.id)).toHaveLength(2)
  expect(await site.server.post('unlink-account', house, as(ada.token))).toMatchObject({
    status: 200,
    body: { status: 'unlinked' },
  })
  expect((await site.accounts(ada.id)).map(({ provider }) => provider)).toEqual(['credential'])
  // From then on it is somebody whom nobody knows here.
  expect((await site.go(person)).checked?.user.id).not.toBe(ada.id)
  expect((await site.server.post('unlink-account', house, as(ada.token))).status).toBe(404)

  const events = await site.server.accounts.events(ada.id, { limit: 10 })
  expect(events.map(({ kind, detail }) => [kind, detail])).toEqual(
    expect.arrayContaining([
      ['provider-unlinked', { name: 'The House' }],
      ['provider-linked', { name: 'The House' }],
    ]),
  )
  expect(events.find(({ kind }) => kind === 'provider-linked')?.ipAddress).toBe('192.0.2.1')
})

test('nobody takes away the last way into their account, nor two the last two at once', async ({
  site,
  database,
}) => {
  const { checked } = await site.go(somebody())
  const userId = checked?.user.id ?? ''
  const mine = await site.server.signUp()
  // A session of the account that has no password, as a program holds it.
  await database.query('update sessions set user_id = $1 where user_id = $2', [userId, mine.id])
  const unlink = () => site.server.post('unlink-account', house, as(mine.token))
  expect(await unlink()).toMatchObject({ status: 409, body: { code: 'LAST_SIGN_IN' } })
  // A provider that this server does not have lets nobody in.
  await database.query(
    `insert into accounts (user_id, account_id, provider_id) values ($1, 'x', 'no-longer-there')`,
    [userId],
  )
  expect(await unlink()).toMatchObject({ status: 409, body: { code: 'LAST_SIGN_IN' } })
  const gone = await site.server.post('unlink-account', { provider: 'no-longer-there' }, as(mine.token))
  expect(gone.status).toBe(200)

  const set = await site.server.post('change-password', { newPassword: password }, as(mine.token))
  expect(set.status).toBe(200)
  const answers = await Promise.all(Array.from({ length: 5 }, unlink))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404, 404, 404, 404])
  // Its password is no provider, and not to be had by this way.
  expect(await site.server.post('unlink-account', { provider: 'credential' }, as(mine.token))).toMatchObject({
    status: 404,
  })
  expect((await site.accounts(userId)).map(({ provider }) => provider)).toEqual(['credential'])
})

test('an older session adds and takes away a provider with the password alone', async ({
  site,
  database,
}) => {
  const ada = await site.server.signUp()
  await site.go(somebody(), 'link-social', cookie(ada.token))
  await database.query('alter table sessions disable trigger sessions_stamp')
  await database.query(`update sessions set created_at = now() - interval '11 minutes' where user_id = $1`, [
    ada.id,
  ])
  await database.query('alter table sessions enable trigger sessions_stamp')
  for (const route of ['link-social', 'unlink-account']) {
    const ask = (more: object) => site.server.post(route, { ...house, ...more }, cookie(ada.token))
    expect(await ask({})).toMatchObject({ status: 403, body: { code: 'PASSWORD_NEEDED' } })
    expect(await ask({ password: 'a guess' })).toMatchObject({
      status: 403,
      body: { code: 'PASSWORD_WRONG' },
    })
    expect(await ask({ userId: ada.id })).toMatchObject({ status: 400, body: { code: 'BAD_INPUT' } })
    const done = await ask({ password })
    expect(done.status).toBe(200)
    expect(done.text).not.toContain(password)
  }
  expect(await site.server.post('unlink-account', house)).toMatchObject({ status: 401 })
  expect((await site.accounts(ada.id)).map(({ provider }) => provider)).toEqual(['credential'])
})
