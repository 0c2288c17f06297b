import type { Caller } from './factors.ts'
import { post, type Fetch } from './session.ts'

/** A program that asks to be signed in, as its code shows it. */
export interface AskingDevice {
  userCode: string
  status: string
  clientId: string | null
}

/**
 * What asks to be signed in with this code. Whoever looks first is the one who may answer.
 *
 * @throws OwnlistError BAD_INPUT where there is no such code, or it is over; TOO_MANY_TRIES, with `retryAfter`
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

/** By whom people can be signed in here, beside their password. */
export async function listProviders(url: string, fetch?: Fetch): Promise<{ id: string; name: string }[]> {
  const answer = await call({ url, fetch }, 'providers', {})
  return (answer as { providers: { id: string; name: string }[] }).providers
}

/** Where a browser goes to be signed in by a provider. It comes back signed in, or to `/sign-in?error=…`. */
export async function addressOfProvider(url: string, provider: string, fetch?: Fetch): Promise<string> {
  const answer = await call({ url, fetch }, 'sign-in/social', { provider })
  return (answer as { url: string }).url
}

async function call({ url, token, fetch }: Caller, route: string, body: object): Promise<unknown> {
  return (await post(url, route, body, fetch, token)).json()
}
