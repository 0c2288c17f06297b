import { describe, expect } from 'vitest'
import { betterAuthOptions } from './better-auth-options.ts'
import { openRoutes } from './requests.ts'
import { browser, newEmail, password, secret, test } from './testing.fixture.ts'

/** What went wrong in better-auth once, tried against our identity as it is served (docs/security.md). */

describe('GHSA-x732-6j76-qmhm: a path spelled otherwise was the same route, past what had closed or limited it', () => {
  const spellings = [
    (route: string) => `/api/auth//${route}`,
    (route: string) => `//api/auth/${route}`,
    (route: string) => `/api//auth/${route}`,
    (route: string) => `/api/auth/${route}/`,
    (route: string) => `/api/auth/${route.replace('/', '//')}`,
    (route: string) => `/api/auth/${route.replace('/', '%2f')}`,
    (route: string) => `/api/auth/${route.replace('/', '\\\\')}`,
    (route: string) => `/api/auth/x/%2e%2e%2f${route}`,
    (route: string) => `/api/auth/${route.replace('n', '%6e')}`,
    (route: string) => `/api/auth/${route.toUpperCase()}`,
    (route: string) => `/api/auth/${route};x=1`,
    (route: string) => `/api/auth/${route}%00`,
  ]

  test('a route has one spelling, and every other does not exist', async ({ serve }) => {
    const server = serve()
    const { email } = await server.signUp()
    for (const spell of spellings) {
      for (const route of ['sign-in/email', 'sign-up/email', 'delete-user', 'list-sessions']) {
        const request = new Request(`http://localhost:3000${spell(route)}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(
            route === 'sign-in/email' ? { email, password } : { email: newEmail(), password },
          ),
        })
        const response = await server.handle(request, '192.0.2.1')
        expect([response.status, response.headers.get('set-auth-token')], spell(route)).toEqual([404, null])
      }
    }
    // The one spelling does.
    expect((await server.post('sign-in/email', { email, password })).status).toBe(200)
  })

  test('what a path resolves to before it is sent is that route, and no other', async ({ serve }) => {
    const server = serve()
    const { email } = await server.signUp()
    expect((await server.post('../auth/sign-in/./email', { email, password })).status).toBe(200)
    expect((await server.post('sign-in/email/../../delete-user', {})).status).toBe(404)
  })
})

describe('routes of the parts that had advisories', () => {
  test.for<[id: string, route: string]>([
    ['CVE-2025-61928', 'api-key/create'],
    ['CVE-2025-61928', 'api-key/update'],
    ['GHSA-2vg6-77g8-24mp', 'admin/remove-user'],
    ['GHSA-2vg6-77g8-24mp', 'admin/impersonate-user'],
    ['GHSA-2vg6-77g8-24mp', 'delete-anonymous-user'],
    ['GHSA-2vg6-77g8-24mp', 'scim/v2/Users'],
    ['GHSA-qq9h-g4jm-xgf3', 'sign-in/magic-link'],
    ['GHSA-qq9h-g4jm-xgf3', 'magic-link/verify'],
    ['GHSA-qq9h-g4jm-xgf3', 'sign-in/email-otp'],
    ['GHSA-fmh4-wcc4-5jm3', 'organization/accept-invitation'],
    ['GHSA-86j7-9j95-vpqj', 'oauth2/register'],
    ['GHSA-9h47-pqcx-hjr4', 'oauth2/authorize'],
    ['GHSA-pw9m-5jxm-xr6h', 'oauth2/token'],
    ['GHSA-pw9m-5jxm-xr6h', 'mcp/token'],
    ['GHSA-wmjr-v86c-m9jj', 'multi-session/revoke'],
  ])('%s: %s does not exist', async ([, route], { serve }) => {
    const server = serve()
    const { id, token } = await server.signUp()
    for (const headers of [undefined, { authorization: `Bearer ${token}` }]) {
      const { status, body } = await server.post(route, { userId: id }, headers)
      expect([status, body.code]).toEqual([404, 'NOT_FOUND'])
    }
    expect(openRoutes.has(route)).toBe(false)
  })
})

test('CVE-2025-61928: an id in the body makes nobody out of a stranger', async ({ serve }) => {
  const server = serve()
  const ada = await server.signUp()
  for (const [route] of openRoutes) {
    for (const field of ['userId', 'user_id', 'id', 'user']) {
      const { status, token, text } = await server.post(route, { [field]: ada.id })
      expect(status, `${route} ${field}`).toBeGreaterThanOrEqual(400)
      expect([token, text.includes(ada.email)], `${route} ${field}`).toEqual(['', false])
    }
  }
})

test('mass assignment: what an account or a session becomes is not what a sign-up or a sign-in says', async ({
  serve,
}) => {
  const server = serve()
  const extra = {
    emailVerified: true,
    is_verified: true,
    role: 'admin',
    isActive: true,
    image: 'https://example.org/x.png',
    createdAt: '2001-01-01',
    expiresAt: '2101-01-01',
    rememberMe: false,
  }
  for (const [field, value] of Object.entries(extra)) {
    const email = newEmail()
    const { status, body } = await server.post('sign-up/email', { email, password, [field]: value })
    expect([status, body.code], field).toEqual([400, 'BAD_INPUT'])
    expect((await server.post('sign-in/email', { email, password })).status, field).toBe(401)
  }
})

test('CVE-2024-56734, CVE-2025-53535: no route takes an address to send a browser on to', async ({
  serve,
}) => {
  const server = serve()
  const { email } = await server.signUp()
  for (const field of ['callbackURL', 'redirectTo', 'errorCallbackURL', 'newUserCallbackURL']) {
    for (const [route] of openRoutes) {
      const { status, headers } = await server.post(route, {
        email,
        password,
        [field]: 'https://evil.example',
      })
      expect(status, `${route} ${field}`).toBeGreaterThanOrEqual(400)
      expect(headers.get('location'), `${route} ${field}`).toBeNull()
    }
  }
})

test('GHSA-569q-mpph-wgww: what the first request says of host and path moves nothing for the next', async ({
  serve,
}) => {
  const server = serve()
  const strange = new Request('http://evil.example/other/base/sign-in/email', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    },
    body: JSON.stringify({ email: newEmail(), password }),
  })
  expect((await server.handle(strange, '192.0.2.1')).status).toBe(404)
  const { answer } = await server.signUp(newEmail(), browser)
  expect(answer.headers.get('set-cookie')).not.toContain('evil.example')
  expect(answer.headers.get('set-cookie')).not.toContain('Secure')
})

describe('GHSA-xg6x-h9c9-2m83, GHSA-2vg6-77g8-24mp: a session that lives beside the database outlives what ends it', () => {
  test('a browser gets one cookie with an opaque token, and no copy of its session', async ({ serve }) => {
    const server = serve()
    const { email } = await server.signUp()
    const { headers } = await server.post('sign-in/email', { email, password }, browser)
    const cookies = headers.getSetCookie()
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toContain('session_token=')
    expect(decodeURIComponent(cookies[0] ?? '')).not.toContain(email)
  })

  test('sessions are kept in the database alone: no cache, no second store', ({ connection }) => {
    const { session, secondaryStorage } = betterAuthOptions({
      database: connection,
      secret,
      baseUrl: 'http://localhost:3000',
    })
    expect([secondaryStorage, session?.cookieCache, session?.storeSessionInDatabase]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('after an erasure no session of the account gets in, nor does its password', async ({ serve }) => {
    const server = serve({ eraseGraceDays: 0 })
    const { id, email, token } = await server.signUp()
    const again = await server.post('sign-in/email', { email, password })
    expect(await server.checkBearer(again.token)).not.toBeNull()
    await server.accounts.erase(id)
    expect(await Promise.all([token, again.token].map((one) => server.checkBearer(one)))).toEqual([
      null,
      null,
    ])
    expect((await server.post('sign-in/email', { email, password })).status).toBe(401)
  })
})
