import { expect, onTestFinished } from 'vitest'
import { serveApart } from './apart.fixture.ts'
import { openSmtpServer } from './mail.fixture.ts'
import { test } from './server.fixture.ts'

const words = {
  search: 'canary-of-a-search',
  title: 'canary-of-a-title',
  password: 'canary-of-a-password',
  email: 'canary-of-an-email@example.org',
  token: 'canary-of-a-token',
  header: 'canary-of-a-header',
}

test('nothing that people write, search for or sign in with stands in the log, however much it says', async ({
  database,
  openSession,
}) => {
  const { authorization } = await openSession()
  const box = await openSmtpServer(() => 550)
  onTestFinished(() => box.close())
  const server = await serveApart(database, {
    LOG_LEVEL: 'debug',
    SMTP_URL: box.url,
    MAIL_FROM: 'Ownlist <ownlist@example.org>',
  })
  try {
    const { url } = server
    const post = (path: string, body: unknown, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    const { search, title, password, email, token, header } = words
    const statuses = [
      await post('/api/trpc/tasks.create', { title }),
      await post('/api/trpc/tasks.list', { q: search }),
      await post('/api/trpc/tasks.list', { q: search, nonsense: search }),
      await post('/api/trpc/tasks.create', `{"title":"${title}`),
      await post('/api/trpc/tasks.get', { id: title }),
      await post('/api/auth/sign-up/email', { email, password }),
      await post('/api/auth/sign-in/email', { email, password: `${password} wrong` }),
      await post('/api/auth/sign-in/email', { email, password, more: password }),
      await post('/api/trpc/account.me', {}, { authorization: `Bearer ${token}.x`, 'x-request-id': header }),
    ].map(({ status }) => status)
    expect(statuses).toEqual([200, 200, 400, 400, 400, 200, 401, 400, 401])
    // The mail server's refusal names the address, which is for no log.
    await expect.poll(server.log).toMatch(/"responseCode":550.*"a mail was not sent"/)
  } finally {
    await server.stop()
  }
  const log = server.log()
  // It did speak, of statements.
  expect(log).toContain('insert into')
  for (const word of Object.values(words)) expect(log, word).not.toContain(word)
  expect(log).not.toContain(authorization.slice('Bearer '.length))
})
