import { fromBrowser } from './answers.ts'
import { refusal, unauthenticated } from './refusals.ts'
import type { Audience } from './requests.ts'
import type { RequestScope } from './request-scope.ts'

/** Tells whom a route is not for. */
export async function refuse(
  only: Audience | undefined,
  headers: Headers,
  who: RequestScope['who'],
): Promise<Response | undefined> {
  if (only === undefined) return undefined
  if (only === 'programs') {
    // A page that was broken into must not get at a session that scripts can read.
    return fromBrowser(headers)
      ? refusal(403, 'ORIGIN_REFUSED', 'This is for programs, and not for pages.')
      : undefined
  }
  return (await who())?.via === 'session' ? undefined : unauthenticated()
}
