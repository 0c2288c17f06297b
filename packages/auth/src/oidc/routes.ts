import { z } from 'zod'
import { inputs } from '../factors/inputs.ts'
import type { Route } from '../requests.ts'

const provider = z.string().regex(/^[a-z0-9-]{1,32}$/, 'Must be the id of a provider.')

/** Where people come back to is ours to say. */
function comingBack(callbackURL: string, errorCallbackURL: string) {
  return <Given extends object>(given: Given) => ({
    ...given,
    callbackURL,
    errorCallbackURL,
    disableRedirect: true,
  })
}

const confirmed = inputs.confirmed.extend({ provider })
/** Where both are asked for. */
const page = '/settings/security'

/** Signing in by somebody else who knows people, where there is such a provider. */
export const oidcRoutes: [string, Route][] = [
  // By whom one may, and whether there is mail: answered without better-auth, which would not tell.
  ['providers', { input: z.strictObject({}) }],
  [
    'sign-in/social',
    {
      input: z.strictObject({ provider }).transform(comingBack('/', '/sign-in')),
      oidc: true,
      answer: onlyUrl,
    },
  ],
  [
    'link-social',
    {
      input: confirmed.transform(comingBack(page, page)),
      oidc: true,
      only: 'recentlySignedIn',
      answer: onlyUrl,
    },
  ],
  // Also of a provider that this server no longer has.
  ['unlink-account', { input: confirmed, only: 'recentlySignedIn' }],
]

function onlyUrl(body: Record<string, unknown>): Record<string, unknown> {
  return 'url' in body ? { url: body['url'] } : body
}
