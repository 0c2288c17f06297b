import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { browser, newEmail, test as base } from '../testing.fixture.ts'
import { jwt, startForger } from './forger.fixture.ts'
import { client } from './provider.fixture.ts'

const baseUrl = 'http://localhost:3000'

const test = base.extend('forger', { scope: 'file' }, async ({}, { onCleanup }) => {
  const forger = await startForger()
  onCleanup(() => forger.close())
  return forger
})

test('one return from a provider signs in once, be it fifty times at once and the provider content with it', async ({
  serve,
  forger,
  database,
}) => {
  const oidcProviders = [{ id: 'house', name: 'The House', issuer: forger.issuer, ...client }]
  const servers = [serve({ oidcProviders }), serve({ oidcProviders })] as const
  const somebody = { sub: randomUUID(), email: newEmail() }
  const begin = async () => {
    const begun = await servers[0].post('sign-in/social', { provider: 'house' }, browser)
    const { searchParams } = new URL(String((begun.body as { url?: string }).url))
    const claims = forger.claims(searchParams.get('nonce') ?? '', somebody)
    forger.gives(jwt({ alg: 'ES256', kid: 'one', typ: 'JWT' }, claims, forger.keys.own.privateKey))
    const back = new URL(`${baseUrl}/api/auth/callback/house`)
    back.searchParams.set('code', 'a-code')
    back.searchParams.set('state', searchParams.get('state') ?? '')
    const cookie = begun.headers.getSetCookie().map((line) => line.split(';')[0])
    return { back, cookie: cookie.join('; ') }
  }
  const come = async (at: number, { back, cookie }: Awaited<ReturnType<typeof begin>>) => {
    const response = await (at % 2 === 0 ? servers[0] : servers[1]).handle(
      new Request(back, { headers: { cookie } }),
      '192.0.2.1',
    )
    return /ownlist\.session_token=[^;]+/.test(response.headers.getSetCookie().join())
  }
  // The account is there: so nothing but the state is to be redeemed.
  expect(await come(0, await begin())).toBe(true)
  const sessions = () =>
    database.query('select from sessions s join users u on u.id = s.user_id where email = $1', [
      somebody.email,
    ])
  expect(await sessions()).toHaveLength(1)

  const begun = await begin()
  const got = await Promise.all(Array.from({ length: 50 }, (_, n) => come(n, begun)))
  expect(got.filter(Boolean)).toHaveLength(1)
  expect(await sessions()).toHaveLength(2)
  expect(await come(0, begun)).toBe(false)
  // Whoever begins again gets in again.
  expect(await come(1, await begin())).toBe(true)
})
