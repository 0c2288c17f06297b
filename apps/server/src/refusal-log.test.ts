import { expect } from 'vitest'
import { serveApart } from './apart.fixture.ts'
import { password, test } from './server.fixture.ts'

interface Line {
  msg: string
  path?: string
  status?: number
  reasons?: string[]
  address?: string
  requestId?: string
  account?: string
  email?: string
  by?: string
}

test('each sign-in, failed sign-in and refusal stands in the log: what, why, when, from where, for whom, and no secret', async ({
  database,
  openSession,
}) => {
  const ada = await openSession()
  const words = {
    wrong: 'canary-of-a-wrong-password',
    search: 'canary-of-a-search',
    header: 'canary-of-a-header',
  }
  const stranger = 'canary-of-a-stranger@example.org'
  const server = await serveApart(database, { LOG_LEVEL: 'info' })
  const answers: { status: number; requestId: string | null }[] = []
  let apiToken = ''
  try {
    const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(server.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': words.header, ...headers },
        body: JSON.stringify(body),
      })
      answers.push({ status: response.status, requestId: response.headers.get('x-request-id') })
      return response
    }
    const signIn = (email: string, tried: string) =>
      post('/api/auth/sign-in/email', { email, password: tried })
    const { authorization } = ada

    await signIn(ada.email, password)
    const made = await post(
      '/api/trpc/account.createToken',
      { name: 'reader', scopes: ['read'], expiresInDays: 1, password },
      { authorization },
    )
    apiToken = ((await made.json()) as { result: { data: { token: string } } }).result.data.token
    const reader = { authorization: `Bearer ${apiToken}` }
    await post('/api/trpc/tasks.list', { q: words.search }, { authorization })
    const { id } = { id: '0190a6c0-0000-7000-8000-000000000000' }
    await post('/api/trpc/tasks.get', { id }, { authorization })
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404])
    answers.length = 0

    await post('/api/trpc/tasks.list', { q: words.search })
    await post('/api/trpc/tasks.create', { title: words.search }, reader)
    await post('/api/trpc/tasks.list,account.tokens?batch=1', { 0: { q: words.search }, 1: {} }, reader)
    await post('/api/trpc/tasks.list', { q: words.search, more: words.search }, { authorization })
    await post('/api/trpc/tasks.list', { q: words.search }, { origin: 'https://evil.example', authorization })
    await post(
      '/api/auth/change-password',
      { currentPassword: words.wrong, newPassword: 'long enough to be' },
      { authorization },
    )
    await post('/api/auth/two-factor/status', {}, reader)
    await post('/api/auth/admin/list-users', {})
    await post('/api/auth/two-factor/verify-totp', { token: words.wrong, code: '123456' })
    await post(`/api/trpc/tasks.list?input=${words.search}`, {}, { 'content-type': 'text/plain' })
    await post(`/api/%74rpc/${words.search}`, {})
    await signIn(stranger, words.wrong)
    for (let n = 0; n < 6; n++) await signIn(ada.email, words.wrong)
  } finally {
    await server.stop()
  }
  const log = server.log()
  const lines = log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)

  const [signedIn, ...others] = lines.filter(({ msg }) => msg === 'signed in')
  expect(signedIn).toMatchObject({ by: '/sign-in/email', address: '127.0.0.1', time: expect.any(Number) })
  expect(others).toEqual([])
  const account = signedIn?.account
  expect(account).toMatch(/^[0-9a-f]{16}$/)

  const refused = lines.filter(({ msg }) => msg === 'refused')
  expect(refused.map(({ path, status, reasons }) => [path, status, reasons?.join()])).toEqual([
    ['/api/trpc/tasks.list', 401, 'UNAUTHENTICATED'],
    ['/api/trpc/tasks.create', 403, 'SCOPE_MISSING'],
    ['/api/trpc/tasks.list,account.tokens', 207, 'SCOPE_MISSING'],
    ['/api/trpc/tasks.list', 400, 'BAD_INPUT'],
    ['/api/trpc/tasks.list', 403, 'ORIGIN_REFUSED'],
    ['/api/auth/change-password', 403, 'PASSWORD_WRONG'],
    ['/api/auth/two-factor/status', 403, 'SESSION_NEEDED'],
    ['/api/auth/admin/list-users', 404, 'NOT_FOUND'],
    ['/api/auth/two-factor/verify-totp', 401, 'SECOND_STEP_OVER'],
    ['/api/trpc/tasks.list', 415, 'TYPE_REFUSED'],
    ['(another)', 404, 'PROCEDURE_NOT_FOUND'],
    ...Array.from({ length: 6 }, () => ['/api/auth/sign-in/email', 401, 'INVALID_EMAIL_OR_PASSWORD']),
    ['/api/auth/sign-in/email', 429, 'RATE_LIMITED'],
  ])
  // Each by the id that its client got, and from where it came.
  expect(refused.map(({ requestId }) => requestId)).toEqual(answers.map(({ requestId }) => requestId))
  expect(refused.filter(({ address }) => address === '127.0.0.1')).toHaveLength(refused.length - 1)
  // For whom: the same each time, and another for another.
  for (const at of [1, 2, 3, 5, 6]) expect(refused[at]?.account, String(at)).toBe(account)
  for (const at of [0, 7, 8, 11]) expect(refused[at]?.account, String(at)).toBeUndefined()
  const emails = refused.slice(11).map(({ email }) => email)
  expect(new Set(emails.slice(1)).size).toBe(1)
  expect(new Set(emails).size).toBe(2)

  for (const word of [...Object.values(words), stranger, ada.email, ada.userId, password, apiToken]) {
    expect(log, word).not.toContain(word)
  }
  expect(log).not.toContain(ada.authorization.slice('Bearer '.length))
})
