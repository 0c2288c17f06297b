import { createHash } from 'node:crypto'
import { expect } from 'vitest'
import { browser, password } from '../testing.fixture.ts'
import { test } from './factors.fixture.ts'

const sessionsOf = 'select from sessions where user_id = $1'

// GHSA-xg6x-h9c9-2m83: a session that was made before the second step stood as if it had been done.
test('with an app in use the right password makes no session, not even for a moment', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, email } = await server.signUpWithTotp()
  const before = await database.query(sessionsOf, [id])
  await database.query(`
    create function refuse_session() returns trigger language plpgsql as $$ begin raise exception 'a session'; end $$`)
  await database.query(
    `create trigger sessions_refused before insert on sessions for each row when (new.user_id = '${id}') execute function refuse_session()`,
  )
  for (const headers of [undefined, browser]) {
    const answer = await server.post('sign-in/email', { email, password }, headers)
    expect(answer.status).toBe(202)
    expect(Object.keys(answer.data)).toEqual(['secondFactor'])
    expect(answer.data['secondFactor']).toEqual({
      token: expect.stringMatching(/^[\w-]{43}$/),
      methods: ['totp', 'recovery-code'],
      expiresAt: expect.any(String),
    })
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(answer.headers.get('set-auth-token')).toBeNull()
    const { token } = answer.data['secondFactor'] as { token: string }
    expect(await server.checkBearer(token)).toBeNull()
  }
  expect(await database.query(sessionsOf, [id])).toEqual(before)
  await database.query('drop trigger sessions_refused on sessions')
  // The trigger would have told: now the second step makes one.
  const { token } = await server.begin(email)
  expect(token).not.toBe('')
})

test('the code ends the sign-in, for programs with a token and for browsers with a cookie', async ({
  clocked,
}) => {
  const server = clocked()
  const { email, id, secret } = await server.signUpWithTotp()
  const program = await server.post('two-factor/verify-totp', {
    token: (await server.begin(email)).token,
    code: server.codeFor(secret),
  })
  expect(program.status, program.text).toBe(200)
  expect(program.data).toEqual({ user: { id, email, name: expect.any(String) } })
  expect(await server.checkBearer(program.token)).toMatchObject({ user: { id } })

  server.pass(30)
  const code = server.codeFor(secret)
  const page = await server.post(
    'two-factor/verify-totp',
    { token: (await server.begin(email, browser)).token, code: `${code.slice(0, 3)} ${code.slice(3)}` },
    browser,
  )
  expect(page.status).toBe(200)
  expect(page.token).toBe('')
  const cookie = page.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^ownlist\.session_token=[^;]+;.*HttpOnly/)
  expect(await server.check(new Headers({ cookie: cookie.split(';')[0] ?? '' }))).toMatchObject({
    user: { id },
  })
})

test('a wrong password looks the same whether there is a second step or not', async ({ clocked }) => {
  const server = clocked()
  const [plain, secured] = [await server.signUp(), await server.signUpWithTotp()]
  const answers = await Promise.all(
    [plain.email, secured.email, 'nobody@example.org'].map((email) =>
      server.post('sign-in/email', { email, password: 'wrong password' }),
    ),
  )
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
})

test('nothing is asked for before the app has shown a code, and setting up can begin anew', async ({
  clocked,
}) => {
  const server = clocked()
  const { email, token } = await server.signUp()
  const bearer = { authorization: `Bearer ${token}` }
  const first = await server.post('two-factor/enable', { password }, bearer)
  expect((await server.post('sign-in/email', { email, password })).status).toBe(200)
  const second = await server.post('two-factor/enable', {}, bearer)
  expect(second.data['secret']).not.toBe(first.data['secret'])
  const old = await server.post('two-factor/confirm', { code: '000000' }, bearer)
  expect([old.status, old.data.code]).toEqual([403, 'CODE_WRONG'])
  expect((await server.post('two-factor/status', {}, bearer)).data).toEqual({
    totpSince: null,
    recoveryCodesLeft: 0,
    trustedDevices: 0,
  })
})

