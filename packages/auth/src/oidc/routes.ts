import { z } from 'zod'
import type { Route } from '../requests.ts'

const provider = z.string().regex(/^[a-z0-9-]{1,32}$/, 'Must be the id of a provider.')

/** The pages where people come back to; only the provider's id comes from them. */
function comingBack(callbackURL: string, errorCallbackURL: string) {
  return z
    .strictObject({ provider })
    .transform((given) => ({ ...given, callbackURL, errorCallbackURL, disableRedirect: true }))
}

/** Signing in by somebody else who knows people, where there is such a provider. */
export const oidcRoutes: [string, Route][] = [
  // By whom one may: answered without better-auth, which would not tell.
  ['providers', { input: z.strictObject({}) }],
  ['sign-in/social', { input: comingBack('/', '/sign-in'), oidc: true, answer: onlyUrl }],
  [
    'link-social',
    { input: comingBack('/settings', '/settings'), oidc: true, only: 'recentlySignedIn', answer: onlyUrl },
  ],
]

function onlyUrl(body: Record<string, unknown>): Record<string, unknown> {
  return 'url' in body ? { url: body['url'] } : body
}
