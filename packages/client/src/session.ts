import { factorReasons, OwnlistError, seconds, type FailureReason } from './errors.ts'

export interface Credentials {
  email: string
  password: string
}

export interface NewSession {
  user: { id: string; email: string; name: string }
  /** For `createClient`; undefined in a browser, which has a cookie instead. */
  token: string | undefined
  secondFactor?: undefined
}

/** The password was right, and a code is awaited: there is no session yet. */
export interface SecondFactorNeeded {
  secondFactor: {
    /** For `signInWithTotp` and `signInWithRecoveryCode`; good for five codes and ten minutes, in memory only. */
    token: string
    methods: ('totp' | 'recovery-code')[]
    expiresAt: string
  }
  user?: undefined
  token?: undefined
}

export type Fetch = typeof globalThis.fetch

/**
 * Makes an account and signs in. Without a name the address gives one.
 *
 * @throws OwnlistError EMAIL_NOT_VERIFIED where the address has to be confirmed first: a link that makes the account is on
 *   its way, and nobody is signed in yet. BAD_INPUT with issues by field
 */
export async function signUp(
  url: string,
  account: Credentials & { name?: string },
  fetch?: Fetch,
): Promise<NewSession> {
  const response = await post(url, 'sign-up/email', account, fetch)
  const answer = (await response.json()) as Pick<NewSession, 'user'> | { status: 'sent' }
  if ('user' in answer) return { user: answer.user, token: tokenOf(response) }
  throw new OwnlistError('EMAIL_NOT_VERIFIED', 'Look into your mail: its link confirms your address.')
}

/** A session, or, where `secondFactor` is there, what is needed to go on to one. */
export async function signIn(
  url: string,
  credentials: Credentials,
  fetch?: Fetch,
): Promise<NewSession | SecondFactorNeeded> {
  const response = await post(url, 'sign-in/email', credentials, fetch)
  return response.status === 202 ? ((await response.json()) as SecondFactorNeeded) : sessionOf(response)
}

/** Ends the session at once, on every server. */
export async function signOut(url: string, token?: string, fetch?: Fetch): Promise<void> {
  await post(url, 'sign-out', {}, fetch, token)
}

/**
 * Sends another link to an address that stands at an account and is not confirmed yet. The answer is the same whether
 * there is such an account or not. (Who has not confirmed a sign-up signs up again.)
 */
export async function sendVerificationEmail(url: string, email: string, fetch?: Fetch): Promise<void> {
  await post(url, 'send-verification-email', { email }, fetch)
}

/** What the link of a mail did, and at which address. */
export interface Verified {
  status: 'signed-up' | 'email-verified' | 'email-changed'
  email: string
}

/**
 * Does what a link to `/verify` or `/change-email` stands for. It signs nobody in. A sign-up that was made elsewhere than in
 * this browser takes the password that was chosen.
 *
 * @throws OwnlistError TOKEN_INVALID where the link is used, replaced or too old; PASSWORD_NEEDED, PASSWORD_WRONG
 */
export async function verifyEmail(
  url: string,
  link: { token: string; password?: string },
  fetch?: Fetch,
): Promise<Verified> {
  const response = await post(url, 'verify-email', link, fetch)
  return (await response.json()) as Verified
}

/** Sends a link to `/reset`, where there is such an account; nobody is told whether there is. */
export async function requestPasswordReset(url: string, email: string, fetch?: Fetch): Promise<void> {
  await post(url, 'request-password-reset', { email }, fetch)
}

/**
 * Sets a new password by a link to `/reset`, and ends every session of the account.
 *
 * @throws OwnlistError TOKEN_INVALID where the link is used, replaced or too old, and BAD_INPUT with issues
 *   at `newPassword`
 */
export async function resetPassword(
  url: string,
  reset: { token: string; newPassword: string },
  fetch?: Fetch,
): Promise<void> {
  await post(url, 'reset-password', reset, fetch)
}

