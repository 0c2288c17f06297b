import { OwnlistError, seconds, type FailureReason } from './errors.ts'

export interface Credentials {
  email: string
  password: string
}

export interface NewSession {
  user: { id: string; email: string; name: string }
  /** For `createClient`; undefined in a browser, which has a cookie instead. */
  token: string | undefined
}

type Fetch = typeof globalThis.fetch

/** Makes an account and signs in. Without a name the address gives one. */
export function signUp(
  url: string,
  account: Credentials & { name?: string },
  fetch?: Fetch,
): Promise<NewSession> {
  return open(url, 'sign-up/email', account, fetch)
}

export function signIn(url: string, credentials: Credentials, fetch?: Fetch): Promise<NewSession> {
  return open(url, 'sign-in/email', credentials, fetch)
}

/** Ends the session at once, on every server. */
export async function signOut(url: string, token?: string, fetch?: Fetch): Promise<void> {
  await post(url, 'sign-out', {}, fetch, token)
}

async function open(url: string, route: string, body: object, fetch: Fetch | undefined): Promise<NewSession> {
  const response = await post(url, route, body, fetch)
  const { user } = (await response.json()) as Pick<NewSession, 'user'>
  return { user, token: response.headers.get('set-auth-token') ?? undefined }
}

async function post(
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
      retryAfter: seconds(response.headers.get('retry-after')),
    },
  )
}

/** better-auth has codes of its own; what a program decides by is one of ours. */
function reasonOf(code: string | undefined, status: number): FailureReason {
  if (code === 'RATE_LIMITED' || code === 'BUSY') return code
  if (code === 'DATABASE_UNAVAILABLE' || status === 503) return 'DATABASE_UNAVAILABLE'
  if (status === 401 || status === 403) return 'UNAUTHENTICATED'
  return status < 500 ? 'BAD_INPUT' : 'INTERNAL'
}
