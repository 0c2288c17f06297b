import type { GenericEndpointContext } from 'better-auth'
import { betterAuth, type BetterAuthOptions } from 'better-auth/minimal'
import { clientAddressHeader } from '../better-auth-options.ts'
import { recordEvent } from '../events.ts'
import type { Identity } from '../identity.ts'
import { tellOfChange } from '../sign-in-notice.ts'
import { oidcPlugin, type OidcProvider } from './plugin.ts'

/** Milliseconds after which a provider that did not answer is asked again. */
const askAgainAfter = 10_000

/**
 * better-auth with the providers: beside the one without, which asks nobody anything. A provider is asked for its document when
 * somebody first wants to sign in by it, so one that is away keeps no server from starting.
 */
export function oidcSignIn(
  options: BetterAuthOptions,
  { db, baseUrl, tell }: Pick<Identity, 'db' | 'baseUrl' | 'tell'>,
  providers: OidcProvider[],
) {
  const known = new Set(providers.map(({ id }) => id))
  let made: { auth: ReturnType<typeof make>; at: number } | undefined

  function make() {
    return betterAuth({
      ...options,
      plugins: [...(options.plugins ?? []), oidcPlugin(providers)],
      account: {
        ...options.account,
        // Nothing at rest: verifier, nonce and where to go are in an encrypted cookie of ten minutes.
        storeStateStrategy: 'cookie',
        updateAccountOnSignIn: false,
        accountLinking: {
          enabled: true,
          // Without asking, only where both sides know that the address is this person's.
          requireLocalEmailVerified: true,
          trustedProviders: [],
          // Who is signed in may add whichever account they can sign in to there.
          allowDifferentEmails: true,
        },
      },
      databaseHooks: {
        ...options.databaseHooks,
        account: {
          create: { before: withoutTokens, after: noteLinked },
          update: { before: withoutTokens },
        },
      },
      onAPIError: { ...options.onAPIError, errorURL: new URL('/sign-in', baseUrl).href },
    })
  }

  /** Whatever linked it: somebody who was signed in, or an address that both sides know to be theirs. */
  async function noteLinked(
    { userId, providerId }: { userId: string; providerId: string },
    ctx: GenericEndpointContext | null,
  ) {
    const name = providers.find(({ id }) => id === providerId)?.name ?? providerId
    const userAgent = ctx?.headers?.get('user-agent')
    const ipAddress = ctx?.headers?.get(clientAddressHeader)
    await recordEvent(db, { userId, kind: 'provider-linked', ipAddress, userAgent, detail: { name } })
    await tellOfChange({ baseUrl, tell }, userId, 'provider-linked')
  }

  async function handler(request: Request): Promise<Response> {
    const { auth, at } = (made ??= { auth: make(), at: Date.now() })
    const { socialProviders } = await auth.$context
    const response = await auth.handler(request)
    if (socialProviders.length < providers.length && Date.now() - at >= askAgainAfter) made = undefined
    return response
  }

  return {
    handler,

    /** Whether the input names one of them. better-auth would call any other name an error of the server's. */
    knows: (input: unknown) => known.has((input as { provider: string }).provider),

    /**
     * Where the provider sends people back to: the one route that is a GET and changes something, because the browser comes
     * by a redirect from another site. What stands for the check of its origin is the state: it has to be in the
     * address and in an encrypted cookie that only the browser has which asked to sign in (SameSite=Lax lets
     * it come along on this navigation), so nobody can be sent here with a code that is somebody else's.
     */
    async callback(url: URL, headers: Headers): Promise<Response | undefined> {
      const id = /^\/api\/auth\/callback\/([a-z0-9-]{1,32})$/.exec(url.pathname)?.[1]
      if (id === undefined || !known.has(id)) return undefined
      const forwarded = new URL(url.pathname, baseUrl)
      for (const name of ['code', 'state', 'iss', 'error']) {
        const value = url.searchParams.get(name)
        if (value === null) continue
        // What is shown on our page is in our words.
        const isPlain = name !== 'error' || /^[a-z_]{1,64}$/.test(value)
        forwarded.searchParams.set(name, isPlain ? value : 'provider_error')
      }
      const own = new Headers(headers)
      own.delete('authorization')
      const response = await handler(new Request(forwarded, { headers: own }))
      const answer = new Headers(response.headers)
      // The browser has its cookie; no script gets the session in another way.
      answer.delete('set-auth-token')
      answer.delete('access-control-expose-headers')
      const step = response.status === 202 ? await secondStepOf(response) : undefined
      if (step) {
        // Behind `#`, like every proof in a link: browsers send it to no server.
        const page = new URL('/sign-in', baseUrl)
        page.hash = new URLSearchParams({ step: JSON.stringify(step) }).toString()
        answer.set('location', page.href)
        return new Response(null, { status: 302, headers: answer })
      }
      return new Response(null, { status: response.status, headers: answer })
    },
  }
}

/** What an account with an authenticator app is asked for, by whichever way its owner comes. */
async function secondStepOf(response: Response): Promise<object | undefined> {
  const body = (await response.json().catch(() => null)) as { secondFactor?: object } | null
  return body?.secondFactor
}

/** What the provider would let us do in its user's name is never asked for again, so it is not kept. */
async function withoutTokens(account: object) {
  const none = { accessToken: null, refreshToken: null, idToken: null, scope: null }
  return {
    data: { ...account, ...none, accessTokenExpiresAt: null, refreshTokenExpiresAt: null },
  }
}
