import { describe, expect, onTestFinished, vi } from 'vitest'
import { encrypted, smtpMailer } from './mail.ts'
import { openSmtpServer } from './mail.fixture.ts'
import { sendRaw, statusOf } from './raw.fixture.ts'
import { environment, password, test } from './server.fixture.ts'
import { startServer } from './start.ts'

const other = 'another horse battery staple'
const from = 'Ownlist <ownlist@example.org>'
const mail = {
  to: 'ada@example.org',
  subject: 'Hello',
  text: 'A line of text, and a link https://x.example/#t=1.\n',
}

async function smtp(refuse?: () => number | undefined) {
  const server = await openSmtpServer(refuse)
  onTestFinished(() => server.close())
  return server
}

describe('a mailer', () => {
  test('hands mails over with sender, recipient and text, and says that no person wrote them', async () => {
    const server = await smtp()
    const mailer = smtpMailer({ url: server.url, from })
    await mailer.send(mail)
    await mailer.close()
    const [one] = server.received
    expect(one).toMatchObject({ from: 'ownlist@example.org', to: ['ada@example.org'] })
    expect(one?.text.replaceAll('\r\n', '\n')).toContain(mail.text.trim())
    expect(one?.raw).toMatch(/^auto-submitted: auto-generated\r$/im)
    expect(one?.raw).toMatch(/^from: Ownlist <ownlist@example\.org>\r$/im)
  })

  test('writes to one address, whatever is in it and in the subject', async () => {
    const server = await smtp()
    const mailer = smtpMailer({ url: server.url, from })
    await mailer.send({ ...mail, subject: 'One\r\nBcc: eve@example.org' })
    await mailer.send({ ...mail, to: 'ada@example.org,eve@example.org' }).catch(() => {})
    await mailer.close()
    expect(server.received[0]?.to).toEqual(['ada@example.org'])
    expect(server.received[0]?.raw).not.toMatch(/^bcc:/im)
    expect(server.received.flatMap(({ to }) => to)).not.toContain('eve@example.org')
  })

  test('tries again what was not taken for the moment, and gives up on what is refused', async () => {
    const answers = [451, 451, undefined, 550]
    const server = await smtp(() => answers.shift())
    const mailer = smtpMailer({ url: server.url, from, retryAfter: [1, 1] })
    await mailer.send(mail)
    expect(server.received).toHaveLength(1)
    await expect(mailer.send(mail)).rejects.toMatchObject({ responseCode: 550 })
    expect(answers).toEqual([])
    await mailer.close()
  })

  test('sends nothing in clear to another machine, whatever somebody in between takes out of the offer', async () => {
    for (const url of [
      'smtp://mail.example.org',
      'smtp://somebody@192.0.2.1:587?pool=true',
      'smtp://127.0.0.1.evil.example',
    ])
      expect(new URL(encrypted(url)).searchParams.get('requireTLS'), url).toBe('true')
    for (const url of [
      'smtps://mail.example.org',
      'smtp://127.0.0.1:25',
      'smtp://mail.example.org?requireTLS=false',
    ])
      expect(encrypted(url)).toBe(url)
    const server = await smtp()
    const mailer = smtpMailer({ url: `${server.url}?requireTLS=true`, from, retryAfter: [] })
    await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'ETLS' })
    await mailer.close()
    expect(server.received).toEqual([])
  })

  test('closes with a mail that waits for its next try, and says that it was not sent', async () => {
    const server = await smtp(() => 451)
    const mailer = smtpMailer({ url: server.url, from, retryAfter: [60_000], patience: 10 })
    const failure = mailer.send(mail).then(
      () => undefined,
      (error: unknown) => error,
    )
    await mailer.close()
    expect(await failure).toMatchObject({ responseCode: 451 })
  })
})

