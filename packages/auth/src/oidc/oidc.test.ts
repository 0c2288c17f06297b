import { expect } from 'vitest'
import { browser, newEmail } from '../testing.fixture.ts'
import { client, follow, startProvider } from './provider.fixture.ts'
import { baseUrl, callbackUrl, somebody, test } from './site.fixture.ts'

test('who has no account here gets one by signing in there, and the same one the next time', async ({
  site,
  database,
}) => {
  const person = somebody()
  const first = await site.go(person)
  expect(first).toMatchObject({ status: 302, location: '/' })
  expect(first.checked).toMatchObject({ via: 'session', user: { email: person.email, name: 'Ada Lovelace' } })
  expect(first.headers.get('set-auth-token')).toBeNull()
  const again = await site.go({ ...person, name: 'Another name' })
  expect(again.checked?.user.id).toBe(first.checked?.user.id)
  expect(again.checked?.sessionId).not.toBe(first.checked?.sessionId)
  expect(
    await database.query('select is_verified, name, image from users where email = $1', [person.email]),
  ).toEqual([{ is_verified: true, name: 'Ada Lovelace', image: null }])
})

test('nothing that the provider would let its bearer do is kept', async ({ site, database }) => {
  const { checked } = await site.go(somebody())
  expect(
    await database.query(
      `select access_token, refresh_token, id_token, scope, access_token_expires_at from accounts where user_id = $1`,
      [checked?.user.id ?? ''],
    ),
  ).toEqual([
    { access_token: null, refresh_token: null, id_token: null, scope: null, access_token_expires_at: null },
  ])
  // Nor what a sign-in that is under way needs.
  await site.begin()
  expect(await database.query('select from verifications')).toEqual([])
})

test('an account with the same address is taken over only where both sides have verified it (GHSA-g38m-r43w-p2q7)', async ({
  site,
}) => {
  const ada = await site.server.signUp()
  const person = somebody({ email: ada.email })
  // Whoever registered the address here first, without having it, gets nothing of its real owner’s.
  const refused = await site.go(person)
  expect(refused).toMatchObject({ checked: null, location: '/sign-in?error=account_not_linked' })
  await site.verify(ada.id)
  const unproved = await site.go({ ...person, email_verified: false })
  expect(unproved).toMatchObject({ checked: null, location: '/sign-in?error=unable_to_get_user_info' })
  expect(await site.accounts(ada.id)).toHaveLength(1)

  const linked = await site.go(person)
  expect(linked.checked?.user.id).toBe(ada.id)
  expect((await site.accounts(ada.id)).map(({ provider }) => provider)).toEqual(['credential', 'house'])
  // From here on it is the subject that counts, whatever becomes of the address.
  const moved = await site.go({ ...person, email: newEmail() })
  expect(moved.checked?.user).toMatchObject({ id: ada.id, email: ada.email })
})

test('an address that is missing or not verified there is nobody’s here', async ({ site, database }) => {
  const person = somebody()
  for (const wrong of [{ email_verified: false }, { email: undefined }, { email_verified: undefined }]) {
    expect((await site.go({ ...person, ...wrong })).checked).toBeNull()
  }
  expect(await database.query('select from users where email = $1', [person.email])).toEqual([])
})

