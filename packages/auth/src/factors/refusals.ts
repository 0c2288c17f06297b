import { APIError } from 'better-auth/api'

/** What the routes of this folder refuse with; docs/errors.md explains each. */
const refusals = {
  UNAUTHENTICATED: ['UNAUTHORIZED', 'Sign in first.'],
  SECOND_STEP_OVER: ['UNAUTHORIZED', 'This sign-in is over. Begin again with your password.'],
  PASSKEY_REFUSED: ['UNAUTHORIZED', 'This passkey was not accepted.'],
  PASSWORD_WRONG: ['FORBIDDEN', 'The password is wrong.'],
  PASSWORD_NEEDED: ['FORBIDDEN', 'Confirm this with your password, or sign in anew first.'],
  CODE_WRONG: ['FORBIDDEN', 'The code is wrong, or was used before.'],
  PASSKEY_NOT_FOUND: ['NOT_FOUND', 'There is no such passkey.'],
  TOTP_ON: ['CONFLICT', 'An authenticator app is set up already. Take it off first.'],
  TOTP_OFF: ['CONFLICT', 'No authenticator app is set up.'],
  PASSKEY_EXISTS: ['CONFLICT', 'This passkey is registered already.'],
  TOO_MANY_PASSKEYS: ['CONFLICT', 'An account has at most 20 passkeys.'],
  LAST_SIGN_IN: ['CONFLICT', 'This passkey is all that is left to sign in with. Set a password first.'],
  TOO_MANY_TRIES: ['TOO_MANY_REQUESTS', 'Too many wrong codes. Wait a while.'],
} as const

/** An expected failure. */
export function refusal(code: keyof typeof refusals, headers: Record<string, string> = {}): APIError {
  const [status, message] = refusals[code]
  return new APIError(status, { code, message }, headers)
}
