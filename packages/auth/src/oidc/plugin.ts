import type { BetterAuthPlugin } from 'better-auth'
import { genericOAuth, type GenericOAuthConfig } from 'better-auth/plugins/generic-oauth'
import { email } from '../email.ts'

/** Somebody who tells who people are, by OpenID Connect. */
export interface OidcProvider {
  /** In the callback's path: a to z, digits and hyphens. */
  id: string
  /** What people see on the button. */
  name: string
  /** Exactly as the provider writes it into its ID tokens. */
  issuer: string
  clientId: string
  clientSecret: string
}

type Tokens = Parameters<NonNullable<GenericOAuthConfig['getUserInfo']>>[0]

interface Claims {
  iss?: unknown
  sub?: unknown
  email?: unknown
  email_verified?: unknown
  name?: unknown
}

/** Milliseconds that a provider may take to answer. */
const patience = 10_000

/** Authorization code with PKCE, a state in an encrypted cookie, a nonce in the ID token, which is always verified. */
export function oidcPlugin(providers: OidcProvider[]): BetterAuthPlugin {
  return genericOAuth({
    config: providers.map((provider) => ({
      providerId: provider.id,
      name: provider.name,
      discoveryUrl: discoveryUrl(provider),
      requireIdTokenVerification: true,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      // What every provider has to offer: RFC 6749, 2.3.1.
      authentication: 'basic',
      pkce: true,
      scopes: ['openid', 'email', 'profile'],
      getUserInfo: (tokens) => identify(provider, tokens),
    })),
  })
}

/**
 * Whom the provider speaks of, and null where it does not say so beyond doubt. better-auth has verified the ID token's
 * signature, audience, time and nonce, where there is one; that there is one, and from the issuer that was configured
 * and not the one that the provider's own document names, is seen to here.
 */
async function identify(provider: OidcProvider, { idToken, accessToken }: Tokens) {
  const claims = idToken === undefined ? undefined : claimsOf(idToken)
  if (claims?.iss !== provider.issuer || typeof claims.sub !== 'string') return null
  const about = claims.email === undefined ? await userInfo(provider, accessToken) : claims
  // OpenID Connect Core 5.3.2: an answer about somebody else is not to be used.
  if (about?.sub !== claims.sub) return null
  const { email_verified: isVerified, name } = about
  const address = email.safeParse(about.email)
  // An address that nobody has checked is no proof of anything, and would be somebody's here.
  if (isVerified !== true || !address.success) return null
  const called = typeof name === 'string' ? name.replaceAll('\u0000', '').trim().slice(0, 200) : ''
  return {
    sub: claims.sub,
    email: address.data,
    emailVerified: true,
    name: called.toWellFormed() || (address.data.split('@')[0] ?? address.data),
  }
}

async function userInfo(provider: OidcProvider, accessToken: string | undefined): Promise<Claims | null> {
  const { userinfo_endpoint: url } = (await answerOf(discoveryUrl(provider))) as {
    userinfo_endpoint?: string
  }
  if (url === undefined || accessToken === undefined) return null
  return (await answerOf(url, { authorization: `Bearer ${accessToken}` })) as Claims
}

async function answerOf(url: string, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(patience) })
  if (!response.ok) throw new Error(`${new URL(url).origin} answers ${response.status}`)
  return response.json()
}

function discoveryUrl({ issuer }: OidcProvider): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

function claimsOf(idToken: string): Claims {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString()) as Claims
}
