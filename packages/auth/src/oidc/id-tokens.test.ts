import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { browser, newEmail, test as base } from '../testing.fixture.ts'
import { jwt, startForger, type Claims, type Header } from './forger.fixture.ts'
import { client } from './provider.fixture.ts'

const baseUrl = 'http://localhost:3000'
const header = { alg: 'ES256', kid: 'one', typ: 'JWT' }

type Forger = Awaited<ReturnType<typeof startForger>>

const test = base
  .extend('forgers', { scope: 'file' }, async ({}, { onCleanup }) => {
    const forgers = { house: await startForger(), club: await startForger() }
    onCleanup(async () => {
      await Promise.all([forgers.house.close(), forgers.club.close()])
    })
    return forgers
  })
  .extend('site', ({ serve, forgers }) => {
    const server = serve({
      oidcProviders: Object.entries(forgers).map(([id, { issuer }]) => ({ id, name: id, issuer, ...client })),
    })
    return {
      /** Somebody comes back from a provider, which gives the server an ID token for the nonce that it was asked with. */
      async come(id: keyof typeof forgers, tokenFor: (nonce: string) => string | undefined) {
        const begun = await server.post('sign-in/social', { provider: id }, browser)
        const { searchParams } = new URL(String((begun.body as { url?: string }).url))
        forgers[id].gives(tokenFor(searchParams.get('nonce') ?? ''))
        const back = new URL(`${baseUrl}/api/auth/callback/${id}`)
        back.searchParams.set('code', 'a-code')
        back.searchParams.set('state', searchParams.get('state') ?? '')
        const cookie = begun.headers.getSetCookie().map((line) => line.split(';')[0])
        const request = new Request(back, { headers: { cookie: cookie.join('; ') } })
        const response = await server.handle(request, '192.0.2.1')
        const session = /ownlist\.session_token=[^;]+/.exec(response.headers.getSetCookie().join())?.[0]
        return {
          status: response.status,
          location: response.headers.get('location') ?? '',
          checked: session === undefined ? null : await server.check(new Headers({ cookie: session })),
          session,
        }
      },
    }
  })

type Forgery = (forger: Forger, claims: Claims) => string | undefined

/** The right token with something else in its header or in what it says. */
const changed =
  (inHeader: Header, inClaims: Claims = {}): Forgery =>
  ({ keys }, claims) =>
    jwt({ ...header, ...inHeader }, { ...claims, ...inClaims }, keys.own.privateKey)

const now = Math.floor(Date.now() / 1000)

const forgeries: Record<string, Forgery> = {
  'signed by another': ({ keys }, claims) => jwt(header, claims, keys.others.privateKey),
  'changed after it was signed': ({ keys }, claims) => {
    const [head, , signature] = jwt(header, claims, keys.own.privateKey).split('.')
    return [head, jwt(header, { ...claims, sub: randomUUID() }).split('.')[1], signature].join('.')
  },
  'without a signature': (_, claims) => jwt({ ...header, alg: 'none' }, claims),
  'without a signature, of the right algorithm': (_, claims) => jwt(header, claims),
  'signed with the public key as a secret': ({ keys }, claims) =>
    jwt(
      { ...header, alg: 'HS256' },
      claims,
      keys.own.publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    ),
  'signed with our own secret': (_, claims) => jwt({ ...header, alg: 'HS256' }, claims, client.clientSecret),
  'that brings its key along': ({ keys, jwkOf }, claims) =>
    jwt({ ...header, jwk: jwkOf(keys.others.publicKey) }, claims, keys.others.privateKey),
  'that says where its key is': ({ keys, issuer }, claims) =>
    jwt({ ...header, jku: `${issuer}/others`, x5u: `${issuer}/others` }, claims, keys.others.privateKey),
  'of a key that is not there': changed({ kid: 'two' }),
  'with something critical that nobody knows': changed({ crit: ['unknown'], unknown: true }),
  'that has expired': changed({}, { exp: now - 60 }),
  'that is for later': changed({}, { nbf: now + 600 }),
  'for another client': changed({}, { aud: 'another' }),
  'for nobody': changed({}, { aud: undefined }),
  'of another issuer': changed({}, { iss: 'https://another.example' }),
  'of another sign-in': changed({}, { nonce: 'x'.repeat(32) }),
  'of another kind: it says who has left': changed(
    { typ: 'logout+jwt' },
    { nonce: undefined, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
  ),
  'about nobody': changed({}, { sub: undefined }),
  'that is none': () => 'opaque',
  'that is not there': () => undefined,
}

test.for(Object.keys(forgeries))(
  'an ID token that is not exactly the provider’s own, for us, now and for this sign-in signs nobody in: %s',
  async (which, { site, forgers: { house }, database }) => {
    const somebody = { sub: randomUUID(), email: newEmail(), name: 'Ada' }
    const forged = await site.come('house', (nonce) =>
      forgeries[which]?.(house, house.claims(nonce, somebody)),
    )
    expect(forged).toMatchObject({ status: 302, checked: null, session: undefined })
    expect(forged.location).toBe('/sign-in?error=unable_to_get_user_info')
    expect(await database.query('select from users where email = $1', [somebody.email])).toEqual([])
    expect(house.asked).not.toContain('/others')

    // Nothing else was wrong with it.
    const right = await site.come('house', (nonce) =>
      jwt(header, house.claims(nonce, somebody), house.keys.own.privateKey),
    )
    expect(right.checked?.user).toMatchObject({ email: somebody.email })
  },
)

test('the same subject at two providers is two people', async ({ site, forgers }) => {
  const sub = randomUUID()
  const people = []
  for (const id of ['house', 'club'] as const) {
    const { claims, keys } = forgers[id]
    const said = { sub, email: newEmail() }
    const come = () => site.come(id, (nonce) => jwt(header, claims(nonce, said), keys.own.privateKey))
    const { checked } = await come()
    expect(checked?.user.email).toBe(said.email)
    expect((await come()).checked?.user.id).toBe(checked?.user.id)
    people.push(checked?.user.id)
  }
  expect(people[0]).not.toBe(people[1])
})

test('a provider’s word goes around no second step (CVE-2026-34727)', async ({
  site,
  forgers: { house },
  database,
}) => {
  const somebody = { sub: randomUUID(), email: newEmail() }
  const come = () =>
    site.come('house', (nonce) => jwt(header, house.claims(nonce, somebody), house.keys.own.privateKey))
  const id = (await come()).checked?.user.id ?? ''
  const sessions = () => database.query('select from sessions where user_id = $1', [id])
  expect(await sessions()).toHaveLength(1)
  await database.query(
    `insert into totp_factors (user_id, secret, confirmed_at) values ($1, convert_to($2, 'UTF8'), now())`,
    [id, 'x'.repeat(64)],
  )
  const { status, location, session } = await come()
  expect([status, session]).toEqual([302, undefined])
  const { origin, pathname, hash, search } = new URL(location, baseUrl)
  expect([origin, pathname, search]).toEqual([baseUrl, '/sign-in', ''])
  const step = new URLSearchParams(hash.slice(1)).get('step') ?? '{}'
  expect(JSON.parse(step)).toMatchObject({ methods: ['totp', 'recovery-code'], token: expect.any(String) })
  expect(await sessions()).toHaveLength(1)
})