test('who is signed in adds an account there, whatever its address, if the session is new', async ({
  site,
  database,
}) => {
  const [ada, eve] = [await site.server.signUp(), await site.server.signUp()]
  const cookie = (token: string) => ({ cookie: `ownlist.session_token=${encodeURIComponent(token)}` })
  const person = somebody()
  expect(await site.begin('link-social')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  expect(await site.go(person, 'link-social', cookie(ada.token))).toMatchObject({
    location: '/settings/security',
    checked: null,
  })
  expect((await site.go(person)).checked?.user).toMatchObject({ id: ada.id, email: ada.email })
  // What is Ada’s becomes nobody else’s.
  const taken = await site.go(person, 'link-social', cookie(eve.token))
  expect(taken.location).toMatch(/^\/settings\/security\?error=account_already_linked_to_different_user/)
  expect(await site.accounts(eve.id)).toHaveLength(1)

  await database.query('alter table sessions disable trigger sessions_stamp')
  await database.query(`update sessions set created_at = now() - interval '11 minutes' where user_id = $1`, [
    ada.id,
  ])
  await database.query('alter table sessions enable trigger sessions_stamp')
  expect(await site.begin('link-social', cookie(ada.token))).toMatchObject({
    status: 403,
    body: { code: 'PASSWORD_NEEDED' },
  })
})

test('a code counts only with the state and in the browser that it was asked for with', async ({
  site,
  provider,
}) => {
  provider.is(somebody())
  const [mine, hers] = [await site.begin(), await site.begin()]
  const [myReturn, herReturn] = [await follow(mine.url, baseUrl), await follow(hers.url, baseUrl)]
  const refused = async (url: URL, cookie: string, error: string) => {
    const answer = await site.come(url, cookie)
    expect(answer).toMatchObject({ status: 302, checked: null, session: undefined })
    expect(new URL(answer.location, baseUrl)).toMatchObject({ origin: baseUrl, pathname: '/sign-in' })
    expect(new URL(answer.location, baseUrl).searchParams.get('error')).toBe(error)
  }
  const changed = (change: (query: URLSearchParams) => void) => {
    const url = new URL(myReturn)
    change(url.searchParams)
    return url
  }
  // Somebody is sent here with a code that is another's: without the cookie, or with one of their own.
  await refused(myReturn, '', 'state_mismatch')
  await refused(herReturn, mine.cookie, 'state_mismatch')
  await refused(
    changed((query) => query.set('state', 'x'.repeat(32))),
    mine.cookie,
    'state_mismatch',
  )
  await refused(
    changed((query) => query.delete('state')),
    mine.cookie,
    'state_not_found',
  )
  await refused(
    changed((query) => query.set('state', '')),
    mine.cookie,
    'state_not_found',
  )
  // Another's code put into one's own state: PKCE and the nonce are not that code's.
  const herCode = herReturn.searchParams.get('code') ?? ''
  await refused(
    changed((query) => query.set('code', herCode)),
    mine.cookie,
    'invalid_code',
  )
  await refused(
    changed((query) => query.set('iss', 'http://127.0.0.1:1')),
    mine.cookie,
    'issuer_mismatch',
  )
  expect((await site.come(myReturn, mine.cookie)).checked).not.toBeNull()
  // And once.
  await refused(myReturn, mine.cookie, 'invalid_code')
})

test('the request has PKCE, a state and a nonce, and the state cookie is out of the reach of scripts', async ({
  site,
  provider,
}) => {
  const { url, headers, status } = await site.begin()
  expect(status).toBe(200)
  const { origin, searchParams } = new URL(url)
  expect(origin).toBe(provider.issuer)
  expect(Object.fromEntries(searchParams)).toEqual({
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: callbackUrl,
    scope: 'openid email profile',
    code_challenge_method: 'S256',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{32}$/),
    nonce: expect.stringMatching(/^[\w-]{32}$/),
  })
  const [cookie = ''] = headers.getSetCookie()
  expect(cookie).toMatch(/^ownlist\.oauth_state=.*HttpOnly/)
  expect(cookie).toMatch(/SameSite=Lax/)
  expect(cookie).not.toContain(searchParams.get('nonce'))
})

