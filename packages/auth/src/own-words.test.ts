import { expect } from 'vitest'
import { isOfOwnWords } from './own-words.ts'
import { mailbox, newEmail, password, test } from './testing.fixture.ts'

const ada = { email: 'ada.lovelace1815@example.org', name: 'Ada King', host: 'tasks.difference.example' }

test.for([
  'ownlist1',
  'OWNLIST!2026',
  '!!Ownlist!!',
  'ＯＷＮＬＩＳＴ２０２６',
  'own-list-2026',
  'ownlistownlist',
  'adalovelace',
  'ada.lovelace1815',
  'Lovelace1815!',
  'lovelace_ada_99',
  '2026AdaKing',
  'KingOwnlist',
  'tasks-difference',
  '1difference2',
  'ada12345',
])('a password of nothing but words of this place and person is refused: %s', (tried) => {
  expect(isOfOwnWords(tried, ada)).toBe(true)
})

test.for([
  'correct horse battery staple',
  'ownlist is my secret place',
  'adamant1815',
  'lovelaces',
  '20261118',
  '!"§$%&/()=',
  'adxlovelace',
  'wristwatch',
  'пароль ownlist',
])('a password with anything else in it is not: %s', (tried) => {
  expect(isOfOwnWords(tried, ada)).toBe(false)
})

test('an address that is a number is no password, and neither a short name nor a short host forbids much', () => {
  const short = { email: '4917612345678@example.org', name: 'Jo', host: 'a.b' }
  expect(isOfOwnWords('4917612345678', short)).toBe(true)
  expect(isOfOwnWords('+49 176 12345678 !', short)).toBe(true)
  for (const tried of ['49176123', 'jojojojo', 'abababab']) expect(isOfOwnWords(tried, short)).toBe(false)
  // No text is long enough to take its time.
  const long = { email: `${'a'.repeat(64)}@example.org`, name: 'aaa '.repeat(60), host: 'aaa.aaaa' }
  expect(isOfOwnWords(`${'a'.repeat(127)}b`, long)).toBe(false)
})

test('such a password is refused wherever one is set, with what to do, and no other try is lost by it', async ({
  serve,
}) => {
  const box = mailbox()
  const server = serve({ ...box, baseUrl: 'http://tasks.difference.example' })
  const local = `grace${newEmail().split('@')[0]}`
  const email = `${local}@example.org`
  const refused = (path: string) => ({
    status: 400,
    body: {
      code: 'BAD_INPUT',
      issues: [{ path, message: expect.stringContaining('Add words of another kind') }],
    },
  })
  for (const tried of [local, `${local}!`, 'Hopper 2026', 'ownlist2026', 'difference1']) {
    const answer = await server.post('sign-up/email', { email, name: 'Grace Hopper', password: tried })
    expect(answer, tried).toMatchObject(refused('password'))
  }
  const made = await server.post('sign-up/email', { email, name: 'Grace Hopper', password })
  expect(made.status).toBe(200)
  const bearer = { authorization: `Bearer ${made.token}` }
  for (const tried of [`${local}!`, 'Hopper 2026', 'ownlist2026', 'difference1']) {
    const change = { currentPassword: password, newPassword: tried }
    expect(await server.post('change-password', change, bearer), tried).toMatchObject(refused('newPassword'))
  }
  await server.post('request-password-reset', { email })
  const { token } = await box.next(email, 'new password')
  for (const tried of [`${local}!`, 'Hopper 2026', 'ownlist2026', 'difference1']) {
    const reset = await server.post('reset-password', { token, newPassword: tried })
    expect(reset, tried).toMatchObject(refused('newPassword'))
  }
  expect((await server.post('reset-password', { token, newPassword: 'compilers and moths' })).status).toBe(
    200,
  )
  // Without the link nobody learns whose words are refused.
  expect(await server.post('reset-password', { token: 'x', newPassword: `${local}!` })).toMatchObject({
    body: { code: 'TOKEN_INVALID' },
  })

  const confirming = serve({ ...mailbox(), requireEmailVerification: true })
  expect(await confirming.post('sign-up/email', { email, name: 'Grace', password: local })).toMatchObject(
    refused('password'),
  )
})
