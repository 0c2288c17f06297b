import type { Caller } from './factors.ts'
import { post, type Fetch } from './session.ts'

/** A program that asks to be signed in, as its code shows it. */
export interface AskingDevice {
  userCode: string
  status: string
  clientId: string | null
  /** From where, by what and when it asked; null where somebody else has looked at it first. */
  ipAddress: string | null
  userAgent: string | null
  askedAt: string | null
}

/**
 * What asks to be signed in with this code. Whoever looks first is the one who may answer.
 *
 * @throws OwnlistError BAD_INPUT where there is no such code, or it is over; RATE_LIMITED, with `retryAfter`
 */
export async function lookAtDevice(caller: Caller, userCode: string): Promise<AskingDevice> {
  return (await call(caller, 'device', { userCode })) as AskingDevice
}

/** Signs the program in as whoever calls. */
export async function approveDevice(caller: Caller, userCode: string): Promise<void> {
  await call(caller, 'device/approve', { userCode })
}

export async function denyDevice(caller: Caller, userCode: string): Promise<void> {
  await call(caller, 'device/deny', { userCode })
}

/** How this server lets people in, for its page of signing in. */
export interface WaysIn {
  /** By whom people can be signed in here, beside their password. */
  providers: { id: string; name: string }[]
  /** Whether it sends mail: without it nobody gets a link to a new password. */
  sendsMail: boolean
}

export async function waysIn(url: string, fetch?: Fetch): Promise<WaysIn> {
  return (await call({ url, fetch }, 'providers', {})) as WaysIn
}

/** A provider, and the password where the session is older than ten minutes. */
interface ProviderChange {
  provider: string
  password?: string
}

/**
 * Where a browser goes to add a provider to the ways into the account that is signed in. It comes back to the settings,
 * with `?error=…` where nothing was added.
 *
 * @throws OwnlistError PASSWORD_NEEDED, PASSWORD_WRONG
 */
export async function linkProvider(caller: Caller, change: ProviderChange): Promise<string> {
  return ((await call(caller, 'link-social', change)) as { url: string }).url
}

/**
 * From now on the provider signs nobody in to this account.
 *
 * @throws OwnlistError PASSWORD_NEEDED, PASSWORD_WRONG; LAST_SIGN_IN where nothing else would be left
 */
export async function unlinkProvider(caller: Caller, change: ProviderChange): Promise<void> {
  await call(caller, 'unlink-account', change)
}

/** Where a browser goes to be signed in by a provider. It comes back signed in, or to `/sign-in?error=…`. */
export async function addressOfProvider(url: string, provider: string, fetch?: Fetch): Promise<string> {
  const answer = await call({ url, fetch }, 'sign-in/social', { provider })
  return (answer as { url: string }).url
}

async function call({ url, token, fetch }: Caller, route: string, body: object): Promise<unknown> {
  return (await post(url, route, body, fetch, token)).json()
}