test('where to go afterwards is ours to say, and what a provider writes is not shown', async ({ site }) => {
  for (const more of [
    { callbackURL: 'https://evil.example' },
    { errorCallbackURL: '//evil.example' },
    { newUserCallbackURL: '/\\evil.example' },
    { idToken: { token: 'x.y.z' } },
    { scopes: ['admin'] },
    { additionalParams: { prompt: 'none' } },
    { loginHint: 'x' },
  ]) {
    const { status, body } = await site.server.post('sign-in/social', { provider: 'house', ...more }, browser)
    expect(status, JSON.stringify(more)).toBe(400)
    expect(body.code).toBe('BAD_INPUT')
  }
  const { cookie, url } = await site.begin()
  const back = new URL(callbackUrl)
  back.searchParams.set('state', new URL(url).searchParams.get('state') ?? '')
  back.searchParams.set('error', 'Call +1 555 0100 to unlock')
  back.searchParams.set('error_description', 'Your account is locked')
  expect((await site.come(back, cookie)).location).toBe('/sign-in?error=provider_error')
})

test('a document that names another issuer than was configured signs nobody in', async ({
  serve,
  provider,
}) => {
  // The same server under another name: what it signs is genuine, and from somebody else.
  const issuer = provider.issuer.replace('127.0.0.1', 'localhost')
  const errors: string[] = []
  const server = serve({
    oidcProviders: [{ id: 'house', name: 'Another', issuer, ...client }],
    onError: (message) => errors.push(message),
  })
  provider.is(somebody())
  const answer = await server.post('sign-in/social', { provider: 'house' }, browser)
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const back = await follow((answer.body as { url: string }).url, baseUrl)
  const response = await server.handle(new Request(back, { headers: { cookie } }), '192.0.2.1')
  expect(response.headers.get('location')).toBe('/sign-in?error=unable_to_get_user_info')
  expect(response.headers.getSetCookie().join()).not.toContain('session_token')
  expect(errors).toContain('Unable to get user info')
})

test('a provider that puts everything into the ID token is understood too', async ({ serve }) => {
  const provider = await startProvider({ callbackUrl, claimsInIdToken: true })
  try {
    const server = serve({
      oidcProviders: [{ id: 'house', name: 'The House', issuer: provider.issuer, ...client }],
    })
    const person = somebody({ name: ' ' })
    provider.is(person)
    const answer = await server.post('sign-in/social', { provider: 'house' }, browser)
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const back = await follow((answer.body as { url: string }).url, baseUrl)
    const response = await server.handle(new Request(back, { headers: { cookie } }), '192.0.2.1')
    const session = /ownlist\.session_token=[^;]+/.exec(response.headers.getSetCookie().join())?.[0] ?? ''
    expect(await server.check(new Headers({ cookie: session }))).toMatchObject({
      user: { email: person.email, name: person.email?.split('@')[0] },
    })
  } finally {
    await provider.close()
  }
})

test('who is deactivated gets in by no provider', async ({ site, database }) => {
  const person = somebody()
  const { checked } = await site.go(person)
  await database.query('update users set is_active = false where id = $1', [checked?.user.id ?? ''])
  expect(await site.go(person)).toMatchObject({ checked: null, session: undefined })
})

test('without providers there are no such routes, and one that is away is in nobody’s way', async ({
  serve,
}) => {
  const none = serve()
  expect((await none.post('providers', {})).body).toEqual({ providers: [], sendsMail: false })
  expect((await none.post('sign-in/social', { provider: 'house' })).status).toBe(404)
  expect((await none.handle(new Request(`${callbackUrl}?code=x&state=y`), '192.0.2.1')).status).toBe(404)

  const away = serve({
    oidcProviders: [{ id: 'house', name: 'The House', issuer: 'http://127.0.0.1:1', ...client }],
  })
  const providers = [{ id: 'house', name: 'The House' }]
  expect((await away.post('providers', {})).body).toEqual({ providers, sendsMail: false })
  expect(await away.post('sign-in/social', { provider: 'house' })).toMatchObject({
    status: 404,
    body: { code: 'PROVIDER_NOT_FOUND' },
  })
  expect((await away.signUp()).token).not.toBe('')
  for (const method of ['POST', 'HEAD', 'PUT'])
    expect((await away.handle(new Request(callbackUrl, { method }), '192.0.2.1')).status).toBe(404)
})
