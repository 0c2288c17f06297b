import { expect } from 'vitest'
import { test } from './server.fixture.ts'

test('an account without a password is erased by a session of the last ten minutes, and by no other', async ({
  openSession,
  call,
  database,
}) => {
  const [ada, eve] = [await openSession(), await openSession()]
  const erase = (who: typeof ada, more: object = {}) =>
    call('account.erase', { confirm: who.email, ...more }, { authorization: who.authorization })
  const reasonOf = async (who: typeof ada, more?: object) =>
    (await erase(who, more)).body.error?.data.reason ?? 'done'
  // Whoever has a password says it, however new their session.
  expect(await reasonOf(eve)).toBe('PASSWORD_NEEDED')

  await database.query(`update accounts set provider_id = 'house', password_hash = null where user_id = $1`, [
    ada.userId,
  ])
  await database.query('alter table sessions disable trigger sessions_stamp')
  const begin = (ago: string) =>
    database.query(`update sessions set created_at = now() - $1::interval where user_id = $2`, [
      ago,
      ada.userId,
    ])
  await begin('11 minutes')
  expect(await reasonOf(ada)).toBe('PASSWORD_NEEDED')
  expect(await reasonOf(ada, { password: '' })).toBe('PASSWORD_WRONG')
  await begin('9 minutes')
  expect(await reasonOf(ada, { confirm: eve.email })).toBe('BAD_INPUT')
  const pending = () => database.query('select id from users where erase_after is not null')
  expect(await pending()).toEqual([])
  expect(await reasonOf(ada)).toBe('done')
  await database.query('alter table sessions enable trigger sessions_stamp')
  expect(await pending()).toEqual([{ id: ada.userId }])
})
