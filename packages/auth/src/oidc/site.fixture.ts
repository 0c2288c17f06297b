import { randomUUID } from 'node:crypto'
import { browser, newEmail, test as base } from '../testing.fixture.ts'
import { client, follow, startProvider, type Person } from './provider.fixture.ts'

export const baseUrl = 'http://localhost:3000'
export const callbackUrl = `${baseUrl}/api/auth/callback/house`

/** A server with a real provider beside it, and the ways of people through both. */
export const test = base
  .extend('provider', { scope: 'file' }, async ({}, { onCleanup }) => {
    const provider = await startProvider({ callbackUrl })
    onCleanup(() => provider.close())
    return provider
  })
  .extend('site', ({ serve, provider, database }) => {
    const house = { id: 'house', name: 'The House', issuer: provider.issuer, ...client }
    const server = serve({ oidcProviders: [house] })
    const begin = async (route = 'sign-in/social', headers: Record<string, string> = {}) => {
      const answer = await server.post(route, { provider: 'house' }, { ...browser, ...headers })
      const state = answer.headers.getSetCookie().map((line) => line.split(';')[0])
      const { url = '' } = answer.body as { url?: string }
      return { ...answer, url, cookie: [headers['cookie'], ...state].filter(Boolean).join('; ') }
    }
    const come = async (url: URL, cookie: string) => {
      const response = await server.handle(
        new Request(url, { headers: { cookie, 'sec-fetch-site': 'cross-site' } }),
        '192.0.2.1',
      )
      const session = response.headers
        .getSetCookie()
        .flatMap((line) => /^(ownlist\.session_token=[^;]+)/.exec(line)?.[1] ?? [])[0]
      return {
        status: response.status,
        headers: response.headers,
        location: response.headers.get('location') ?? '',
        session,
        checked: session ? await server.check(new Headers({ cookie: session })) : null,
      }
    }
    return {
      server,
      begin,
      come,
      /** The whole way of somebody who clicks on the button. */
      async go(person: Person, route?: string, headers?: Record<string, string>) {
        provider.is(person)
        const { url, cookie } = await begin(route, headers)
        return come(await follow(url, baseUrl), cookie)
      },
      verify: (id: string) => database.query('update users set is_verified = true where id = $1', [id]),
      accounts: (userId: string) =>
        database.query<{ provider: string; text: string }>(
          `select provider_id as provider, a::text as text from accounts a where user_id = $1 order by 1`,
          [userId],
        ),
    }
  })

export const somebody = (more: Partial<Person> = {}): Person => ({
  sub: randomUUID(),
  email: newEmail(),
  email_verified: true,
  name: 'Ada Lovelace',
  ...more,
})
