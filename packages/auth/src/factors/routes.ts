import type { Route } from '../requests.ts'
import { inputs } from './inputs.ts'

/** What this folder adds to the open routes. */
export const factorRoutes: [path: string, route: Route][] = [
  ['two-factor/status', { input: inputs.nothing }],
  ['two-factor/enable', { input: inputs.confirmed }],
  ['two-factor/confirm', { input: inputs.code }],
  ['two-factor/disable', { input: inputs.confirmed }],
  ['two-factor/generate-backup-codes', { input: inputs.confirmed }],
  ['two-factor/forget-devices', { input: inputs.nothing }],
  ['two-factor/verify-totp', { input: inputs.secondStep }],
  ['two-factor/verify-backup-code', { input: inputs.recovery }],
  ['passkey/generate-register-options', { input: inputs.confirmed }],
  ['passkey/verify-registration', { input: inputs.registration }],
  ['passkey/generate-authenticate-options', { input: inputs.nothing }],
  ['passkey/verify-authentication', { input: inputs.assertion }],
  ['passkey/list-user-passkeys', { input: inputs.nothing }],
  ['passkey/update-passkey', { input: inputs.passkeyName }],
  ['passkey/delete-passkey', { input: inputs.passkeyRef }],
]