/**
 * Sets another password and ends all sessions but this one. An account without a password gets its first, within
 * ten minutes of signing in.
 *
 * @throws OwnlistError PASSWORD_WRONG, PASSWORD_NEEDED, and BAD_INPUT with issues at `newPassword`
 */
export async function changePassword(
  url: string,
  change: { currentPassword?: string; newPassword: string },
  token?: string,
  fetch?: Fetch,
): Promise<void> {
  await post(url, 'change-password', change, fetch, token)
}

/**
 * Asks for another address: `sent` where the new one has to confirm by its mail first, `changed` where this server sends
 * none.
 *
 * @throws OwnlistError PASSWORD_WRONG, PASSWORD_NEEDED, EMAIL_TAKEN (without mail alone)
 */
export async function changeEmail(
  url: string,
  change: { newEmail: string; password?: string },
  token?: string,
  fetch?: Fetch,
): Promise<'sent' | 'changed'> {
  const response = await post(url, 'change-email', change, fetch, token)
  return ((await response.json()) as { status: 'sent' | 'changed' }).status
}

/** Calls a route that signs in. */
export async function open(
  url: string,
  route: string,
  body: object,
  fetch: Fetch | undefined,
): Promise<NewSession> {
  return sessionOf(await post(url, route, body, fetch))
}

async function sessionOf(response: Response): Promise<NewSession> {
  const { user } = (await response.json()) as Pick<NewSession, 'user'>
  return { user, token: tokenOf(response) }
}

function tokenOf(response: Response): string | undefined {
  return response.headers.get('set-auth-token') ?? undefined
}

/** Calls a route of identity; `token` is a session's, for everything that is not a browser. */
export async function post(
  url: string,
  route: string,
  body: object,
  fetch?: Fetch,
  token?: string,
): Promise<Response> {
  const response = await send(url, route, body, fetch, token)
  if (response.ok) return response
  throw await refusalOf(response)
}

/**
 * Calls a route of identity, whatever it answers.
 *
 * @throws OwnlistError OFFLINE
 */
export async function send(
  url: string,
  route: string,
  body: object,
  fetch: Fetch = globalThis.fetch.bind(globalThis),
  token?: string,
): Promise<Response> {
  try {
    return await fetch(new URL(`/api/auth/${route}`, url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    })
  } catch (cause) {
    throw new OwnlistError('OFFLINE', 'The server cannot be reached. Check your connection.', { cause })
  }
}

/** What identity refused, as a failure that a program can decide by. */
export async function refusalOf(response: Response): Promise<OwnlistError> {
  const failure = (await response.json().catch(() => ({}))) as {
    code?: string
    message?: string
    issues?: { path: string; message: string }[]
  }
  return new OwnlistError(
    reasonOf(failure.code, response.status),
    failure.message ?? 'Something went wrong.',
    {
      issues: failure.issues ?? [],
      requestId: response.headers.get('x-request-id') ?? undefined,
      retryAfter: seconds(response.headers.get('retry-after')),
    },
  )
}

/** What a program does something about, beside what procedures refuse. */
const own = new Set<string>([
  'PASSWORD_WRONG',
  'TOKEN_INVALID',
  'EMAIL_NOT_VERIFIED',
  'EMAIL_TAKEN',
  'MAIL_OFF',
] satisfies FailureReason[])

/** better-auth has codes of its own; what a program decides by is one of ours. */
function reasonOf(code: string | undefined, status: number): FailureReason {
  const factor = factorReasons.find((reason) => reason === code)
  if (factor) return factor
  if (code === 'RATE_LIMITED' || code === 'BUSY') return code
  if (code === 'DATABASE_UNAVAILABLE' || status === 503) return 'DATABASE_UNAVAILABLE'
  if (code !== undefined && own.has(code)) return code as FailureReason
  if (status === 401 || status === 403) return 'UNAUTHENTICATED'
  return status < 500 ? 'BAD_INPUT' : 'INTERNAL'
}