test('setting up and taking off takes the password, or a session that is fresh', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { id, bearer } = await server.signUpWithTotp()
  const sensitive = ['two-factor/disable', 'two-factor/generate-backup-codes', 'two-factor/enable']
  const refusals = async (body: object) => {
    const answers = await Promise.all(sensitive.map((route) => server.post(route, body, bearer)))
    return answers.map(({ status, data }) => `${status} ${data.code}`)
  }
  await database.query(`alter table sessions disable trigger sessions_stamp`)
  await database.query(`update sessions set created_at = now() - interval '11 minutes' where user_id = $1`, [
    id,
  ])
  await database.query(`alter table sessions enable trigger sessions_stamp`)
  expect(new Set(await refusals({}))).toEqual(new Set(['403 PASSWORD_NEEDED']))
  expect(new Set(await refusals({ password: 'wrong password' }))).toEqual(new Set(['403 PASSWORD_WRONG']))
  for (const route of [
    ...sensitive,
    'two-factor/confirm',
    'two-factor/status',
    'two-factor/forget-devices',
  ]) {
    const body = route.endsWith('confirm') ? { code: '123456' } : {}
    const answer = await server.post(route, body)
    expect([answer.status, answer.data.code], route).toEqual([401, 'UNAUTHENTICATED'])
  }
  expect((await server.post('two-factor/enable', { password }, bearer)).data.code).toBe('TOTP_ON')
  expect((await server.post('two-factor/status', {}, bearer)).data).toMatchObject({ recoveryCodesLeft: 10 })
  expect((await server.post('two-factor/disable', { password }, bearer)).status).toBe(200)
})

test('taken off, nothing of it is left, and the password is enough again', async ({ clocked, database }) => {
  const server = clocked()
  const { email, id, bearer, secret, recoveryCodes } = await server.signUpWithTotp()
  const pending = await server.begin(email)
  expect((await server.post('two-factor/disable', { password }, bearer)).status).toBe(200)
  for (const table of ['totp_factors', 'recovery_codes', 'second_steps', 'trusted_devices']) {
    expect(await database.query(`select from ${table} where user_id = $1`, [id]), table).toEqual([])
  }
  for (const [route, code] of [
    ['verify-totp', server.codeFor(secret)],
    ['verify-backup-code', recoveryCodes[0]],
  ]) {
    const late = await server.post(`two-factor/${route}`, { token: pending.token, code })
    expect([late.status, late.data.code]).toEqual([401, 'SECOND_STEP_OVER'])
  }
  expect((await server.post('sign-in/email', { email, password })).status).toBe(200)
  expect((await server.post('two-factor/disable', { password }, bearer)).data.code).toBe('TOTP_OFF')
})

test('new recovery codes end the old ones', async ({ clocked }) => {
  const server = clocked()
  const { email, bearer, recoveryCodes } = await server.signUpWithTotp()
  const renewed = await server.post('two-factor/generate-backup-codes', { password }, bearer)
  const codes = renewed.data['recoveryCodes'] as string[]
  expect(codes).toHaveLength(10)
  expect(new Set([...codes, ...recoveryCodes]).size).toBe(20)
  const { token } = await server.begin(email)
  const old = await server.post('two-factor/verify-backup-code', { token, code: recoveryCodes[0] })
  expect(old.data.code).toBe('CODE_WRONG')
  // However it is typed.
  const code = codes[0]?.toUpperCase().replaceAll('-', ' ')
  expect((await server.post('two-factor/verify-backup-code', { token, code })).status).toBe(200)
  expect((await server.post('two-factor/status', {}, bearer)).data).toMatchObject({ recoveryCodesLeft: 9 })
})

test('no column of any table holds the secret, a recovery code or a token of the second step', async ({
  clocked,
  database,
}) => {
  const server = clocked()
  const { email, secret, recoveryCodes } = await server.signUpWithTotp()
  const { token } = await server.begin(email)
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  )
  const dump = new Map<string, string>()
  for (const { name } of tables) {
    const rows = await database.query<{ line: string }>(`select lower(t::text) as line from "${name}" t`)
    dump.set(name, rows.map(({ line }) => line).join('\n'))
  }
  const holding = (text: string) =>
    [...dump].filter(([, lines]) => lines.includes(text.toLowerCase())).map(([name]) => name)
  const code = recoveryCodes[0] ?? ''
  for (const text of [
    secret.toString('hex'),
    secret.toString('base64'),
    code,
    code.replaceAll('-', ''),
    token,
  ]) {
    expect(holding(text)).toEqual([])
  }
  // The search would find them: the hashes are there.
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  expect(holding(sha256(token))).toEqual(['second_steps'])
  const codeHash = sha256(code.replaceAll('-', ''))
  expect(holding(codeHash)).toEqual(['recovery_codes'])
  // And they are no login themselves.
  for (const stolen of [sha256(token), codeHash]) {
    const answer = await server.post('two-factor/verify-totp', {
      token: stolen,
      code: server.codeFor(secret),
    })
    expect(answer.data.code).toBe('SECOND_STEP_OVER')
  }
})
