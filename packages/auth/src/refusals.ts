import { BusyError, isUnavailable, RateLimitedError } from '@ownlist/db'

/** Every refusal of identity has this shape: a code for programs, words for people. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
  details: object = {},
): Response {
  return Response.json({ code, message, ...details }, { status, headers })
}

export function badInput(issues: { path: string; message: string }[]): Response {
  const message = issues[0]?.message ?? 'Some of the input is not right.'
  return refusal(400, 'BAD_INPUT', message, {}, { issues })
}

export const unauthenticated = () => refusal(401, 'UNAUTHENTICATED', 'Sign in first.')

export const passwordWrong = () => refusal(403, 'PASSWORD_WRONG', 'The password is wrong.')

/** Also for accounts without one: those sign in again. */
export const passwordNeeded = () =>
  refusal(403, 'PASSWORD_NEEDED', 'Confirm this with your password, or sign in anew first.')

/** Used, expired, replaced or made up: which of them is nobody's business. */
export const tokenInvalid = () =>
  refusal(400, 'TOKEN_INVALID', 'This link is not valid any more. Ask for a new one.')

export const mailOff = () => refusal(409, 'MAIL_OFF', 'This server sends no mail. Ask whoever runs it.')

export function away(): Response {
  const message = 'The database is away for a moment. Try again shortly.'
  return refusal(503, 'DATABASE_UNAVAILABLE', message, { 'retry-after': '2' })
}

export function broken(): Response {
  return refusal(500, 'INTERNAL', 'Something went wrong.')
}

/** What whoever is stopped is told of the limit (draft-ietf-httpapi-ratelimit-headers-10); times in seconds. */
export function stopped(
  retryAfter: number,
  policy: { quota: number; window: number } | undefined,
): Record<string, string> {
  return {
    'retry-after': String(retryAfter),
    ...(policy && { 'ratelimit-policy': `"identity";q=${policy.quota};w=${policy.window}` }),
    ratelimit: `"identity";r=0;t=${retryAfter}`,
  }
}

/** What is said of a failure: nothing that nobody foresaw. */
export function refusalOf(error: unknown): Response {
  if (error instanceof RateLimitedError) {
    const headers = stopped(error.retryAfter, error.policy)
    return refusal(429, 'RATE_LIMITED', 'Too many requests. Wait a moment and try again.', headers)
  }
  if (error instanceof BusyError) {
    const message = 'Too many people are signing in at this moment. Try again shortly.'
    return refusal(503, 'BUSY', message, { 'retry-after': '2' })
  }
  return isUnavailable(error) ? away() : broken()
}
