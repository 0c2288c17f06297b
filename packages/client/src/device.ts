import { OwnlistError } from './errors.ts'
import { refusalOf, send, type Fetch } from './session.ts'

/** A sign-in that its user has to approve in a browser, where they are signed in already. */
export interface DeviceLogin {
  /** To be shown: the user types it at `verificationUri`. */
  userCode: string
  verificationUri: string
  /** The same with the code in it: for a link or a QR code. */
  verificationUriComplete: string
  /** Keep it: whoever has it is signed in when the user approves. */
  deviceCode: string
  /** When it is too late, in milliseconds since 1970. */
  expiresAt: number
  /** Milliseconds to wait between two questions. */
  interval: number
}

export interface DeviceOptions {
  fetch?: Fetch
  /** Ends the waiting. */
  signal?: AbortSignal
  /** Waits so many milliseconds, and no longer than the signal; for tests. */
  wait?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
  now?: () => number
}

const client = 'ownlist-cli'

/** RFC 8628, 3.5: who is told to slow down asks so many milliseconds less often from then on. */
const slower = 5_000

/** And who cannot reach the server waits longer each time, up to this. */
const longest = 60_000

/**
 * Begins to sign a device in that has no browser, or none that should know the password (RFC 8628).
 *
 * @throws OwnlistError OFFLINE, or what the server refused
 */
export async function startDeviceLogin(
  url: string,
  { fetch, now = Date.now }: Pick<DeviceOptions, 'fetch' | 'now'> = {},
): Promise<DeviceLogin> {
  const asked = now()
  const response = await send(url, 'device/code', { client_id: client }, fetch)
  if (!response.ok) throw await refusalOf(response)
  const answer = (await response.json()) as {
    device_code: string
    user_code: string
    verification_uri: string
    verification_uri_complete: string
    expires_in: number
    interval: number
  }
  return {
    userCode: answer.user_code,
    verificationUri: answer.verification_uri,
    verificationUriComplete: answer.verification_uri_complete,
    deviceCode: answer.device_code,
    expiresAt: asked + answer.expires_in * 1000,
    interval: answer.interval * 1000,
  }
}

/**
 * Waits until the user has approved; gives the session's token, for `createClient`. Goes on where the server cannot be
 * reached for a while.
 *
 * @throws OwnlistError DEVICE_DENIED, DEVICE_EXPIRED, CANCELLED where the signal says so, or what the server refused
 */
export async function waitForDeviceLogin(
  url: string,
  { deviceCode, expiresAt, interval }: DeviceLogin,
  { fetch, signal, wait = pause, now = Date.now }: DeviceOptions = {},
): Promise<{ token: string }> {
  const question = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: deviceCode,
    client_id: client,
  }
  let between = interval
  let trouble = 0
  for (;;) {
    await wait(Math.min(between * 2 ** trouble, Math.max(between, longest)), signal)
    if (signal?.aborted) throw new OwnlistError('CANCELLED', 'The sign-in was cancelled.')
    if (now() >= expiresAt) throw expired()
    const response = await send(url, 'device/token', question, fetch).catch(() => undefined)
    if (!response || response.status >= 500 || response.status === 429) {
      trouble += 1
      continue
    }
    trouble = 0
    const body = (await response
      .clone()
      .json()
      .catch(() => ({}))) as { access_token?: string; error?: string }
    if (response.ok && body.access_token !== undefined) return { token: body.access_token }
    switch (body.error) {
      case 'authorization_pending':
        break
      case 'slow_down':
        between += slower
        break
      case 'access_denied':
        throw new OwnlistError('DEVICE_DENIED', 'The sign-in was refused in the browser.')
      case 'expired_token':
        throw expired()
      default:
        throw await refusalOf(response)
    }
  }
}

function expired(): OwnlistError {
  return new OwnlistError('DEVICE_EXPIRED', 'The code was not approved in time. Start over.')
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
