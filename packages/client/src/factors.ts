import { open, post, type Fetch, type NewSession } from './session.ts'

/** Who calls: without a token a browser's cookie says it. */
export interface Caller {
  url: string
  token?: string | undefined
  fetch?: Fetch | undefined
}

/**
 * Confirms what changes how an account is signed in to. It may be left out within ten minutes of signing in; after that
 * the call fails with PASSWORD_NEEDED.
 */
interface Confirmation {
  password?: string | undefined
}

export interface TwoFactorStatus {
  /** Since when the code of an app is asked for; null: it is not. */
  totpSince: string | null
  recoveryCodesLeft: number
  /** Browsers in which it is not asked for again for a time. */
  trustedDevices: number
}

export interface Passkey {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string | null
  /** Kept by more than one device, so that losing one does not lose it. */
  backedUp: boolean
}

/** What a browser's credential gives by `toJSON()`, as far as the server reads it. */
interface Credential<Response> {
  id: string
  rawId: string
  type: string
  clientExtensionResults: object
  response: Response
}

export type MadePasskey = Credential<{
  clientDataJSON: string
  attestationObject: string
  transports?: string[]
}>

export type PasskeyAnswer = Credential<{
  clientDataJSON: string
  authenticatorData: string
  signature: string
  userHandle?: string | null
}>

/**
 * The second step of a sign-in, by the code of an authenticator app. `trustDevice` spares this browser the code for 30 days.
 *
 * @throws OwnlistError CODE_WRONG; SECOND_STEP_OVER: begin again with the password; TOO_MANY_TRIES, with `retryAfter`
 */
export function signInWithTotp(
  url: string,
  step: { token: string; code: string; trustDevice?: boolean },
  fetch?: Fetch,
): Promise<NewSession> {
  return open(url, 'two-factor/verify-totp', step, fetch)
}

/** The same by a recovery code, which is then used up. */
export function signInWithRecoveryCode(
  url: string,
  step: { token: string; code: string },
  fetch?: Fetch,
): Promise<NewSession> {
  return open(url, 'two-factor/verify-backup-code', step, fetch)
}

export function twoFactorStatus(caller: Caller): Promise<TwoFactorStatus> {
  return call(caller, 'two-factor/status')
}

/** What an authenticator app needs: `totpUri` for a QR code, `secret` to type. Nothing is asked for before `confirmTotp`. */
export function beginTotp(
  caller: Caller,
  confirmation: Confirmation = {},
): Promise<{ secret: string; totpUri: string }> {
  return call(caller, 'two-factor/enable', confirmation)
}

/** Puts the app into use, by the code that it shows. The recovery codes are shown this once. */
export function confirmTotp(caller: Caller, code: string): Promise<{ recoveryCodes: string[] }> {
  return call(caller, 'two-factor/confirm', { code })
}

export async function disableTotp(caller: Caller, confirmation: Confirmation = {}): Promise<void> {
  await call(caller, 'two-factor/disable', confirmation)
}

/** New recovery codes; the old ones end. */
export function renewRecoveryCodes(
  caller: Caller,
  confirmation: Confirmation = {},
): Promise<{ recoveryCodes: string[] }> {
  return call(caller, 'two-factor/generate-backup-codes', confirmation)
}

/** Every trusted browser is asked for a code again. */
export function forgetDevices(caller: Caller): Promise<{ forgotten: number }> {
  return call(caller, 'two-factor/forget-devices')
}

/** What the browser makes a passkey of: for `navigator.credentials.create`. */
export function beginPasskey(
  caller: Caller,
  confirmation: Confirmation = {},
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return call(caller, 'passkey/generate-register-options', confirmation)
}

/** Keeps the passkey that the browser made; once for each `beginPasskey`, within five minutes. */
export async function addPasskey(
  caller: Caller,
  made: { response: MadePasskey; name?: string },
): Promise<Passkey> {
  const { passkey } = await call<{ passkey: Passkey }>(caller, 'passkey/verify-registration', made)
  return passkey
}

/** What the browser signs in with: for `navigator.credentials.get`. Nobody is named: the passkey says who it is. */
export function beginPasskeySignIn(
  url: string,
  fetch?: Fetch,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return call({ url, fetch }, 'passkey/generate-authenticate-options')
}

/** A passkey is two factors in one: no code is asked for. */
export function signInWithPasskey(url: string, response: PasskeyAnswer, fetch?: Fetch): Promise<NewSession> {
  return open(url, 'passkey/verify-authentication', { response }, fetch)
}

export async function listPasskeys(caller: Caller): Promise<Passkey[]> {
  const { items } = await call<{ items: Passkey[] }>(caller, 'passkey/list-user-passkeys')
  return items
}

export async function renamePasskey(caller: Caller, change: { id: string; name: string }): Promise<Passkey> {
  const { passkey } = await call<{ passkey: Passkey }>(caller, 'passkey/update-passkey', change)
  return passkey
}

export async function deletePasskey(caller: Caller, which: { id: string } & Confirmation): Promise<void> {
  await call(caller, 'passkey/delete-passkey', which)
}

async function call<Answer>(
  { url, token, fetch }: Caller,
  route: string,
  body: object = {},
): Promise<Answer> {
  const response = await post(url, route, body, fetch, token)
  return (await response.json()) as Answer
}