test('a sign-up, a reset and a change of address go by mail, from end to end', async ({ database }) => {
  const box = await smtp()
  const server = await startServer(environment(database, { SMTP_URL: box.url, MAIL_FROM: from }))
  onTestFinished(() => server.close())
  const post = async (route: string, body: object, headers = {}) => {
    const response = await fetch(new URL(`/api/auth/${route}`, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const linkTo = async (page: string, to: string) => {
    const find = () =>
      box.received
        .filter((one) => one.to.includes(to))
        .map(({ text }) => new RegExp(`${server.url}/${page}#token=([\\w-]+)`).exec(text)?.[1])
        .find((token) => token !== undefined)
    return expect.poll(find).toBeDefined().then(find)
  }
  const [email, later] = ['ada@example.org', 'countess@example.org']

  const signUp = await post('sign-up/email', { email, password })
  expect([signUp.status, signUp.text]).toEqual([200, '{"status":"sent"}'])
  const confirmed = await post('verify-email', { token: await linkTo('verify', email), password })
  expect(confirmed.status).toBe(200)

  await post('request-password-reset', { email })
  const reset = { token: await linkTo('reset', email), newPassword: other }
  expect((await post('reset-password', reset)).status).toBe(200)
  const signIn = await post('sign-in/email', { email, password: other })
  const headers = { authorization: `Bearer ${signIn.headers.get('set-auth-token')}` }

  expect((await post('change-email', { newEmail: later, password: other }, headers)).status).toBe(200)
  expect((await post('verify-email', { token: await linkTo('change-email', later) })).status).toBe(200)
  const call = (path: string) => fetch(new URL(`/api/trpc/${path}?input={}`, server.url), { headers })
  expect(await (await call('account.me')).json()).toMatchObject({ result: { data: { email: later } } })
  expect(await (await call('account.security')).json()).toMatchObject({
    result: { data: { isVerified: true, hasPassword: true, sendsMail: true } },
  })
  const { result } = (await (await call('account.events')).json()) as {
    result: { data: { items: { kind: string; ipAddress: string }[] } }
  }
  expect(result.data.items.map(({ kind }) => kind)).toEqual([
    'email-changed',
    'email-change-asked',
    'password-reset',
    'password-reset-asked',
    'signed-up',
  ])
  expect(result.data.items[0]?.ipAddress).toMatch(/127\.0\.0\.1$/)
})

test('in development mails stand on a page of their own, with links, and nothing in them is markup', async ({
  database,
}) => {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  onTestFinished(() => printed.mockRestore())
  const server = await startServer(environment(database, { NODE_ENV: 'development' }))
  onTestFinished(() => server.close())
  const page = () => fetch(new URL('/dev/mail', server.url))
  expect(await (await page()).text()).toContain('None yet.')
  const post = (route: string, agent: string) =>
    fetch(new URL(`/api/auth/${route}`, server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': agent },
      body: JSON.stringify({ email: 'eve@example.org', password }),
    })
  // Without SMTP_URL nobody has to confirm.
  expect((await post('sign-up/email', 'Laptop')).headers.get('set-auth-token')).not.toBeNull()
  // Of new devices only an address hears that is known to be its owner's.
  await database.query('update users set is_verified = true')
  await post('sign-in/email', '<b>"Phone" & co</b>')
  const shown = async () => (await page()).text()
  await expect.poll(shown).toContain('&lt;b&gt;&quot;Phone&quot; &amp; co&lt;/b&gt;, at ')
  expect(await shown()).toMatch(
    new RegExp(`<a href="${server.url}/verify#token=[\\w-]+">${server.url}/verify#token=[\\w-]+</a>`),
  )
  expect((await page()).headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(printed.mock.calls.flat().join('')).toContain('Mail to eve@example.org')
  // Any name may lead to this machine; a page at another one gets nothing.
  const { port } = new URL(server.url)
  const under = async (host: string) =>
    statusOf(
      await sendRaw(
        `http://127.0.0.1:${port}`,
        `GET /dev/mail HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`,
      ),
    )
  expect(await under(`localhost:${port}`)).toBe(200)
  expect(await under(`127.0.0.1:${port}`)).toBe(200)
  expect(await under(`evil.example:${port}`)).toBe(404)
  expect(await under('tasks.example.org')).toBe(404)
})

test('in production there is no such page, and no mail without a server for it', async ({ database }) => {
  const server = await startServer(environment(database, { NODE_ENV: 'production' }))
  onTestFinished(() => server.close())
  expect((await fetch(new URL('/dev/mail', server.url))).status).toBe(404)
  const settings = environment(database, { NODE_ENV: 'production' })
  await expect(startServer({ ...settings, REQUIRE_EMAIL_VERIFICATION: 'on' })).rejects.toThrow(/SMTP_URL/)
  await expect(startServer({ ...settings, SMTP_URL: 'smtp://127.0.0.1' })).rejects.toThrow(/MAIL_FROM/)
})
