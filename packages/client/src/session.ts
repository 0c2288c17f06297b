import { factorReasons, OwnlistError, type FailureReason } from './errors.ts'

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

/** Makes an account and signs in. Without a name the address gives one. */
export function signUp(
  url: string,
  account: Credentials & { name?: string },
  fetch?: Fetch,
): Promise<NewSession> {
  return open(url, 'sign-up/email', account, fetch)
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
  return { user, token: response.headers.get('set-auth-token') ?? undefined }
}

/** Calls a route of identity; `token` is a session's, for everything that is not a browser. */
export async function post(
  url: string,
  route: string,
  body: object,
  fetch: Fetch = globalThis.fetch.bind(globalThis),
  token?: string,
): Promise<Response> {
  let response: Response
  try {
    response = await fetch(new URL(`/api/auth/${route}`, url), {
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
  if (response.ok) return response

  const failure = (await response.json().catch(() => ({}))) as {
    code?: string
    message?: string
    issues?: { path: string; message: string }[]
  }
  throw new OwnlistError(
    reasonOf(failure.code, response.status),
    failure.message ?? 'Something went wrong.',
    {
      issues: failure.issues ?? [],
      requestId: response.headers.get('x-request-id') ?? undefined,
      retryAfter: Number(response.headers.get('retry-after')) * 1000 || undefined,
    },
  )
}

/** better-auth has codes of its own; what a program decides by is one of ours. */
function reasonOf(code: string | undefined, status: number): FailureReason {
  const factor = factorReasons.find((reason) => reason === code)
  if (factor) return factor
  if (code === 'DATABASE_UNAVAILABLE' || status === 503) return 'DATABASE_UNAVAILABLE'
  if (status === 401 || status === 403) return 'UNAUTHENTICATED'
  return status < 500 ? 'BAD_INPUT' : 'INTERNAL'
}
